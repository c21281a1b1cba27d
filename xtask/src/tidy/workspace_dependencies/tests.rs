//! Tests of the workspace's list of dependencies.

use super::*;
use crate::tidy::tests::assert_only;

#[test]
fn an_ordered_list_without_default_features_is_fine() {
    let list = "a = { version = \"1\", default-features = false }\n\
        a-b = { path = \"b\", default-features = false, features = [\n    \"c\",\n] }\n\
        [workspace.dependencies.d]\nversion = \"1\"\ndefault-features = false\n";
    assert!(found(list).is_empty());
}

#[test]
fn an_entry_out_of_order_is_reported() {
    let list = "b = { version = \"1\", default-features = false }\na = { version = \"1\", default-features = false }\n";
    assert_only(&found(list), "Cargo.toml:3", "`a` stands after `b`");
}

#[test]
fn default_features_are_reported() {
    for entry in [
        "\"1\"",
        "{ version = \"1\" }",
        "{ version = \"1\", default-features = true }",
    ] {
        assert_only(
            &found(&format!("\na = {entry}\n")),
            "Cargo.toml:3",
            "`a` lacks",
        );
    }
}

#[test]
fn a_list_that_is_not_there_is_reported() {
    assert_only(&check(&Tree::from([])), "Cargo.toml:1", "missing");
    assert_only(
        &check(&Tree::from([("Cargo.toml", "[workspace]\n")])),
        "Cargo.toml:1",
        "has no",
    );
    assert_only(&found("a = \n"), "Cargo.toml:2", "not valid TOML");
}

fn found(list: &str) -> Vec<Violation> {
    check(&Tree::from([(
        "Cargo.toml",
        format!("[workspace.dependencies]\n{list}").as_str(),
    )]))
}
