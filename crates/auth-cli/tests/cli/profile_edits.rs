//! Tests of `vauth config`: what it writes, what it keeps, and what it rejects.

use std::fs;

use crate::home::Home;
use crate::support::{Run, SECRET};

#[test]
fn a_profile_is_set_read_and_removed() {
    let home = Home::new();
    let set = |words: &[&str]| home.run(&[&["config", "set", "--profile", "p"], words].concat());
    let get = |key: &str| home.run(&["config", "get", "--profile", "p", key]);
    set(&["vendor", "maia"]).stdout();
    set(&["client_id", "id with spaces"]).stdout();
    set(&["region=eu1", "audience=a=b"]).stdout();
    assert_eq!(get("client_id").stdout(), "id with spaces\n");
    assert_eq!(get("audience").stdout(), "a=b\n");
    assert_eq!(get("vendor").stdout(), "maia\n");
    let line = get("base_url").failure(2);
    assert!(line.contains("is not set in profile"), "{line}");
    let unset =
        |words: &[&str]| home.run(&[&["config", "unset", "--profile", "p"], words].concat());
    unset(&["region", "audience"]).stdout();
    assert_eq!(
        home.text(),
        "[profiles.p]\nvendor = \"maia\"\nclient_id = \"id with spaces\"\n"
    );
    let line = unset(&["vendor"]).failure(2);
    assert!(line.contains("--all"), "{line}");
    let line = unset(&["client_ids"]).failure(2);
    assert!(line.contains("did you mean client_id?"), "{line}");
    unset(&["--all"]).stdout();
    assert_eq!(home.run(&["config", "list"]).stdout(), "");
    let line = unset(&["--all"]).failure(2);
    assert!(line.contains("there is no profile"), "{line}");
}

#[test]
fn comments_and_order_stay() {
    let home = Home::new();
    home.write(
        "# Mine.\n[profiles.b] # second\nregion = 'eu1' # Europe\nvendor = \"maia\"\n\n# First.\n[profiles.a]\nvendor = 'runai'\n",
    );
    let set = [
        "config",
        "set",
        "--profile",
        "b",
        "region=us1",
        "client_id=x",
    ];
    home.run(&set).stdout();
    assert_eq!(
        home.text(),
        "# Mine.\n[profiles.b] # second\nregion = \"us1\" # Europe\nvendor = \"maia\"\nclient_id = \"x\"\n\n# First.\n[profiles.a]\nvendor = 'runai'\n"
    );
}

#[test]
fn a_relative_path_means_the_same_wherever_the_command_runs() {
    let home = Home::new();
    let set = [
        "config",
        "set",
        "vendor=maia",
        "client_secret_file=x.secret",
    ];
    home.run(&set).stdout();
    let expected = std::env::current_dir().unwrap().join("x.secret");
    let shown = home.run(&["config", "get", "client_secret_file"]).stdout();
    assert_eq!(shown.trim_end(), expected.to_str().unwrap());
    // Written by hand, it is relative to the file.
    home.write("[profiles.default]\nvendor = 'maia'\nclient_secret_file = 'y.secret'\n");
    let shown = home.run(&["config", "get", "client_secret_file"]).stdout();
    assert_eq!(shown.trim_end(), home.path("y.secret"));
}

#[cfg(unix)]
#[test]
fn a_secret_is_read_from_standard_input_into_a_file_of_its_owner_alone() {
    let home = Home::new();
    home.run(&["config", "set", "vendor", "maia"]).stdout();
    home.set_mode(0o644);
    let set = ["config", "set", "client_secret"];
    let run = home.run_with_input(&set, &format!("{SECRET}\n"));
    assert_eq!(run.stdout(), "");
    assert_eq!(home.mode(), 0o600);
    assert!(home.text().contains(SECRET));
    let line = home.run(&["config", "get", "client_secret"]).failure(2);
    assert!(line.contains("--show-secret"), "{line}");
    let get = ["config", "get", "client_secret", "--show-secret"];
    assert_eq!(home.run(&get).stdout(), format!("{SECRET}\n"));
    home.run(&["config", "list"]).assert_no_secret();
    // The file of a secret takes its place.
    let set = ["config", "set", "client_secret_file", "/x"];
    replaces(&home.run(&set), "client_secret", "client_secret_file");
    assert!(!home.text().contains(SECRET));
}

