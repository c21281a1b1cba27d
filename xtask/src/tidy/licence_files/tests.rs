//! Tests of the rule on the licences of each crate.

use super::*;

const GOOD: [(&str, &str); 5] = [
    ("LICENSE-MIT", "mit"),
    ("LICENSE-APACHE", "apache"),
    ("crates/a/Cargo.toml", ""),
    ("crates/a/LICENSE-MIT", "mit"),
    ("crates/a/LICENSE-APACHE", "apache"),
];

#[test]
fn a_copy_of_each_licence_is_no_violation() {
    assert!(check(&Tree::from(GOOD)).is_empty());
}

#[test]
fn a_missing_or_another_text_is_a_violation() {
    let missing: Vec<_> = GOOD
        .into_iter()
        .filter(|(path, _)| *path != "crates/a/LICENSE-MIT")
        .collect();
    let mut other = GOOD;
    other[3].1 = "bsd";
    for tree in [missing.into_iter().collect(), Tree::from(other)] {
        let violations = check(&tree);
        assert_eq!(violations.len(), 1);
        assert_eq!(violations[0].path, "crates/a/LICENSE-MIT");
    }
}
