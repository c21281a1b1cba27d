//! Tests of the rule that keeps the types of other crates out of the API.

use super::*;

fn found(line: &str) -> Vec<String> {
    let text = format!("pub mod maia_auth\n{line}\n");
    let tree = Tree::from([
        ("crates/maia-auth/Cargo.toml", ""),
        ("api/maia-auth.txt", &text),
    ]);
    let violations = check(&tree);
    assert!(
        violations
            .iter()
            .all(|it| it.line == 2 && it.path == "api/maia-auth.txt")
    );
    violations.into_iter().map(|it| it.message).collect()
}

#[test]
fn a_type_of_another_crate_is_a_violation_wherever_it_stands() {
    for line in [
        "pub fn maia_auth::Client::http(&self) -> &reqwest::async_impl::client::Client",
        "impl core::convert::From<serde_json::error::Error> for maia_auth::Error",
        "pub fn maia_auth::f<T: core::fmt::Debug + url::Url>(value: T)",
    ] {
        let found = found(line);
        assert_eq!(found.len(), 1, "{line}: {found:?}");
    }
    let message = &found("pub fn maia_auth::f() -> url::Url")[0];
    assert!(message.starts_with("`url::Url` is a type"), "{message}");
}

#[test]
fn what_is_meant_to_be_there_and_what_only_looks_like_a_path_is_none() {
    for line in [
        "pub fn maia_auth::f(name: impl core::convert::Into<alloc::string::String>) -> http::uri::Uri",
        "pub fn maia_auth::g<'a, S: tower_service::Service>(self, it: S::Future) -> <S as http_body::Body>::Data",
        "pub type maia_auth::Token::Output = Self::Item",
    ] {
        assert_eq!(found(line), Vec::<String>::new(), "{line}");
    }
}

#[test]
fn the_store_on_redis_may_accept_its_connections_and_no_other_crate_may() {
    let line = "pub fn x::from_connection(impl redis::aio::ConnectionLike) -> Self";
    let files = ["api/auth-store-redis.txt", "api/maia-auth.txt"];
    let tree = Tree::from([
        ("crates/x/Cargo.toml", ""),
        (files[0], line),
        (files[1], line),
    ]);
    let violations = check(&tree);
    let found: Vec<_> = violations.iter().map(|it| &*it.path).collect();
    assert_eq!(found, ["api/maia-auth.txt"]);
}