/// Asserts that a run said which setting it removed for which other one.
#[track_caller]
fn replaces(run: &Run, old: &str, new: &str) {
    assert_eq!(run.code, Some(0), "{run:?}");
    let said = format!("removed {old} from profile \"default\", since {new} replaces it\n");
    assert!(run.stderr.ends_with(&said), "{said}: {run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    run.assert_no_secret();
}

#[test]
fn a_setting_that_replaces_another_one_says_so() {
    let home = Home::new();
    let set = |words: &[&str]| home.run(&[&["config", "set"], words].concat());
    set(&["vendor=runai", "secret_command=pass show x"]).stdout();
    let run = set(&["client_secret_file", "/x"]);
    replaces(&run, "secret_command", "client_secret_file");
    let run = set(&["secret_command", "pass show x"]);
    replaces(&run, "client_secret_file", "secret_command");
    let run = set(&["password_file", "/x"]);
    replaces(&run, "secret_command", "password_file");
    set(&["store", "file:/x"]).stdout();
    let run = set(&["store_url_file", "/y"]);
    replaces(&run, "store", "store_url_file");
    set(&["store_key_file", "/y"]).stdout();
    let run = home.run_with_input(&["config", "set", "store_key"], "0123456789abcdef0123");
    replaces(&run, "store_key_file", "store_key");
    // The same setting again replaces nothing else.
    set(&["store_url_file", "/z"]).stdout();
    let quiet = home.run(&["-q", "config", "set", "store", "none"]);
    assert_eq!(quiet.stdout(), "");
    let list = home.run(&["config", "list"]).stdout();
    assert!(!list.contains("store_url_file"), "{list}");
}

#[test]
fn settings_that_exclude_each_other_are_not_set_together() {
    let home = Home::new();
    home.run(&["config", "set", "vendor", "maia"]).stdout();
    let before = home.text();
    for words in [
        ["client_secret_file=/x", "secret_command=pass"],
        ["secret_command=pass", "client_secret_file=/x"],
        ["store=none", "store_url_file=/x"],
    ] {
        let line = home
            .run(&[&["config", "set"], &words[..]].concat())
            .failure(2);
        for word in words {
            let (key, _) = word.split_once('=').unwrap();
            assert!(line.contains(key), "{line}");
        }
        assert!(line.contains("exclude each other"), "{line}");
        assert_eq!(home.text(), before);
    }
}

#[test]
fn the_name_of_a_profile_is_one_word() {
    let home = Home::new();
    let long = "x".repeat(101);
    for name in ["", "two words", "a\u{a0}b", "a\u{7}b", &long] {
        let set = ["config", "set", "--profile", name, "vendor", "maia"];
        let line = home.run(&set).failure(2);
        assert!(line.contains("--profile is not a valid name"), "{line}");
        assert!(line.contains("1 to 100 bytes"), "{line}");
    }
    for name in ["größe.2/x", &long[1..]] {
        let set = ["config", "set", "--profile", name, "vendor", "maia"];
        home.run(&set).stdout();
    }
}

#[test]
fn a_secret_on_the_command_line_is_a_warning_that_does_not_repeat_it() {
    let home = Home::new();
    let run = home.run(&[
        "config",
        "set",
        "vendor=maia",
        &format!("client_secret={SECRET}"),
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr.contains("may have seen client_secret"),
        "{run:?}"
    );
    run.assert_no_secret();
    let quiet = home.run(&["-q", "config", "set", "client_secret", SECRET]);
    assert_eq!(quiet.stdout(), "");
}

#[test]
fn wrong_settings_are_rejected_before_the_file_changes() {
    let home = Home::new();
    home.run(&["config", "set", "vendor", "maia"]).stdout();
    let before = home.text();
    for (words, expected) in [
        (&["regoin", "eu1"][..], "did you mean region?"),
        (&["username", "x"], "maia has no setting"),
        (
            &["client_id", "x", "region", "eu1"],
            "neither KEY VALUE nor",
        ),
        (&["region", "EU1"], "did you mean eu1?"),
        (&["region", "x"], "not a valid region"),
        (&["region="], "region is empty"),
        (
            &["base_url", "http://example.com"],
            "base_url is plain http",
        ),
        (&["base_url", "nonsense"], "base_url is not a URL"),
        (&["client_id", " x"], "client_id"),
        (&["vendor", "maya"], "did you mean maia?"),
        (&["secret_command", "'"], "unfinished quotation"),
        (&["client_secret", "a\nb"], "client_secret"),
        (&["token_url"], "token_url"),
    ] {
        let line = home
            .run(&[&["-q", "config", "set"], words].concat())
            .failure(2);
        assert!(line.contains(expected), "{words:?}: {line}");
        assert_eq!(home.text(), before, "{words:?}");
    }
    home.run(&["config", "set", "region", "eu1"]).stdout();
    let line = home.run(&["config", "set", "vendor", "runai"]).failure(2);
    assert!(line.contains("runai has no setting \"region\""), "{line}");
}

#[test]
fn a_new_profile_needs_its_vendor_first() {
    let home = Home::new();
    let line = home
        .run(&["config", "set", "--profile", "p", "region", "eu1"])
        .failure(2);
    assert!(
        line.contains("run `vauth config set --profile p vendor NAME` first"),
        "{line}"
    );
    assert!(!fs::exists(home.path("config.toml")).unwrap());
}

#[test]
fn parallel_changes_lose_nothing() {
    let home = Home::new();
    std::thread::scope(|scope| {
        for number in 0..12 {
            let home = &home;
            scope.spawn(move || {
                let profile = format!("p{number}");
                home.run(&[
                    "config",
                    "set",
                    "--profile",
                    &profile,
                    "vendor=maia",
                    "region=eu1",
                ])
                .stdout();
            });
        }
    });
    let text = home.text();
    for number in 0..12 {
        assert!(text.contains(&format!("[profiles.p{number}]\n")), "{text}");
    }
    assert_eq!(text.matches("eu1").count(), 12);
    // Nothing but the file and its lock is left.
    assert_eq!(fs::read_dir(home.folder.path()).unwrap().count(), 2);
}

#[test]
fn each_vendor_takes_a_token_in_place_of_credentials() {
    let home = Home::new();
    for vendor in ["datasaur", "maia", "runai"] {
        let set = |words: &[&str], input: &str| {
            let words = [&["config", "set", "--profile", vendor], words].concat();
            home.run_with_input(&words, input).stdout();
        };
        set(&[&format!("vendor={vendor}")], "");
        set(&["token"], "fake.token\n");
    }
    assert_eq!(home.text().matches("token = \"fake.token\"").count(), 3);
}
