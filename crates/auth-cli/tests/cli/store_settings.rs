//! Tests of how a token store is chosen: by an option, a variable or a profile, and never with its password shown.

use std::fs;

use auth_testkit::EmulatedVendor;

use crate::cache_folder::Cached;
use crate::home::Home;
use crate::support::{SECRET, start, vauth, with};

#[tokio::test]
async fn an_option_precedes_a_variable_and_a_variable_the_profile() {
    let home = Home::new();
    let emulator = start(EmulatedVendor::Maia).await;
    home.set_up("default", &emulator);
    let [one, two, three] = ["one", "two", "three"].map(|name| home.path(name));
    let exist = || [&one, &two, &three].map(|path| std::path::Path::new(path).exists());
    home.run(&["config", "set", "store", &format!("file:{three}")])
        .stdout();
    home.run(&["token"]).stdout();
    assert_eq!(exist(), [false, false, true]);
    let environment = with(
        home.environment.clone(),
        "VAUTH_STORE",
        &format!("file:{two}"),
    );
    vauth(&["token"], &environment).stdout();
    assert_eq!(exist(), [false, true, true]);
    fs::remove_dir_all(&two).unwrap();
    let store = format!("file:{one}");
    vauth(&["token", "--store", &store], &environment).stdout();
    assert_eq!(exist(), [true, false, true]);
}

#[tokio::test]
async fn a_relative_folder_of_a_profile_is_next_to_its_file() {
    let home = Home::new();
    let emulator = start(EmulatedVendor::Maia).await;
    home.set_up("default", &emulator);
    let text = home.text().replace(
        "[profiles.default]\n",
        "[profiles.default]\nstore = 'file:kept'\n",
    );
    home.write(&text);
    home.run(&["token"]).stdout();
    assert!(home.folder.path().join("kept").is_dir());
}

#[tokio::test]
async fn a_value_that_names_no_store_is_a_usage_error_that_does_not_repeat_it() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let bad = [
        format!("redis://:{SECRET}@["),
        format!("rediss://h#{SECRET}#insecure"),
        format!("http://:{SECRET}@localhost"),
        SECRET.to_owned(),
        "file:".to_owned(),
        "redis:/localhost".to_owned(),
        "redis://".to_owned(),
        String::new(),
    ];
    for bad in &bad {
        for arguments in [
            &["token", "maia"][..],
            &["doctor", "maia"],
            &["cache", "status"],
            &["cache", "clear"],
            &["maia", "projects"],
            &["exec", "maia", "--", "true"],
        ] {
            let option = ["--store", bad];
            // After two dashes it would belong to the command.
            let run = cached.run(&[&arguments[..2], &option, &arguments[2..]].concat());
            run.assert_no_secret();
            if arguments[0] == "doctor" {
                assert_eq!(run.code, Some(1), "{bad}: {run:?}");
                assert!(run.stdout.contains("--store"), "{bad}: {run:?}");
                continue;
            }
            let line = run.failure(2);
            assert!(line.contains("--store "), "{bad}: {line}");
        }
        if !bad.is_empty() {
            let environment = with(cached.environment.clone(), "VAUTH_STORE", bad);
            let line = vauth(&["token", "maia"], &environment).failure(2);
            assert!(line.contains("VAUTH_STORE "), "{bad}: {line}");
        }
    }
    assert_eq!(cached.emulator.token_requests(), 0);
}

