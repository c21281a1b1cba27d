//! Tests of `vauth demo`: it holds what it promises, and says so in a table.

use crate::support::{Environment, vauth};

#[test]
fn every_expectation_holds_and_the_table_says_what_happened() {
    let text = vauth(&["demo"], &Environment::new()).stdout();
    let mut lines = text.lines().skip_while(|line| !line.starts_with("vendor"));
    let heading = lines.next().unwrap();
    for column in [
        "calls",
        "token requests",
        "refreshes",
        "worst wait",
        "connections",
    ] {
        assert!(heading.contains(column), "{heading}");
    }
    for (vendor, line) in ["datasaur", "maia", "runai"].into_iter().zip(lines) {
        let cells: Vec<_> = line.split_whitespace().collect();
        assert_eq!(
            (cells[0], cells[5], cells.len()),
            (vendor, "ms", 7),
            "{line}"
        );
        let number = |cell: usize| cells[cell].parse::<u64>().unwrap();
        // The callers of the first and the last step, and some in between.
        assert!(number(1) > 1_100, "{line}");
        let token_requests = number(2);
        assert!(token_requests >= 4, "{line}");
        assert_eq!(number(3), token_requests - 2, "{line}");
        assert!((1..=64).contains(&number(6)), "{line}");
    }
    assert!(
        text.contains("min_age_to_invalidate is lowered to 100 ms"),
        "{text}"
    );
    assert!(text.contains("36 of 36 expectations were met"), "{text}");
    assert!(!text.contains("FAILED"), "{text}");
}
