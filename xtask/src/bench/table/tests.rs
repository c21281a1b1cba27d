//! Tests of how the table looks.

use super::*;
use crate::bench::figure::tests::figure;

#[test]
fn a_table_says_what_was_promised_and_whether_it_was_kept() {
    let figures = [
        figure("call", 40.04, Some(50.0), Some(0.8)),
        figure("worst", 1234.5, Some(100.0), None),
        figure("requests", 1.0, None, Some(1.0)),
    ];
    let rendered = of(&figures);
    let cells = |line: &str| {
        line.split('|')
            .map(|cell| cell.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let lines: Vec<&str> = rendered.lines().collect();
    let expected = [
        "| what | measured | reference | ratio | target | met |",
        "| hot path: call | 40.0 ns | 50 ns | 0.80 × | ≤ 0.80 × | **not met** |",
        "| hot path: worst | 1234 ns | 100 ns | 12.35 × | | |",
        "| hot path: requests | 1 ns | | | ≤ 1 ns | met |",
    ];
    let (headings, body) = (&lines[..1], &lines[2..]);
    for (line, expected) in headings.iter().chain(body).zip(expected) {
        assert_eq!(cells(line), cells(expected));
    }
    assert_eq!(lines.len(), expected.len() + 1);
    let widths: Vec<usize> = lines.iter().map(|line| line.chars().count()).collect();
    assert!(widths.iter().all(|&width| width == widths[0]), "{rendered}");
}

#[test]
fn numbers_keep_three_digits_that_matter() {
    for (value, text) in [(0.0, "0"), (0.8, "0.80"), (12.34, "12.3"), (904.6, "905")] {
        assert_eq!(number(value), text);
    }
}
