//! Tests of the circles that are found, and of what is none.

use super::*;
use crate::tidy::tests::assert_only;

#[test]
fn files_in_one_direction_are_fine() {
    let found = found(&[
        ("a.rs", "use crate::b::B;\nuse crate::c::d::D;\n"),
        ("b.rs", "use crate::c::C;\n"),
        ("c.rs", "mod d;\nmod e;\nuse self::d::D;\n"),
        ("c/d.rs", "struct D;\n"),
        // A child may use its parent where the parent only declares it.
        ("c/e.rs", "use super::C;\nuse super::d::D;\n"),
    ]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_circle_is_reported_once_with_its_files() {
    let found = found(&[
        ("a.rs", "\nuse crate::b::B;\n"),
        ("b.rs", "use crate::c::C;\n"),
        ("c.rs", "fn c() { crate::a::a() }\n"),
        ("d.rs", "use crate::a::A;\n"),
    ]);
    assert_only(
        &found,
        &format!("{SRC}a.rs:2"),
        "a.rs -> b.rs -> c.rs -> a.rs;",
    );
}

#[test]
fn a_circle_inside_a_folder_is_reported() {
    for (parent, child) in [
        ("mod d;\nuse self::d::D;\n", "use super::C;\n"),
        (
            "mod d;\npub use d::D;\nfn c(d: self::d::D) {}\n",
            "use crate::c::C;\n",
        ),
    ] {
        let found = found(&[("c/mod.rs", parent), ("c/d.rs", child)]);
        assert_only(
            &found,
            &format!("{SRC}c/d.rs:1"),
            "c/d.rs -> c/mod.rs -> c/d.rs;",
        );
    }
}

#[test]
fn a_name_of_the_root_leads_to_its_module() {
    let found = found(&[
        ("lib.rs", "mod a;\nmod b;\npub use b::B;\n"),
        ("a.rs", "use crate::B;\n"),
        ("b.rs", "use crate::a::A;\n"),
    ]);
    assert_only(&found, &format!("{SRC}a.rs:1"), "a.rs -> b.rs -> a.rs;");
}

#[test]
fn tests_may_close_a_circle() {
    let found = found(&[
        ("a.rs", "use crate::b::B;\n"),
        ("b/tests.rs", "use crate::a::A;\n"),
        ("b.rs", "mod tests { use super::*; }\n"),
    ]);
    assert!(found.is_empty(), "{found:#?}");
}

fn found(files: &[(&str, &str)]) -> Vec<Violation> {
    let files: Vec<_> = files
        .iter()
        .map(|(file, text)| (format!("{SRC}{file}"), *text))
        .collect();
    check(
        &files
            .iter()
            .map(|(path, text)| (path.as_str(), *text))
            .collect(),
    )
}

const SRC: &str = "crates/auth-testkit/src/";
