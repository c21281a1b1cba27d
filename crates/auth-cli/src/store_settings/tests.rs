//! Tests of what is a secret in a store's setting.

use super::*;

#[test]
fn no_credentials_of_a_url_are_shown() {
    for (text, shown) in [
        ("redis://user:fake@host:1234/2", "redis://host:1234/2"),
        ("redis://fake@host", "redis://host"),
        ("rediss://:fake@host:6380", "rediss://host:6380"),
        ("unix:///run/r.sock?pass=fake&user=u", "unix:///run/r.sock"),
        ("redis://user:fake@[", "(hidden)"),
        ("redis:fake@host", "(hidden)"),
        ("redis//:fake@host", "(hidden)"),
        ("redis:/user:fake@host", "(hidden)"),
        ("redis://user:12/fake@host", "(hidden)"),
        ("redis://user:12#fake@host", "(hidden)"),
        ("user:fake@host", "(hidden)"),
        ("fake", "(hidden)"),
    ] {
        assert!(holds_secret(STORE, text), "{text}");
        assert_eq!(shown_value(text), shown);
    }
    for text in [
        "none",
        "file",
        "file:/a@b",
        "redis://host:6379/2",
        "unix:///r@1.sock",
    ] {
        assert!(!holds_secret(STORE, text), "{text}");
        assert_eq!(shown_value(text), text);
    }
    assert!(holds_secret(KEY, "any"));
    assert!(!holds_secret(URL_FILE, "redis://user:fake@host"));
}

#[test]
fn a_relative_folder_is_below_the_given_one() {
    let base = Path::new("/base");
    assert_eq!(absolute("file:tokens", Some(base)), "file:/base/tokens");
    assert_eq!(absolute("file:/tokens", Some(base)), "file:/tokens");
    for text in ["none", "file", "redis://tokens", "file:///tokens"] {
        assert_eq!(absolute(text, Some(base)), text);
    }
}
