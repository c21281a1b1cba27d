//! Tests of tokens that runs share through a folder: one token request for all of them, and nobody else's token.

use std::fs;
use std::time::Duration;

use auth_testkit::{EmulatedVendor, Fault};

use crate::cache_folder::{Cached, names};
use crate::home::Home;
use crate::support::{SECRET, VENDORS, start, vauth, with, without};

#[tokio::test]
async fn runs_one_after_the_other_send_one_token_request() {
    for vendor in VENDORS {
        let cached = Cached::start(vendor).await;
        let first = cached.token();
        for _ in 1..20 {
            assert_eq!(cached.token(), first);
        }
        assert_eq!(cached.emulator.token_requests(), 1, "{vendor}");
    }
}

#[tokio::test]
async fn runs_at_the_same_time_send_one_token_request() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    cached
        .emulator
        .set_token_latency(Duration::from_millis(300));
    let tokens = cached.tokens_at_once(30);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    assert_eq!(cached.emulator.token_requests(), 1);
}

#[tokio::test]
async fn all_commands_use_the_stored_token() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    cached.token();
    let path = "/dpc/v1/projects?size=1";
    cached.run(&["request", "maia", path]).stdout();
    cached.run(&["maia", "projects"]).stdout();
    assert_eq!(cached.emulator.token_requests(), 1);
    let cached = Cached::start(EmulatedVendor::Datasaur).await;
    cached.token();
    cached.run(&["datasaur", "query", "{ me { id } }"]).stdout();
    assert_eq!(cached.emulator.token_requests(), 1);
    let cached = Cached::start(EmulatedVendor::Runai).await;
    cached.token();
    cached.run(&["runai", "apps", "list"]).stdout();
    assert_eq!(cached.emulator.token_requests(), 1);
}

#[tokio::test]
async fn a_printed_token_of_the_store_has_the_times_that_it_had() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let times = || -> (u64, String) {
        let text = cached.token_with(&["--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let left = json["expires_in"].as_u64().unwrap();
        assert_eq!(json["scope"], "pipeline-execution");
        (left, json["token"].as_str().unwrap().to_owned())
    };
    let (first, second) = (times(), times());
    assert_eq!(first.1, second.1);
    assert!(second.0 <= first.0 && second.0 + 60 > first.0);
}

#[tokio::test]
async fn another_secret_is_another_token() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let first = cached.token();
    cached.emulator.rotate_secret("another-fake-secret");
    // The old secret still opens the old token, which is valid.
    assert_eq!(cached.token(), first);
    let environment = with(
        cached.environment.clone(),
        "MAIA_CLIENT_SECRET",
        "another-fake-secret",
    );
    let second = vauth(&["token", "maia"], &environment).stdout();
    assert_ne!(second, first);
    assert_eq!(cached.emulator.token_requests(), 2);
}

#[tokio::test]
async fn two_profiles_have_two_records() {
    let home = Home::new();
    let emulators = [
        start(EmulatedVendor::Maia).await,
        start(EmulatedVendor::Maia).await,
    ];
    for (profile, emulator) in ["one", "two"].into_iter().zip(&emulators) {
        home.set_up(profile, emulator);
    }
    let store = format!("store=file:{}", home.path("tokens"));
    for profile in ["one", "two"] {
        let set = home.run(&["config", "set", "--profile", profile, &store]);
        assert_eq!(set.stdout(), "");
    }
    let token = |profile| home.run(&["token", "--profile", profile]).stdout();
    let tokens = ["one", "two", "one", "two"].map(token);
    assert_eq!(tokens[..2], tokens[2..]);
    assert_ne!(tokens[0], tokens[1]);
    for emulator in &emulators {
        assert_eq!(emulator.token_requests(), 1);
    }
    let names = names(&home.folder.path().join("tokens"));
    let records = names.iter().filter(|name| name.ends_with(".token"));
    assert_eq!(records.count(), 2, "{names:?}");
}

