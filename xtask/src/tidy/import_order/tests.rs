//! Tests of which module may import from which.

use super::*;
use crate::tidy::tests::assert_only;

#[test]
fn imports_from_lower_ranks_are_fine() {
    let text = "use crate::token::AccessToken;\nuse crate::{clock, http::{Limits, self}};\n\
        // use crate::cache::TokenCache;\n/// See [`Header`](crate::header::Header).\n\
        pub(in crate::http) fn a(b: crate::error::Error) { super::cache(\"crate::cache\") }\n";
    assert!(found("http/client.rs", text).is_empty());
}

#[test]
fn an_import_from_a_higher_rank_is_reported() {
    assert_fault(
        "http.rs",
        "use crate::error::Error;\nuse crate::cache::TokenCache;\n",
        2,
        "from `cache`",
    );
}

#[test]
fn a_path_in_passing_counts() {
    assert_fault(
        "token/mod.rs",
        "fn a() {\n    crate::cache::warm_up();\n}\n",
        2,
        "from `cache`",
    );
}

#[test]
fn a_group_over_several_lines_is_taken_apart() {
    let text = "use crate::{\n    error::{Error, Result},\n    header,\n};\n";
    assert_fault("cache/slot/flight.rs", text, 3, "from `header`");
}

#[test]
fn a_name_of_the_root_counts_as_its_module() {
    assert!(found("cache.rs", "use crate::{Secret, Bytes};\n").is_empty());
    assert_fault(
        "token.rs",
        "use crate::{Secret, TokenCache as Cache};\n",
        1,
        "from `cache`",
    );
}

#[test]
fn a_name_without_a_module_is_reported() {
    assert_fault(
        "cache.rs",
        "use crate::Unheard;\n",
        1,
        "`crate::Unheard` has no rank",
    );
    assert_fault("cache.rs", "use crate::*;\n", 1, "`crate::*` has no rank");
}

#[test]
fn an_unknown_module_is_reported_once() {
    let tree = Tree::from([
        ("crates/auth-core/src/misc/a.rs", ""),
        ("crates/auth-core/src/misc/b.rs", ""),
    ]);
    assert_only(
        &check(&tree),
        "crates/auth-core/src/misc/a.rs:1",
        "give it a rank",
    );
}

#[test]
fn tests_and_the_root_may_import_anything() {
    let text = "use crate::header::Header;\n";
    assert!(found("error/tests.rs", text).is_empty());
    assert!(found("error/tests/chains.rs", text).is_empty());
}

#[test]
fn vendor_crates_have_an_order_of_their_own() {
    for vendor in ["datasaur-auth", "maia-auth", "runai-auth"] {
        let path = format!("crates/{vendor}/src/wire.rs");
        let tree = Tree::from([(
            path.as_str(),
            "use crate::config::Config;\nuse crate::client::Client;\n",
        )]);
        assert_only(
            &check(&tree),
            &format!("{path}:2"),
            "`wire` imports from `client`",
        );
    }
}

#[test]
fn other_crates_have_no_order() {
    assert!(
        check(&Tree::from([(
            "crates/auth-cli/src/main.rs",
            "use crate::anything;\n"
        )]))
        .is_empty()
    );
}

fn found(file: &str, text: &str) -> Vec<Violation> {
    let path = format!("crates/auth-core/src/{file}");
    let library = "pub use bytes::Bytes;\npub use cache::TokenCache;\npub use secret::Secret;\nuse crate::header::Header;\n";
    check(&Tree::from([
        ("crates/auth-core/src/lib.rs", library),
        (path.as_str(), text),
    ]))
}

#[track_caller]
fn assert_fault(file: &str, text: &str, line: usize, words: &str) {
    assert_only(
        &found(file, text),
        &format!("crates/auth-core/src/{file}:{line}"),
        words,
    );
}
