//! Tests of configuration files that are not what they should be: nothing waits, nothing is quoted, and nothing is replaced.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;

use auth_testkit::EmulatedVendor;

use crate::home::Home;
use crate::support::{SECRET, environment, start, vauth, with, without};

#[track_caller]
fn rejected(text: &str) -> String {
    let home = Home::new();
    home.write(text);
    home.run(&["token", "--profile", "p"]).failure(2)
}

#[test]
fn a_faulty_file_is_an_error_that_names_the_place_and_quotes_nothing() {
    for (text, expected) in [
        ("[profiles.p\n", "not valid TOML at line 1"),
        ("a = 1\na = 2\n", "not valid TOML at line 2"),
        ("[profiles.p]\nvendor = 'maia'\nvendor = 'maia'\n", "line 3"),
        ("[profiles.p]\n[profiles.p]\n", "line 2"),
        ("profile = 1\n", "did you mean profiles?"),
        ("profiles = 1\n", "no table 'profiles'"),
        ("[profiles]\np = 1\n", "not a table"),
        ("[[profiles.p]]\nvendor = 'maia'\n", "not a table"),
        ("[profiles.p]\nclient_id = 'x'\n", "without a vendor"),
        ("[profiles.p]\nvendor = 'maya'\n", "did you mean maia?"),
        ("[profiles.p]\nvendor = 1\n", "vendor is not a text"),
        (
            "[profiles.p]\nvendor = 'maia'\nclient_idd = 'x'\n",
            "did you mean client_id?",
        ),
        (
            "[profiles.p]\nvendor = 'maia'\nusername = 'x'\n",
            "unknown key \"username\"",
        ),
        (
            "[profiles.p]\nvendor = 'maia'\nclient_id = 7\n",
            "client_id is not a text",
        ),
        (
            "[profiles.p]\nvendor = 'maia'\nsecret_command = 7\n",
            "neither a text nor a list",
        ),
        (
            "[profiles.p]\nvendor = 'maia'\nsecret_command = []\n",
            "neither a text nor a list",
        ),
        (
            "[profiles.p]\nvendor = 'maia'\nsecret_command = ['a', 1]\n",
            "neither a text nor a list",
        ),
        (
            "[profiles.p]\nvendor = 'maia'\nclient_secret = 'x'\nclient_secret_file = 'y'\n",
            "has both client_secret and client_secret_file",
        ),
        (
            "[profiles.p]\nvendor = 'maia'\nclient_secret_file = 'x'\nsecret_command = 'y'\n",
            "has both client_secret_file and secret_command",
        ),
    ] {
        let line = rejected(text);
        assert!(line.contains(expected), "{text}: {line}");
    }
    for text in [
        format!("[profiles.p]\nclient_secret = \"{SECRET}\n"),
        format!("[profiles.p]\nclient_secret = {SECRET}\n"),
        format!("[profiles.p]\nclient_secret = '{SECRET}' {SECRET}\n"),
        format!("[profiles.p]\nvendor = '{SECRET}'\n"),
        format!("{SECRET}\n"),
    ] {
        rejected(&text);
    }
}

#[test]
fn a_file_that_is_no_text_or_too_large_is_rejected() {
    let home = Home::new();
    let path = home.path("config.toml");
    fs::write(&path, b"[profiles.p]\nvendor = \"\xff\"\n").unwrap();
    let line = home.run(&["token", "--profile", "p"]).failure(2);
    assert!(line.contains("not valid UTF-8"), "{line}");
    fs::write(&path, "# long\n".repeat(200_000)).unwrap();
    let line = home.run(&["token", "--profile", "p"]).failure(2);
    assert!(line.contains("larger than"), "{line}");
    home.write("\u{feff}[profiles.p]\r\nvendor = 'maia'\r\n");
    let line = home.run(&["token", "--profile", "p"]).failure(2);
    assert!(line.contains("MAIA_CLIENT_ID"), "{line}");
}

#[test]
fn devices_pipes_and_folders_are_rejected_at_once_and_stay() {
    let home = Home::new();
    let pipe = home.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for path in ["/dev/zero", "/dev/tty", &pipe, "/tmp"] {
        let environment = with(home.environment.clone(), "VAUTH_CONFIG", path);
        for arguments in [
            &["token", "maia"][..],
            &["config", "list"],
            &["config", "set", "vendor", "maia"],
        ] {
            let run = vauth(arguments, &environment);
            // A process without a terminal cannot open /dev/tty.
            let line = run.failure(2);
            assert!(line.contains("configuration file"), "{path}: {line}");
        }
    }
    assert!(!fs::metadata(&pipe).unwrap().is_file());
}

#[test]
fn the_null_device_is_an_empty_file() {
    let home = Home::new();
    let environment = with(home.environment.clone(), "VAUTH_CONFIG", "/dev/null");
    assert_eq!(vauth(&["config", "list"], &environment).stdout(), "");
}

