//! Tests of the parts of paths.

use super::*;

#[test]
fn the_folder_of_a_bare_name_is_the_current_one() {
    for (path, folder) in [
        ("a", "."),
        ("a/b", "a"),
        ("/a", "/"),
        ("/a/b", "/a"),
        ("./a", "."),
    ] {
        assert_eq!(folder_of(Path::new(path)), Path::new(folder), "{path}");
    }
}

#[test]
fn the_name_is_what_follows_the_last_separator() {
    for (path, name) in [("a", "a"), ("/x/a.txt", "a.txt"), ("a/", ""), ("", "")] {
        assert_eq!(own_name(path), name, "{path}");
    }
}

#[test]
fn only_what_shells_expand_has_a_tilde() {
    for path in ["~", "~/x", "~user/x"] {
        assert!(has_tilde(path), "{path}");
    }
    for path in ["", "/~/x", "./~/x", "~backup", "x~"] {
        assert!(!has_tilde(path), "{path}");
    }
}
