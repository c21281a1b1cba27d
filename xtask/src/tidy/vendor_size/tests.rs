//! Tests of how the vendors of the test tree are counted.

use super::*;
use crate::tidy::tests::assert_only;

fn found(lines: usize) -> Vec<Violation> {
    let half = "const A: u8 = 1;\n// A comment.\n\n".repeat(lines / 2);
    let rest = "const B: u8 = 1;\n".repeat(lines - lines / 2);
    check(&Tree::from([
        ("tests/foreign/a-auth/src/lib.rs", half.as_str()),
        ("tests/foreign/a-auth/src/wire.rs", rest.as_str()),
        ("tests/foreign/a-auth/Cargo.toml", "[package]"),
        ("tests/foreign/b-auth/src/lib.rs", "const C: u8 = 1;"),
    ]))
}

#[test]
fn the_files_of_one_vendor_are_counted_together() {
    assert!(found(MAX_LINES).is_empty());
    assert_only(
        &found(MAX_LINES + 1),
        "tests/foreign/a-auth/src/lib.rs:1",
        "has 151 lines",
    );
}

#[test]
fn a_tree_without_a_vendor_is_reported() {
    let found = check(&Tree::from([("tests/lib.rs", "")]));
    assert_only(&found, "tests/foreign/:1", "no vendor");
}