#[test]
fn a_secret_that_others_can_read_is_not_used() {
    let home = Home::new();
    home.write(&format!(
        "[profiles.p]\nvendor = 'maia'\nclient_secret = '{SECRET}'\n"
    ));
    for mode in [0o644, 0o640, 0o604, 0o622, 0o666] {
        home.set_mode(mode);
        for arguments in [
            &["token", "--profile", "p"][..],
            &["config", "list"],
            &[
                "config",
                "get",
                "--profile",
                "p",
                "client_secret",
                "--show-secret",
            ],
            &["config", "set", "--profile", "p", "region", "eu1"],
        ] {
            let line = home.run(arguments).failure(2);
            assert!(line.contains("run `chmod 600 "), "{line}");
        }
    }
    home.set_mode(0o600);
    home.run(&["config", "set", "--profile", "p", "region", "eu1"])
        .stdout();
    home.set_mode(0o400);
    home.run(&["config", "list"]).stdout();
}

#[test]
fn a_command_that_others_can_change_does_not_run() {
    let home = Home::new();
    let trace = home.path("trace");
    home.write(&format!(
        "[profiles.p]\nvendor = 'maia'\nregion = 'eu1'\nclient_id = 'x'\nsecret_command = ['touch', '{trace}']\n"
    ));
    for mode in [0o620, 0o602] {
        home.set_mode(mode);
        let line = home.run(&["token", "--profile", "p"]).failure(2);
        assert!(line.contains("run `chmod go-w "), "{line}");
    }
    assert!(!fs::exists(&trace).unwrap());
    home.set_mode(0o644);
    // The command runs, and prints no secret.
    home.run(&["token", "--profile", "p"]).failure(2);
    assert!(fs::exists(&trace).unwrap());
}

#[test]
fn a_secret_in_a_file_of_another_user_is_not_used() {
    let home = Home::new();
    home.write(&format!(
        "[profiles.p]\nvendor = 'maia'\nclient_secret = '{SECRET}'\n"
    ));
    if std::os::unix::fs::chown(home.path("config.toml"), Some(4_711), None).is_err() {
        let _ = writeln!(std::io::stderr(), "skipped: only root can give a file away");
        return;
    }
    let line = home.run(&["token", "--profile", "p"]).failure(2);
    assert!(line.contains("as its owner"), "{line}");
}

#[test]
fn a_symbolic_link_stays_one_and_its_target_changes() {
    let home = Home::new();
    fs::create_dir(home.path("dotfiles")).unwrap();
    symlink("dotfiles/vauth.toml", home.path("config.toml")).unwrap();
    home.run(&["config", "set", "vendor", "maia"]).stdout();
    home.run(&["config", "set", "region", "eu1"]).stdout();
    assert!(
        fs::symlink_metadata(home.path("config.toml"))
            .unwrap()
            .is_symlink()
    );
    let text = fs::read_to_string(home.path("dotfiles/vauth.toml")).unwrap();
    assert_eq!(
        text,
        "[profiles.default]\nvendor = \"maia\"\nregion = \"eu1\"\n"
    );
    symlink("loop", home.path("loop")).unwrap();
    let environment = with(home.environment.clone(), "VAUTH_CONFIG", &home.path("loop"));
    vauth(&["config", "set", "vendor", "maia"], &environment).failure(2);
    vauth(&["config", "list"], &environment).failure(2);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let home = Home::new();
    for path in ["/proc/vauth/config.toml", "/dev/null/config.toml"] {
        let environment = with(home.environment.clone(), "VAUTH_CONFIG", path);
        let line = vauth(&["config", "set", "vendor", "maia"], &environment).failure(2);
        assert!(
            line.contains("configuration file") && line.contains(path),
            "{line}"
        );
    }
}

#[test]
fn the_file_is_in_the_users_folder_for_configuration() {
    let home = Home::new();
    let none = without(home.environment.clone(), "VAUTH_CONFIG");
    let line = vauth(&["config", "path"], &none).failure(2);
    assert!(
        line.contains("set HOME, XDG_CONFIG_HOME or VAUTH_CONFIG"),
        "{line}"
    );
    vauth(&["config", "set", "vendor", "maia"], &none).failure(2);
    let in_home = with(none.clone(), "HOME", home.folder.path().to_str().unwrap());
    let path = vauth(&["config", "path"], &in_home).stdout();
    assert_eq!(path.trim_end(), home.path(".config/vauth/config.toml"));
    vauth(&["config", "set", "vendor", "maia"], &in_home).stdout();
    assert!(fs::exists(home.path(".config/vauth/config.toml")).unwrap());
    let in_xdg = with(in_home.clone(), "XDG_CONFIG_HOME", "/xdg");
    assert_eq!(
        vauth(&["config", "path"], &in_xdg).stdout(),
        "/xdg/vauth/config.toml\n"
    );
    // A relative one does not count, as the specification says.
    let relative = with(in_home, "XDG_CONFIG_HOME", "xdg");
    assert_eq!(vauth(&["config", "path"], &relative).stdout(), path);
}

#[tokio::test]
async fn without_a_home_variables_suffice() {
    let emulator = start(EmulatedVendor::Maia).await;
    vauth(&["token", "maia"], &environment(&emulator)).stdout();
}
