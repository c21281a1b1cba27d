//! Tests of `vauth cache`: what is in the store can be seen without a sign-in, and deleted.

use std::fs;
use std::path::Path;

use auth_testkit::EmulatedVendor;
use serde_json::{Value, json};

use crate::cache_folder::{Cached, names};
use crate::home::Home;
use crate::support::{Environment, start, vauth, with, without};

fn status(arguments: &[&str], environment: &Environment) -> Value {
    let arguments = [&["cache", "status", "--json"], arguments].concat();
    serde_json::from_str(&vauth(&arguments, environment).stdout()).unwrap()
}

#[tokio::test]
async fn status_shows_the_folder_its_records_and_the_token_of_the_vendor() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let empty = status(&["maia"], &cached.environment);
    let folder = cached.folder();
    assert_eq!(empty["store"], "file");
    assert_eq!(empty["location"], folder.to_str().unwrap());
    assert_eq!(empty["source"], "default");
    assert_eq!(empty["state"], "ok");
    assert_eq!(empty["token"]["state"], "absent");
    assert_eq!(empty["records"], json!([]));
    assert!(!folder.exists());

    cached.token();
    let full = status(&["maia"], &cached.environment);
    let token = &full["token"];
    assert_eq!(token["state"], "stored");
    let left = token["expires_in"].as_u64().unwrap();
    // Three minutes before the token's end, it is replaced.
    assert!(left <= 1_620 && left > 1_500, "{full}");
    let record = &full["records"][0];
    assert_eq!(record["hash"], token["hash"]);
    assert_eq!(record["kind"], "token");
    assert_eq!(full["records"].as_array().unwrap().len(), 1);
    assert_eq!(cached.emulator.token_requests(), 1);

    let environment = with(
        cached.environment.clone(),
        "MAIA_CLIENT_SECRET",
        "another-fake-secret",
    );
    assert_eq!(status(&["maia"], &environment)["token"]["state"], "absent");
    // Without settings, the folder alone is described.
    let environment = without(cached.environment.clone(), "MAIA_CLIENT_ID");
    let alone = status(&[], &environment);
    assert_eq!(alone["token"], Value::Null);
    assert_eq!(alone["records"].as_array().unwrap().len(), 1);
    let line = vauth(&["cache", "status", "maia"], &environment).failure(2);
    assert!(line.contains("MAIA_CLIENT_ID"), "{line}");
}

#[tokio::test]
async fn status_without_the_secret_describes_the_store_and_names_what_is_missing() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    cached.token();
    let environment = without(cached.environment.clone(), "MAIA_CLIENT_SECRET");
    let run = vauth(&["cache", "status", "maia", "--json"], &environment);
    let shown: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(shown["state"], "ok");
    assert_eq!(shown["records"].as_array().unwrap().len(), 1);
    assert_eq!(shown["token"]["vendor"], "maia");
    assert_eq!(shown["token"]["state"], "unknown");
    assert_eq!(shown["token"]["hash"], Value::Null);
    let problem = shown["token"]["problem"].as_str().unwrap();
    assert!(
        problem.contains("MAIA_CLIENT_SECRET is not set"),
        "{problem}"
    );
    let line = run.failure(2);
    assert!(line.contains("MAIA_CLIENT_SECRET is not set"), "{line}");
    let run = vauth(&["cache", "status", "maia"], &environment);
    assert!(run.stdout.contains("token of maia\tunknown: "), "{run:?}");
    assert!(run.stdout.contains("tokens\t1\n"), "{run:?}");
    run.failure(2);
    // A folder is cleared without it.
    let text = vauth(&["cache", "clear", "maia"], &environment).stdout();
    assert!(text.starts_with("deleted 1 token"), "{text}");
}

#[tokio::test]
async fn status_with_a_command_that_prints_no_secret_describes_the_store() {
    let home = Home::new();
    home.write("[profiles.p]\nvendor = 'maia'\nregion = 'eu1'\nclient_id = 'x'\nsecret_command = 'false'\n");
    let store = format!("file:{}", home.path("tokens"));
    let environment = with(home.environment.clone(), "VAUTH_STORE", &store);
    let arguments = ["cache", "status", "--profile", "p", "--json"];
    let run = vauth(&arguments, &environment);
    let shown: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(shown["state"], "ok");
    assert_eq!(shown["token"]["state"], "unknown");
    assert_eq!(shown["token"]["profile"], "p");
    let line = run.failure(2);
    assert!(line.contains("secret_command"), "{line}");
}

#[tokio::test]
async fn clear_says_that_there_is_no_folder_and_fails_if_it_cannot_look() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let file = cached.home.path().join("file");
    fs::write(&file, "mine").unwrap();
    let missing = cached.home.path().join("missing");
    for path in [missing.as_path(), Path::new("/proc/x")] {
        let path = path.to_str().unwrap();
        let store = format!("file:{path}");
        let clear = ["cache", "clear", "--store", &store];
        let said = format!("there is nothing to delete: the folder {path} does not exist\n");
        assert_eq!(cached.run(&clear).stdout(), said);
        let json = cached.run(&[&clear[..], &["--json"]].concat()).stdout();
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["records"], 0);
        assert_eq!(json["problem"], said.trim_end());
    }
    assert!(!missing.exists());
    let link = cached.home.path().join("link");
    std::os::unix::fs::symlink(&missing, &link).unwrap();
    for path in [&file, &file.join("below"), &link] {
        let store = format!("file:{}", path.display());
        let line = cached
            .run(&["cache", "clear", "--store", &store])
            .failure(2);
        assert!(line.contains(path.to_str().unwrap()), "{line}");
    }
}

