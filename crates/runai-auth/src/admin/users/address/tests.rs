//! Tests of what counts as an e-mail address.

use super::*;

#[test]
fn an_address_is_checked_before_anything_is_made() {
    for good in [
        "a@b.io",
        "A.B+c@b-c.example.com",
        "o'neil@localhost",
        "größe@exämple.de",
    ] {
        assert!(check_address(good).is_ok(), "{good}");
    }
    let long = format!("{}@b.io", "a".repeat(250));
    for bad in [
        "",
        "a",
        "@",
        "a@",
        "@b.io",
        "a b@c.io",
        "a@b@c.io",
        "a,b@c.io",
        "a@b..io",
        "a@.io",
        "a@b.",
        "a\n@b.io",
        "<a@b.io>",
        "a@b.io ",
        ".a@b.io",
        "a\u{202e}\u{7}@b.io",
        "\"a\"@b.io",
        &long,
    ] {
        let error = check_address(bad).unwrap_err();
        assert!(error.to_string().contains("e-mail address"), "{bad}");
        assert!(!error.may_have_been_sent());
    }
}