#[tokio::test]
async fn a_new_token_can_be_forced_and_is_stored() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let first = cached.token();
    let second = cached.token_with(&["--force-refresh"]);
    assert_ne!(first, second);
    assert_eq!(cached.token(), second);
    let third = cached.token_with(&["--fresh"]);
    assert_ne!(second, third);
    assert_eq!(cached.token(), third);
    assert_eq!(cached.emulator.token_requests(), 3);
}

#[tokio::test]
async fn a_known_failure_is_shared_but_a_forced_refresh_tries_again() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    cached.emulator.disable_client();
    cached.run(&["token", "maia"]).failure(3);
    let before = cached.emulator.token_requests();
    let line = cached.run(&["token", "maia"]).failure(3);
    assert_eq!(cached.emulator.token_requests(), before);
    assert!(line.contains("--store none"), "{line}");
    cached.emulator.enable_client();
    let token = cached.token_with(&["--force-refresh"]);
    assert_eq!(cached.token(), token);
}

#[tokio::test]
async fn a_token_that_was_revoked_is_replaced_in_the_store_by_one_request() {
    for vendor in VENDORS {
        let cached = Cached::start(vendor).await;
        let first = cached.token();
        cached.emulator.revoke_tokens();
        let call: &[&str] = match vendor {
            EmulatedVendor::Datasaur => &["/graphql", "-d", r#"{"query":"{ me { id } }"}"#],
            EmulatedVendor::Maia => &["/dpc/v1/projects"],
            _ => &["/api/v1/apps"],
        };
        // It is no longer believable that the token is too new to be known.
        cached.age(Duration::from_secs(60));
        cached
            .run(&[&["request", vendor.as_str()], call].concat())
            .stdout();
        let second = cached.token();
        assert_ne!(first, second);
        assert_eq!(cached.emulator.token_requests(), 2, "{vendor}");
    }
}

#[tokio::test]
async fn without_a_store_each_run_signs_in() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    for arguments in [&["--store", "none"][..], &["--store", "none"]] {
        cached.token_with(arguments);
    }
    assert_eq!(cached.emulator.token_requests(), 2);
    let environment = with(cached.environment.clone(), "VAUTH_STORE", "none");
    vauth(&["token", "maia"], &environment).stdout();
    assert_eq!(cached.emulator.token_requests(), 3);
    assert!(!cached.folder().exists());
}

#[tokio::test]
async fn without_a_home_each_run_signs_in_and_only_the_log_says_so() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let missing = cached.home.path().join("missing");
    for environment in [
        without(cached.environment.clone(), "HOME"),
        with(cached.environment.clone(), "HOME", ""),
        with(
            cached.environment.clone(),
            "HOME",
            missing.to_str().unwrap(),
        ),
    ] {
        let before = cached.emulator.token_requests();
        for _ in 0..2 {
            vauth(&["token", "maia"], &environment).stdout();
        }
        assert_eq!(cached.emulator.token_requests(), before + 2);
        let run = vauth(&["token", "maia", "-v"], &environment);
        assert_eq!(run.code, Some(0));
        let lines = run.stderr.lines();
        let lines = lines.filter(|line| line.contains("the token is not stored"));
        assert_eq!(lines.count(), 1, "{run:?}");
    }
    assert!(!missing.exists());
}

#[tokio::test]
async fn nothing_in_the_folder_can_be_read() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let token = cached.token();
    cached.emulator.disable_client();
    cached.run(&["token", "maia", "--fresh"]).failure(3);
    let mut files = 0;
    for name in names(&cached.folder()) {
        let bytes = fs::read(cached.folder().join(&name)).unwrap();
        let seen = [name.as_bytes(), &bytes].concat();
        for canary in [
            token.trim_end(),
            &token[..10],
            SECRET,
            &SECRET[..6],
            cached.emulator.client_id(),
            "maia",
        ] {
            let canary = canary.as_bytes();
            let is_seen = seen.windows(canary.len()).any(|bytes| bytes == canary);
            assert!(!is_seen, "{name}");
        }
        files += 1;
    }
    assert!(files >= 2);
}

