//! Tests of which variables a command does not inherit.

use super::*;

#[test]
fn no_secret_of_any_vendor_and_no_credentials_of_the_own_one_are_inherited() {
    let names = credentials(Vendor::Maia, &Variables::default());
    for name in [
        "MAIA_CLIENT_ID",
        "MATILLION_CLIENT_ID",
        "MAIA_CLIENT_SECRET",
        "MATILLION_CLIENT_SECRET",
        "MAIA_CLIENT_SECRET_FILE",
        "MAIA_TOKEN",
        "DATASAUR_CLIENT_SECRET",
        "RUNAI_PASSWORD",
        "RUNAI_PASSWORD_FILE",
        "VAUTH_STORE_KEY",
    ] {
        assert!(names.iter().any(|it| it == name), "{name}");
    }
    for name in ["RUNAI_CLIENT_ID", "MAIA_BASE_URL", "MAIA_REGION"] {
        assert!(!names.iter().any(|it| it == name), "{name}");
    }
}

#[test]
fn a_store_is_inherited_unless_its_url_has_a_password() {
    for (value, is_inherited) in [
        ("none", true),
        ("redis://localhost", true),
        ("redis://:fake@localhost", false),
    ] {
        let variables = Variables::from_iter([("VAUTH_STORE", value)]);
        let names = credentials(Vendor::Maia, &variables);
        assert_eq!(
            !names.iter().any(|it| it == "VAUTH_STORE"),
            is_inherited,
            "{value}"
        );
    }
}
