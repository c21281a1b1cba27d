//! Tests of suggestions for typing errors.

use serde_json::Value;

use crate::home::Home;
use crate::support::{Environment, environment, start, vauth, with};

#[test]
fn a_mistyped_word_is_an_error_with_a_suggestion() {
    for (arguments, expected) in [
        (&["tokn"][..], "'token'"),
        (&["token", "mia"], "'maia'"),
        (&["token", "maia", "--formt", "json"], "'--format'"),
        (&["token", "maia", "--regoin", "eu1"], "'--region'"),
        (&["token", "maia", "--format", "jsn"], "'json'"),
        (&["runai", "service-acounts", "list"], "'service-accounts'"),
        (&["completions", "bsh"], "'bash'"),
        (&["config", "lst"], "'list'"),
    ] {
        let run = vauth(arguments, &Environment::new());
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(expected), "{run:?}");
    }
}

#[test]
fn a_mistyped_region_is_an_error_with_a_suggestion() {
    for region in ["EU1", "eu-1", "Eu_1"] {
        let arguments = ["token", "maia", "--client-id", "x", "--region", region];
        let environment = vec![("MAIA_CLIENT_SECRET".to_owned(), "fake-secret".to_owned())];
        let line = vauth(&arguments, &environment).failure(2);
        assert!(
            line.contains("--region is not a valid region: did you mean eu1?"),
            "{line}"
        );
    }
}

#[test]
fn a_mistyped_variable_is_named_with_the_one_that_was_meant() {
    for (variable, meant) in [
        ("MAIA_CLIENT_IDD", "MAIA_CLIENT_ID"),
        ("MIAA_CLIENT_ID", "MAIA_CLIENT_ID"),
        ("MAIA_CLIENT_SECERT", "MAIA_CLIENT_SECRET"),
        ("MAIA_REGOIN", "MAIA_REGION"),
    ] {
        let environment = vec![(variable.to_owned(), "fake-value".to_owned())];
        let line = vauth(&["token", "maia"], &environment).failure(2);
        let expected = format!("{variable} is set: did you mean {meant}?");
        assert!(line.contains(&expected), "{line}");
        assert!(!line.contains("fake-value"), "{line}");
    }
}

#[tokio::test]
async fn doctor_warns_of_a_mistyped_variable_that_nothing_needs() {
    let home = Home::new();
    let emulator = start(auth_testkit::EmulatedVendor::Maia).await;
    home.set_up("m", &emulator);
    let environment = with(home.environment.clone(), "MAIA_AUDIANCE", "x");
    let run = vauth(&["doctor", "--profile", "m", "--json"], &environment);
    let steps: Vec<Value> = serde_json::from_str(&run.stdout()).unwrap();
    assert_eq!(steps[0]["status"], "warning");
    let advice = steps[0]["advice"].as_str().unwrap();
    assert!(advice.contains("did you mean MAIA_AUDIENCE?"), "{advice}");
}

#[tokio::test]
async fn doctor_warns_of_a_mistyped_variable_beside_the_right_one() {
    let emulator = start(auth_testkit::EmulatedVendor::Runai).await;
    for (variable, meant) in [
        ("RUNAI_BASE_ULR", Some("RUNAI_BASE_URL")),
        ("RUNAI_CLENT_ID", Some("RUNAI_CLIENT_ID")),
        ("VAUTH_STROE", Some("VAUTH_STORE")),
        ("VAUTH_PROFIL", Some("VAUTH_PROFILE")),
        // Somebody else's, and not a slip of the finger.
        ("RUNAI_CLIENT_ID2", None),
        ("RUNAI_CLIENT_ID_B", None),
    ] {
        let environment = with(environment(&emulator), variable, "x");
        let run = vauth(&["doctor", "runai", "--json"], &environment);
        let steps: Vec<Value> = serde_json::from_str(&run.stdout()).unwrap();
        let Some(meant) = meant else {
            assert_eq!(steps[0]["status"], "ok", "{variable}");
            continue;
        };
        let advice = steps[0]["advice"].as_str().unwrap_or_default();
        let expected = format!("{variable} is not known: did you mean {meant}?");
        assert!(advice.contains(&expected), "{advice}");
    }
}
