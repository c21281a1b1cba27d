//! Tests of how the kernel's line is read.

use super::*;

#[test]
fn the_times_of_children_are_found_behind_any_name() {
    let line = "42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 7 8 250 50 20 0 1 0 12345 0";
    assert_eq!(parse(line), Some(Duration::from_secs(3)));
}

#[test]
fn a_line_that_is_cut_has_no_times() {
    assert_eq!(parse("42 (a) S 1 42"), None);
    assert_eq!(parse(""), None);
}
