//! Tests of `vauth man`.

use std::fs;

use crate::home::Home;

#[test]
fn every_command_has_a_page() {
    let home = Home::new();
    let folder = home.path("man/man1");
    assert_eq!(home.run(&["man", "--dir", &folder]).stdout(), "");
    for name in [
        "vauth",
        "vauth-token",
        "vauth-config-set",
        "vauth-runai-access-rules-create",
    ] {
        let page = fs::read_to_string(format!("{folder}/{name}.1")).unwrap();
        let title = format!(".TH {name} 1");
        assert!(page.contains(&title), "{page}");
    }
    let page = fs::read_to_string(format!("{folder}/vauth-token.1")).unwrap();
    for word in ["client\\-secret\\-file", "MAIA_REGION", "profile"] {
        assert!(page.contains(word), "{page}");
    }
    let page = home.run(&["man"]).stdout();
    assert!(
        page.contains(".TH vauth 1") && page.contains("Exit codes"),
        "{page}"
    );
}

#[test]
fn a_folder_that_cannot_be_created_is_an_error() {
    let home = Home::new();
    let line = home.run(&["man", "--dir", "/dev/null/man"]).failure(1);
    assert!(line.contains("cannot create the folder"), "{line}");
}
