//! Tests of which module may import from which.

use super::*;
use crate::tidy::tests::assert_only;

#[test]
fn imports_from_lower_ranks_are_fine() {
    let text = "use crate::token::AccessToken;\nuse crate::{clock, http::{RequestLimits, self}};\n\
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
    let text = "use crate::{\n    error::{Error, Result},\n    client,\n};\n";
    assert_fault("cache/slot/flight.rs", text, 3, "from `client`");
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
fn super_and_self_lead_to_the_same_modules() {
    for text in [
        "use super::cache::TokenCache;",
        "pub(crate) use super::{clock, cache::{TokenCache as Cache}};",
        "pub use self::super::cache;",
        "fn a(b: super::cache::TokenCache) {}",
        "fn a() -> Vec<super::cache::TokenCache> { b() }",
        "impl super::cache::Trait for A {}",
        "fn a() { super::cache::warm_up() }",
        "fn a() { use super::cache; }",
        "mod inner { use super::super::cache::TokenCache; }",
        "mod inner { mod deeper { fn a() { super::super::super::cache::warm_up() } } }",
        "fn a() { b!(c, super::cache::D::new()) }",
        "fn a() { b! { use crate::{clock, cache::TokenCache}; } }",
        "macro_rules! a { () => { $crate::cache::warm_up() } }",
        "#[serde(with = \"crate::cache::text\")] struct A;",
        "#[derive(crate::cache::Derive)] struct A;",
    ] {
        let found = found("token.rs", text);
        assert_only(&found, "crates/auth-core/src/token.rs:1", "from `cache`");
    }
}

#[test]
fn a_deeper_file_needs_more_supers() {
    assert_fault(
        "token/jwt/claims.rs",
        "use super::super::super::cache::A;\n",
        1,
        "from `cache`",
    );
    assert_fault(
        "token/jwt/mod.rs",
        "use super::super::cache::A;\n",
        1,
        "from `cache`",
    );
    for text in [
        "use super::super::cache::A;\nuse super::*;\nuse super::{self as up, cache};\nuse self::cache::B;\n",
        "fn a() { self.b(); cache::warm_up(); ::cache::warm_up(); Self::cache(); c!(self.cache, \"super::super::super::cache\") }\n",
        "/// See [`a`](crate::cache::A).\n#[doc = \"crate::cache::A\"]\npub(in super::super) struct A;\n",
    ] {
        let found = found("token/jwt/claims.rs", text);
        assert!(found.is_empty(), "{text}: {found:#?}");
    }
}

#[test]
fn the_root_itself_is_no_module() {
    for (text, words) in [
        ("use super::*;", "`crate::*` has no rank"),
        ("use crate as root;", "the root has no rank"),
        ("use super as root;", "the root has no rank"),
        ("use crate::{self as root};", "the root has no rank"),
        ("use super::TokenCache;", "from `cache`"),
        ("use super::Unheard;", "`crate::Unheard` has no rank"),
    ] {
        assert_fault("token.rs", text, 1, words);
    }
}

#[test]
fn a_file_that_is_no_rust_is_reported() {
    assert_fault("token.rs", "use super::cache::;;\n", 1, "not valid Rust");
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
    let text = "use crate::client::Header;\n";
    assert!(found("error/tests.rs", text).is_empty());
    assert!(found("error/tests/chains.rs", text).is_empty());
}

#[test]
fn vendor_crates_have_an_order_of_their_own() {
    for vendor in ["datasaur-auth", "maia-auth", "runai-auth"] {
        let path = format!("crates/{vendor}/src/wire.rs");
        let tree = Tree::from([(
            path.as_str(),
            "use crate::names::Config;\nuse crate::vendor::Options;\n",
        )]);
        assert_only(
            &check(&tree),
            &format!("{path}:2"),
            "`wire` imports from `vendor`",
        );
    }
}

#[test]
fn the_command_has_an_order_of_its_own_and_its_root_may_import_anything() {
    let path = "crates/auth-cli/src/arguments/runai.rs";
    let tree = Tree::from([
        (
            "crates/auth-cli/src/main.rs",
            "use self::failure::Failure;\nuse crate::anything;\n",
        ),
        (path, "use crate::vendor::Vendor;\nuse crate::runai::run;\n"),
    ]);
    assert_only(
        &check(&tree),
        &format!("{path}:2"),
        "`arguments` imports from `runai`",
    );
    let tree = Tree::from([
        (
            "crates/auth-cli/src/main.rs",
            "use self::failure::Failure;\n",
        ),
        (path, "use crate::Failure;\n"),
    ]);
    assert_only(&check(&tree), &format!("{path}:1"), "from `failure`");
}

#[test]
fn the_engine_of_the_testkit_knows_no_vendor() {
    let path = "crates/auth-testkit/src/engine.rs";
    let tree = Tree::from([(
        path,
        "use crate::clients::Clients;\nuse crate::runai::Runai;\n",
    )]);
    assert_only(
        &check(&tree),
        &format!("{path}:2"),
        "`engine` imports from `runai`",
    );
}

#[test]
fn other_crates_have_no_order() {
    assert!(
        check(&Tree::from([(
            "crates/another/src/main.rs",
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
