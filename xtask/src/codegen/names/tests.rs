//! Tests of how names are spelled.

use super::*;

#[test]
fn snake_case_parts_words_where_a_capital_follows_a_small_letter() {
    for (name, snake) in [
        ("id", "id"),
        ("createdAt", "created_at"),
        ("clientID", "client_id"),
        ("Service accounts", "service_accounts"),
        ("access_token", "access_token"),
    ] {
        assert_eq!(snake_case(name), snake);
    }
}

#[test]
fn pascal_case_keeps_capitals_inside_a_word() {
    for (name, pascal) in [
        ("user", "User"),
        ("service-account", "ServiceAccount"),
        ("validate_delete", "ValidateDelete"),
        ("NotReady", "NotReady"),
        ("nfs-assets", "NfsAssets"),
    ] {
        assert_eq!(pascal_case(name), pascal);
    }
}

#[test]
fn camel_case_is_what_serde_makes_of_a_field() {
    assert_eq!(camel_case("created_at"), "createdAt");
    assert_eq!(camel_case("client_id"), "clientId");
    assert_eq!(camel_case("id"), "id");
}

#[test]
fn a_field_with_a_meaning_in_rust_is_raw() {
    assert_eq!(field("type"), "r#type");
    assert_eq!(field("name"), "name");
}
