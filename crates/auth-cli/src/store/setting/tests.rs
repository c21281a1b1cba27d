//! Tests of what a store's setting means.

use super::*;
use crate::store_settings::shown_value;

#[test]
fn a_value_names_a_folder_a_server_or_nothing() {
    assert!(matches!(parse("none"), Ok(Named::None)));
    assert!(matches!(parse("file"), Ok(Named::DefaultFolder)));
    let folder = |text| match parse(text) {
        Ok(Named::Folder(folder)) => Some(folder),
        _ => None,
    };
    for text in ["file:/a/b", "file:///a/b"] {
        assert_eq!(folder(text).unwrap(), Path::new("/a/b"), "{text}");
    }
    let relative = folder("file:tokens").unwrap();
    assert!(relative.is_absolute() && relative.ends_with("tokens"));
    for text in [
        "redis://localhost",
        "rediss://user:fake@localhost:6380/1",
        "valkey://localhost",
        "unix:///run/redis.sock?pass=fake",
    ] {
        match parse(text) {
            Ok(Named::Server { shown, .. }) => assert_eq!(shown, shown_value(text)),
            other => assert_eq!(format!("{other:?}"), "a server", "{text}"),
        }
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
fn a_key_must_be_long_and_plain() {
    for key in ["", "too-short", "0123456789abcdef\n", " 0123456789abcdef"] {
        let problem = check_key(&Secret::from(key)).unwrap_err();
        assert!(!problem.contains("0123"), "{problem}");
    }
    check_key(&Secret::from("0123456789abcdef")).unwrap();
}

/// Its own message names a setting; the library's names a method.
#[cfg(unix)]
#[test]
fn the_same_keys_are_usable_as_in_the_library() {
    use auth_core::store::{FileTokenStore, SharedStore};

    let long = "x".repeat(MIN_KEY);
    let short = &long[1..];
    for (key, expected) in [
        (long.as_str(), true),
        (short, false),
        ("", false),
        (&format!(" {long}"), false),
        (&format!("{long}\n"), false),
        (&format!("{short}\u{e4}"), true),
    ] {
        let store = SharedStore::new(FileTokenStore::new("/nowhere"));
        assert_eq!(store.with_key(key).is_ok(), expected, "{key:?}");
        assert_eq!(check_key(&Secret::from(key)).is_ok(), expected, "{key:?}");
    }
}