#[tokio::test]
async fn a_url_with_a_password_may_be_in_a_profile_that_nobody_else_can_read() {
    let home = Home::new();
    let emulator = start(EmulatedVendor::Maia).await;
    home.set_up("default", &emulator);
    let url = format!("redis://:{}@127.0.0.1:9", "Zx9qLm-fake");
    let set = home.run_with_input(&["config", "set", "store"], &format!("{url}\n"));
    assert_eq!(set.stdout(), "");
    assert_eq!(home.mode(), 0o600);
    let listed = home.run(&["config", "list"]).stdout();
    assert!(listed.contains("redis://127.0.0.1:9\t"), "{listed}");
    assert!(!listed.contains("Zx9qLm"), "{listed}");
    let line = home.run(&["config", "get", "store"]).failure(2);
    assert!(line.contains("--show-secret"), "{line}");
    let arguments = ["config", "get", "store", "--show-secret"];
    assert_eq!(home.run(&arguments).stdout(), format!("{url}\n"));
    home.set_mode(0o644);
    let line = home.run(&["token"]).failure(2);
    assert!(line.contains("contains store of profile"), "{line}");
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn a_url_in_a_file_takes_the_place_of_one_in_the_profile() {
    let home = Home::new();
    let emulator = start(EmulatedVendor::Maia).await;
    home.set_up("default", &emulator);
    let url = format!("redis://:{}@127.0.0.1:9", "Zx9qLm-fake");
    home.run_with_input(&["config", "set", "store"], &url)
        .stdout();
    let file = home.path("url");
    fs::write(&file, format!("{url}\n")).unwrap();
    let run = home.run(&["config", "set", "store_url_file", &file]);
    assert!(run.stderr.contains("removed store from profile"), "{run:?}");
    run.assert_no_secret();
    assert!(!home.text().contains("Zx9qLm"));
    let run = home.run(&["token"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    run.assert_no_secret();
    assert!(run.stderr.contains("redis://127.0.0.1:9 "), "{run:?}");
    // A lower source's is replaced by either.
    let arguments = ["token", "--store", "none"];
    home.run(&arguments).stdout();
    let environment = with(home.environment.clone(), "VAUTH_STORE", "none");
    vauth(&["token"], &environment).stdout();
    let both = with(environment, "VAUTH_STORE_URL_FILE", &file);
    let line = vauth(&["token"], &both).failure(2);
    assert!(line.contains("VAUTH_STORE_URL_FILE"), "{line}");
}

#[cfg(not(feature = "redis"))]
#[tokio::test]
async fn without_redis_a_server_is_an_error_that_names_the_feature() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    for command in [&["token", "maia"][..], &["cache", "status", "maia"]] {
        let run = cached.run(&[command, &["--store", "redis://127.0.0.1:9"]].concat());
        let line = run.failure(2);
        assert!(line.contains("--store names a server"), "{line}");
        assert!(line.contains("the feature `redis`"), "{line}");
    }
    assert_eq!(cached.emulator.token_requests(), 0);
}

#[tokio::test]
async fn a_password_on_the_command_line_of_config_is_a_warning() {
    let home = Home::new();
    let run = home.run(&[
        "config",
        "set",
        "vendor=maia",
        "store=redis://:fake@127.0.0.1:9",
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("command line"), "{run:?}");
    let run = home.run(&["config", "set", "store=redis://127.0.0.1:9"]);
    assert_eq!(run.stdout(), "");
}

#[tokio::test]
async fn a_wrong_value_is_not_written_to_a_profile() {
    let home = Home::new();
    home.run(&["config", "set", "vendor=maia"]).stdout();
    for (key, value) in [
        ("store", "fle"),
        ("store", "redis://["),
        ("store", "file:~/x"),
        ("client_secret_file", "~/x"),
        ("store_key_file", "~"),
        ("root_certificates_file", "~root/x"),
        ("store_key", "too-short"),
    ] {
        let run = home.run_with_input(&["config", "set", key], &format!("{value}\n"));
        let line = run.failure(2);
        assert!(line.contains(key) && !line.contains(value), "{line}");
    }
    let text = home.text();
    assert!(!text.contains("store"), "{text}");
    let unknown = home.run(&["config", "set", "stor", "none"]).failure(2);
    assert!(unknown.contains("did you mean store?"), "{unknown}");
}

#[tokio::test]
async fn a_key_that_is_no_key_is_an_error_before_the_sign_in() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let key = cached.home.path().join("key");
    fs::write(&key, "Zx9qLm").unwrap();
    let key = key.to_str().unwrap();
    let line = cached
        .run(&["token", "maia", "--store-key-file", key])
        .failure(2);
    assert!(line.contains("--store-key-file"), "{line}");
    let missing = ["token", "maia", "--store-key-file", "/nowhere/key"];
    let line = cached.run(&missing).failure(2);
    assert!(line.contains("/nowhere/key"), "{line}");
    assert_eq!(cached.emulator.token_requests(), 0);
}
