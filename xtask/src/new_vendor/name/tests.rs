//! Tests of which names are accepted, and what they become.

use super::*;

#[test]
fn a_name_becomes_a_crate_a_module_a_type_and_a_prefix() {
    let name = VendorName::parse("blue-sky2").unwrap();
    let filled = name.fill("{{name}} {{package}} {{lib}} {{Type}} {{PREFIX}}");
    assert_eq!(
        filled,
        "blue-sky2 blue-sky2-auth blue_sky2_auth BlueSky2 BLUE_SKY2"
    );
}

#[test]
fn a_bad_name_is_rejected_with_the_reason() {
    let long = "a".repeat(MAX_LENGTH + 1);
    for (name, reason) in [
        ("", "not a crate name"),
        ("Okta", "not a crate name"),
        ("blue_sky", "not a crate name"),
        ("-blue", "not a crate name"),
        ("blue-", "not a crate name"),
        ("blue--sky", "not a crate name"),
        ("2fa", "not a crate name"),
        ("../blue", "not a crate name"),
        ("bl\u{fc}", "not a crate name"),
        (long.as_str(), "not a crate name"),
        ("okta-auth", "write `okta`"),
        ("type", "reserved word"),
        ("async", "reserved word"),
        ("self", "reserved word"),
        ("client", "every vendor crate has a type `Client`"),
        (
            "config-builder",
            "every vendor crate has a type `ConfigBuilder`",
        ),
    ] {
        let message = VendorName::parse(name).unwrap_err();
        assert!(message.contains(reason), "{name}: {message}");
    }
}
