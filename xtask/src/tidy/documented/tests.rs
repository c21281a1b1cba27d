//! Tests that an example is looked for at the type itself.

use super::*;
use crate::tidy::tests::assert_only;

const EXAMPLE: &str = "/// A.\n///\n/// # Examples\n/// ```\n/// a();\n/// ```\n";

#[test]
fn a_type_with_an_example_is_fine() {
    for item in [
        "pub struct Query;",
        "#[derive(Debug)]\npub enum Query {}",
        "pub type Query = A;",
        "pub trait Query {}",
    ] {
        assert!(found(&format!("{EXAMPLE}{item}")).is_empty(), "{item}");
    }
}

#[test]
fn a_type_without_an_example_is_reported() {
    for text in [
        "/// A.\npub struct Query;".to_owned(),
        format!("{EXAMPLE}pub struct Other;\n/// A ``` in a sentence.\npub struct Query;"),
        format!("pub struct Query;\n{EXAMPLE}impl Query {{}}"),
    ] {
        let violations = found(&text);
        let line = violations.first().map_or(0, |it| it.line);
        let place = format!("crates/datasaur-auth/src/query.rs:{line}");
        assert_only(&violations, &place, "`Query` has no example");
    }
}

#[test]
fn a_name_that_is_gone_is_reported() {
    assert_only(
        &found(&format!("{EXAMPLE}pub(crate) struct Query;")),
        "crates/datasaur-auth/src/lib.rs:1",
        "`Query` is not defined",
    );
}

fn found(text: &str) -> Vec<Violation> {
    let tree = Tree::from([("crates/datasaur-auth/src/query.rs", text)]);
    check_crate(&tree, "datasaur-auth", &["Query"])
}