#[tokio::test]
async fn for_pipes_each_item_is_a_line() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    cached.token();
    let text = cached.run(&["cache", "status", "maia"]).stdout();
    let items: Vec<_> = text
        .lines()
        .map(|line| line.split('\t').next().unwrap())
        .collect();
    let expected = [
        "store",
        "location",
        "source",
        "state",
        "token of maia",
        "tokens",
        "token",
    ];
    assert_eq!(items, expected, "{text}");
    assert!(text.contains("tokens\t1\n"), "{text}");
}

#[tokio::test]
async fn status_names_the_source_of_the_choice() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let environment = with(cached.environment.clone(), "VAUTH_STORE", "none");
    let off = status(&[], &environment);
    assert_eq!(off["store"], "none");
    assert_eq!(off["state"], "none");
    assert_eq!(off["source"], "environment");
    assert_eq!(off["source_name"], "VAUTH_STORE");
    let chosen = status(&["--store", "file:/nowhere/x"], &environment);
    assert_eq!(chosen["location"], "/nowhere/x");
    assert_eq!(chosen["source_name"], "--store");
    let homeless = status(&[], &without(cached.environment.clone(), "HOME"));
    assert_eq!(homeless["store"], "none");
    assert!(homeless["problem"].as_str().unwrap().contains("HOME"));
}

#[tokio::test]
async fn status_of_the_default_profile_shows_its_token() {
    let home = Home::new();
    let emulator = start(EmulatedVendor::Maia).await;
    home.set_up("default", &emulator);
    let store = format!("file:{}", home.path("tokens"));
    let environment = with(home.environment.clone(), "VAUTH_STORE", &store);
    vauth(&["token"], &environment).stdout();
    let shown = status(&[], &environment);
    assert_eq!(shown["token"]["state"], "stored");
    assert_eq!(shown["token"]["profile"], "default");
    // Half of a profile is no reason to fail, unless it was named.
    home.write("[profiles.default]\nvendor = 'maia'\n");
    assert_eq!(status(&[], &environment)["token"], Value::Null);
    let named = ["cache", "status", "--profile", "default"];
    vauth(&named, &environment).failure(2);
}

#[tokio::test]
async fn status_of_a_folder_that_cannot_be_used_says_why_and_fails() {
    use std::os::unix::fs::PermissionsExt as _;

    let cached = Cached::start(EmulatedVendor::Maia).await;
    cached.token();
    fs::set_permissions(cached.folder(), fs::Permissions::from_mode(0o755)).unwrap();
    let run = cached.run(&["cache", "status", "maia", "--json"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    let shown: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(shown["state"], "unusable");
    assert!(shown["problem"].as_str().unwrap().contains("0700"));
    assert_eq!(shown["records"], Value::Null);
    cached.run(&["cache", "clear"]).failure(2);
    assert_eq!(names(&cached.folder()).len(), 2);
}

#[tokio::test]
async fn unusable_settings_are_not_blamed_on_the_store() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    cached.token();
    let environment = with(cached.environment.clone(), "MAIA_CA_FILE", "/nowhere/ca");
    let run = vauth(&["cache", "status", "maia", "--json"], &environment);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("/nowhere/ca"), "{run:?}");
    let shown: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(shown["state"], "ok");
    assert_eq!(shown["problem"], Value::Null);
    assert_eq!(shown["token"]["state"], "unknown");
    let problem = shown["token"]["problem"].as_str().unwrap();
    assert!(problem.contains("/nowhere/ca"), "{problem}");
    assert_eq!(shown["records"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn clear_deletes_all_of_the_folder_and_nothing_else() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let text = cached.run(&["cache", "clear"]).stdout();
    assert!(text.starts_with("there is nothing to delete"), "{text}");
    let first = cached.token();
    fs::write(cached.folder().join("notes"), "mine").unwrap();
    let text = cached.run(&["cache", "clear"]).stdout();
    assert!(text.starts_with("deleted 1 token (2 files)"), "{text}");
    assert!(text.contains(cached.folder().to_str().unwrap()), "{text}");
    assert_eq!(names(&cached.folder()), ["notes"]);
    assert_ne!(cached.token(), first);
    let json = cached.run(&["cache", "clear", "--json"]).stdout();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["tokens"], &json["records"]), (&json!(1), &json!(2)));
    assert_eq!(json["problem"], Value::Null);
    let off = ["cache", "clear", "--store", "none"];
    let text = cached.run(&off).stdout();
    assert!(text.contains("no token store"), "{text}");
    let json = cached.run(&[&off[..], &["--json"]].concat()).stdout();
    assert!(json.contains("no token store"), "{json}");
}

#[tokio::test]
async fn a_users_token_is_said_to_be_never_stored() {
    let cached = Cached::start(EmulatedVendor::Runai).await;
    let mut environment = cached.environment.clone();
    for name in ["RUNAI_CLIENT_ID", "RUNAI_CLIENT_SECRET"] {
        environment = without(environment, name);
    }
    environment.push(("RUNAI_USERNAME".to_owned(), "fake".to_owned()));
    environment.push(("RUNAI_PASSWORD".to_owned(), "fake".to_owned()));
    let shown = status(&["runai"], &environment);
    assert_eq!(shown["token"]["state"], "never_stored");
    let problem = shown["token"]["problem"].as_str().unwrap();
    assert!(problem.contains("VAUTH_STORE_KEY_FILE"), "{problem}");
}
