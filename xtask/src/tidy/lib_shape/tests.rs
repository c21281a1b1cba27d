//! Tests of the shape of a `lib.rs`.

use super::*;
use crate::tidy::tests::assert_only;

#[test]
fn modules_and_named_exports_are_fine() {
    assert!(
        found(
            "#![doc = \"fn\"]\nmod a;\npub mod b;\n\n// An impl is in `a`.\npub use a::{B, C};\n"
        )
        .is_empty()
    );
}

#[test]
fn only_the_root_of_a_library_is_looked_at() {
    let tree = Tree::from([
        ("crates/a/src/b/lib.rs", "fn c() {}"),
        ("tests/src/lib.rs", "fn d() {}"),
    ]);
    assert!(check(&tree).is_empty());
}

#[test]
fn a_glob_export_is_reported() {
    assert_only(
        &found("mod a;\npub use a::*;\n"),
        "crates/a/src/lib.rs:2",
        "glob",
    );
    assert_only(
        &found("mod a;\npub use a::{\n    B,\n    c::*,\n};\n"),
        "crates/a/src/lib.rs:4",
        "glob",
    );
}

#[test]
fn every_kind_of_item_is_reported() {
    for item in [
        "pub async fn a() {}",
        "struct A;",
        "pub(crate) enum A {}",
        "pub trait A {}",
        "impl A {}",
    ] {
        assert_only(
            &found(&format!("mod a;\n{item}\n")),
            "crates/a/src/lib.rs:2",
            "does not belong here",
        );
    }
}

#[test]
fn a_glob_hides_nowhere() {
    for text in [
        "mod a; pub use {a::{b::{self, *}, c}, d};",
        "pub use crate::a::{b as c, *};",
    ] {
        assert_only(&found(text), "crates/a/src/lib.rs:1", "glob");
    }
    assert!(found("use a::*;\npub(crate) use b::*;\n").is_empty());
}

#[test]
fn what_is_no_list_is_reported() {
    for item in [
        "const A: u8 = 1;",
        "static A: u8 = 1;",
        "pub type A = u8;",
        "union A { b: u8 }",
        "macro_rules! a { () => {} }",
        "include!(\"a.rs\");",
        "pub mod a { pub use b::C; }",
        "extern \"C\" {}",
    ] {
        assert_only(
            &found(item),
            "crates/a/src/lib.rs:1",
            "does not belong here",
        );
    }
}

#[test]
fn what_is_no_rust_is_reported() {
    assert_only(
        &found("mod a;\nmod {\n"),
        "crates/a/src/lib.rs:2",
        "not valid Rust",
    );
}

fn found(text: &str) -> Vec<Violation> {
    check(&Tree::from([("crates/a/src/lib.rs", text)]))
}