#[tokio::test]
async fn a_users_token_is_stored_only_with_a_key() {
    let cached = Cached::start(EmulatedVendor::Runai).await;
    let mut environment = cached.environment.clone();
    for name in ["RUNAI_CLIENT_ID", "RUNAI_CLIENT_SECRET"] {
        environment = without(environment, name);
    }
    let username = cached.emulator.username().unwrap().to_owned();
    let password = cached.emulator.password().unwrap().to_owned();
    environment.push(("RUNAI_USERNAME".to_owned(), username));
    environment.push(("RUNAI_PASSWORD".to_owned(), password));
    for _ in 0..2 {
        vauth(&["token", "runai"], &environment).stdout();
    }
    assert_eq!(cached.emulator.token_requests(), 2);
    let run = vauth(&["token", "runai", "-v"], &environment);
    assert!(run.stderr.contains("VAUTH_STORE_KEY_FILE"), "{run:?}");

    let key = cached.home.path().join("key");
    fs::write(&key, "0123456789abcdef0123456789abcdef\n").unwrap();
    let key = key.to_str().unwrap();
    let before = cached.emulator.token_requests();
    let arguments = ["token", "runai", "--store-key-file", key];
    let first = vauth(&arguments, &environment).stdout();
    assert_eq!(vauth(&arguments, &environment).stdout(), first);
    let environment = with(environment, "VAUTH_STORE_KEY_FILE", key);
    assert_eq!(vauth(&["token", "runai"], &environment).stdout(), first);
    assert_eq!(cached.emulator.token_requests(), before + 1);
}

#[tokio::test]
async fn bootstrap_verifies_the_new_account_by_a_sign_in() {
    let cached = Cached::start(EmulatedVendor::Runai).await;
    let secret = cached.home.path().join("secret");
    let arguments = [
        "runai",
        "bootstrap",
        "--name",
        "import",
        "--role",
        "System administrator",
        "--secret-file",
        secret.to_str().unwrap(),
    ];
    for _ in 0..2 {
        let before = cached.emulator.token_requests();
        let run = cached.run(&arguments);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(cached.emulator.token_requests() >= before + 2, "{run:?}");
    }
}

#[tokio::test]
async fn a_token_that_ends_soon_is_replaced() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let first = cached.token();
    // Three minutes before its end, a tenth of its half an hour.
    cached.age(Duration::from_secs(1_800 - 179));
    assert_ne!(cached.token(), first);
    assert_eq!(cached.emulator.token_requests(), 2);
}

#[tokio::test]
async fn a_failure_of_the_endpoint_is_no_failure_while_the_stored_token_lasts() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let first = cached.token();
    cached
        .emulator
        .inject_token_fault(Fault::status(503).forever());
    assert_eq!(cached.token(), first);
}

#[tokio::test]
async fn doctor_signs_in_whatever_is_stored_and_reports_on_the_store() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let token = cached.token();
    let text = cached.run(&["doctor", "maia"]).stdout();
    assert_eq!(cached.emulator.token_requests(), 2);
    assert!(text.contains("sign-in\tok\ta new token"), "{text}");
    let folder = cached.folder();
    let line = format!("token store\tok\tfile {}", folder.display());
    assert!(text.contains(&line), "{text}");
    assert!(text.contains("with 1 token\t"), "{text}");
    // Its check leaves no record behind, and the stored token as it was.
    let left = names(&folder);
    assert!(left.iter().all(|name| !name.contains("probe")), "{left:?}");
    assert_eq!(cached.token(), token);
    cached.emulator.disable_client();
    let run = cached.run(&["doctor", "maia"]);
    assert_eq!(run.code, Some(1), "{run:?}");
}
