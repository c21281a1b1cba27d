//! Tests of how a tree of crates is counted.

use super::*;

#[test]
fn each_crate_counts_once_and_the_program_does_not() {
    let tree = "program v0.0.0 (/somewhere/program)\nhttp v1.3.1\nbytes v1.10.0\nserde_derive v1.0.0 (proc-macro)\nhttp v1.3.1 (*)\n\n";
    assert_eq!(count(tree), 3);
}

#[test]
fn two_versions_of_a_crate_count_twice() {
    assert_eq!(
        count("program v0.0.0\nthiserror v1.0.0\nthiserror v2.0.0\n"),
        2
    );
}
