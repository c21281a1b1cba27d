//! Tests of what a store's setting means, and of what is a secret in it.

use super::*;

#[test]
fn a_value_names_a_folder_a_server_or_nothing() {
    assert!(matches!(parse("none"), Ok(Named::None)));
    assert!(matches!(parse("file"), Ok(Named::DefaultFolder)));
    for (text, path) in [("file:/a/b", "/a/b"), ("file:///a/b", "/a/b")] {
        match parse(text) {
            Ok(Named::Folder(folder)) => assert_eq!(folder, Path::new(path)),
            other => assert!(false, "{text}: {other:?}"),
        }
    }
    match parse("file:tokens") {
        Ok(Named::Folder(folder)) => assert!(folder.is_absolute() && folder.ends_with("tokens")),
        other => assert!(false, "{other:?}"),
    }
    for text in [
        "redis://localhost",
        "rediss://user:fake@localhost:6380/1",
        "valkey://localhost",
        "unix:///run/redis.sock?pass=fake",
    ] {
        assert!(matches!(parse(text), Ok(Named::Server { .. })), "{text}");
    }
}

#[test]
fn another_value_is_an_error_that_does_not_repeat_it() {
    for text in [
        "",
        "fle",
        "File",
        "file:",
        "file:~",
        "file:~/fake",
        "file://fake/x",
        "http://fake:fake@localhost",
        "redis://fake:fake@[",
        "fake@localhost",
    ] {
        let problem = parse(text).unwrap_err();
        assert!(!problem.contains("fake"), "{text}: {problem}");
        assert!(problem.contains("use "), "{text}: {problem}");
    }
}

#[test]
fn no_credentials_of_a_url_are_shown() {
    for (text, shown) in [
        ("redis://user:fake@host:1234/2", "redis://host:1234/2"),
        ("redis://fake@host", "redis://host"),
        ("rediss://:fake@host:6380", "rediss://host:6380"),
        ("unix:///run/r.sock?pass=fake&user=u", "unix:///run/r.sock"),
        ("redis://user:fake@[", "(hidden)"),
    ] {
        assert!(holds_secret(STORE, text), "{text}");
        assert_eq!(shown_value(text), shown);
        if let Ok(Named::Server { shown: named, .. }) = parse(text) {
            assert_eq!(named, shown);
        }
    }
    for text in [
        "none",
        "file",
        "file:/a@b",
        "redis://host:6379/2",
        "unix:///r.sock",
    ] {
        assert!(!holds_secret(STORE, text), "{text}");
        assert_eq!(shown_value(text), text);
    }
    assert!(holds_secret(KEY, "any"));
    assert!(!holds_secret(URL_FILE, "redis://user:fake@host"));
}

#[test]
fn a_key_must_be_long_and_plain() {
    for key in ["", "too-short", "0123456789abcdef\n", " 0123456789abcdef"] {
        let problem = check_key(&Secret::from(key)).unwrap_err();
        assert!(!problem.contains("0123"), "{problem}");
    }
    check_key(&Secret::from("0123456789abcdef")).unwrap();
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
