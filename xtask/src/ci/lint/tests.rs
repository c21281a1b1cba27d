//! Tests of which selections are linted.

use super::*;

#[test]
fn every_library_is_linted_with_none_of_its_features() {
    let names = ["auth-core", "auth-testkit", "maia-auth", "runai-auth"].map(str::to_owned);
    let selections = few(&names).into_iter();
    let shown: Vec<_> = selections.map(|words| words.join(" ")).collect();
    assert_eq!(
        shown,
        [
            "--no-default-features --package auth-core --package maia-auth --package runai-auth",
            "--no-default-features --package auth-testkit",
            "--no-default-features --package auth-core --features reqwest",
            "--no-default-features --package auth-core --features reqwest,native-tls",
        ]
    );
}
