//! Tests of the order of the sources of settings, and of errors that name the source.

use std::fs;

use auth_testkit::{ControlPlane, EmulatedVendor, Emulator, Runai};

use crate::home::Home;
use crate::shell::Shell;
use crate::support::{SECRET, VENDORS, environment, start, vauth, with, without};

/// A server that nobody can reach: using it is an error.
const DEAD: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn options_suffice_without_any_variable() {
    let home = Home::new();
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let file = home.path(vendor.as_str());
        fs::write(&file, SECRET).unwrap();
        let mut settings = vec![
            "--base-url",
            emulator.base_url(),
            "--client-id",
            emulator.client_id(),
            "--client-secret-file",
            &file,
        ];
        if vendor == EmulatedVendor::Maia {
            settings.extend(["--token-url", emulator.token_url()]);
        }
        let name = vendor.as_str();
        let own: &[&str] = match vendor {
            EmulatedVendor::Datasaur => &["datasaur", "query", "{ me { id } }"],
            EmulatedVendor::Maia => &["maia", "projects"],
            _ => &["runai", "apps", "list"],
        };
        let request = ["request", name, "GET", "/api/health"];
        let commands: [&[&str]; 3] = [&["token", name], &["doctor", name], own];
        for command in commands {
            home.run(&[command, &settings].concat()).stdout();
        }
        // Whatever the response, the request was authorized.
        let run = home.run(&[&request, settings.as_slice()].concat());
        assert!(matches!(run.code, Some(0 | 22)), "{run:?}");
    }
}

#[tokio::test]
async fn an_option_precedes_a_variable_and_a_variable_the_profile() {
    let mut home = Home::new();
    let emulator = start(EmulatedVendor::Runai).await;
    home.set_up("r", &emulator);
    let token = ["token", "--profile", "r"];
    home.run(&token).stdout();
    home.environment = with(home.environment.clone(), "RUNAI_BASE_URL", DEAD);
    home.run(&token).failure(4);
    let live = [&token[..], &["--base-url", emulator.base_url()]].concat();
    home.run(&live).stdout();
    // An empty variable counts as unset.
    home.environment = with(home.environment.clone(), "RUNAI_BASE_URL", "");
    home.run(&token).stdout();
}

#[tokio::test]
async fn a_secret_of_a_higher_source_replaces_the_file_of_a_lower_one() {
    let mut home = Home::new();
    let emulator = start(EmulatedVendor::Runai).await;
    home.set_up("r", &emulator);
    fs::write(home.path("r.secret"), "wrong").unwrap();
    home.run(&["token", "--profile", "r"]).failure(3);
    home.environment = with(home.environment.clone(), "RUNAI_CLIENT_SECRET", SECRET);
    home.run(&["token", "--profile", "r"]).stdout();
    // And the option's file the variable.
    home.environment = with(home.environment.clone(), "RUNAI_CLIENT_SECRET", "wrong");
    fs::write(home.path("right"), SECRET).unwrap();
    let file = home.path("right");
    home.run(&["token", "--profile", "r", "--client-secret-file", &file])
        .stdout();
}

#[tokio::test]
async fn a_user_of_a_higher_source_replaces_the_client_of_a_lower_one() {
    let mut home = Home::new();
    let emulator = Emulator::builder(Runai::new()).start().await.unwrap();
    home.set_up("r", &emulator);
    let user = emulator.username().unwrap().to_owned();
    home.environment = with(home.environment.clone(), "RUNAI_USERNAME", &user);
    let line = home.run(&["token", "--profile", "r"]).failure(2);
    assert!(line.contains("RUNAI_PASSWORD is not set"), "{line}");
    let password = emulator.password().unwrap().to_owned();
    home.environment = with(home.environment.clone(), "RUNAI_PASSWORD", &password);
    home.run(&["token", "--profile", "r"]).stdout();
    let id = ["--client-id", emulator.client_id()];
    let client = [&["token", "--profile", "r"][..], &id].concat();
    home.run(&client).stdout();
}

#[tokio::test]
async fn a_region_of_a_higher_source_replaces_the_base_url_of_a_lower_one() {
    let home = Home::new();
    let emulator = start(EmulatedVendor::Maia).await;
    home.set_up("m", &emulator);
    let steps = home.run(&["doctor", "--profile", "m", "--json", "--region", "zz99"]);
    assert!(
        steps.stdout.contains("https://zz99.api.matillion.com"),
        "{steps:?}"
    );
}

#[tokio::test]
async fn the_vendors_own_variable_precedes_the_profile() {
    let mut home = Home::new();
    let emulator = start(EmulatedVendor::Maia).await;
    home.set_up("m", &emulator);
    home.environment = with(home.environment.clone(), "MATILLION_CLIENT_SECRET", "wrong");
    home.run(&["token", "--profile", "m"]).failure(3);
}

#[test]
fn an_error_names_the_setting_as_it_was_given() {
    let home = Home::new();
    let url = "http://vendor.example.com";
    home.write(&format!(
        "[profiles.p]\nvendor = 'datasaur'\nclient_id = 'x'\nclient_secret_file = 'nowhere'\nbase_url = '{url}'\n"
    ));
    let line = home.run(&["token", "--profile", "p"]).failure(2);
    assert!(
        line.contains(r#"client_secret_file in profile "p": "#),
        "{line}"
    );
    fs::write(home.path("nowhere"), "fake-secret").unwrap();
    let line = home.run(&["token", "--profile", "p"]).failure(2);
    assert!(
        line.contains(r#"base_url in profile "p" is plain http"#),
        "{line}"
    );
    assert!(!line.contains("allow_http"), "{line}");
    let line = home
        .run(&["token", "--profile", "p", "--base-url", url])
        .failure(2);
    assert!(line.contains("--base-url is plain http"), "{line}");
    let environment = with(home.environment.clone(), "DATASAUR_BASE_URL", url);
    let line = vauth(&["token", "--profile", "p"], &environment).failure(2);
    assert!(line.contains("DATASAUR_BASE_URL is plain http"), "{line}");
}

#[test]
fn an_option_of_another_vendor_is_an_error() {
    let home = Home::new();
    let line = home.run(&["token", "runai", "--region", "eu1"]).failure(2);
    assert!(line.contains("--region does not apply to runai"), "{line}");
}

#[tokio::test]
async fn all_missing_settings_are_in_one_error() {
    let emulator = start(EmulatedVendor::Maia).await;
    let home = Home::new();
    let line = home.run(&["token", "maia"]).failure(2);
    for expected in [
        "MAIA_CLIENT_ID, MAIA_CLIENT_SECRET and MAIA_REGION are not set",
        "MAIA_CLIENT_ID=your-client-id",
        "--client-id, --client-secret-file and --region",
    ] {
        assert!(line.contains(expected), "{line}");
    }
    let line = home.run(&["token", "runai"]).failure(2);
    for expected in [
        "RUNAI_CLIENT_SECRET",
        "RUNAI_BASE_URL",
        "RUNAI_USERNAME and RUNAI_PASSWORD",
    ] {
        assert!(line.contains(expected), "{line}");
    }
    let line = vauth(
        &["token", "maia"],
        &without(environment(&emulator), "MAIA_CLIENT_SECRET"),
    )
    .failure(2);
    assert!(line.contains("MAIA_CLIENT_SECRET is not set"), "{line}");
    assert!(!line.contains("MAIA_REGION"), "{line}");
}

#[tokio::test]
async fn a_wrong_password_is_not_blamed_on_a_client() {
    let mut home = Home::new();
    let emulator = Emulator::builder(Runai::new()).start().await.unwrap();
    for (name, value) in [
        ("RUNAI_BASE_URL", emulator.base_url()),
        ("RUNAI_USERNAME", emulator.username().unwrap()),
        ("RUNAI_PASSWORD", "wrong"),
    ] {
        home.environment = with(home.environment.clone(), name, value);
    }
    let line = home.run(&["token", "runai"]).failure(3);
    assert!(
        line.contains("check the user name and the password"),
        "{line}"
    );
    assert!(!line.contains("client"), "{line}");
    assert_eq!(line.matches("check ").count(), 1, "{line}");
}

#[tokio::test]
async fn an_identity_provider_s_token_takes_the_place_of_other_credentials() {
    use base64::Engine as _;

    let shell = Shell::start(ControlPlane::V2_24).await;
    let file = shell.path("external-token");
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"email":"a@b.io"}"#);
    fs::write(&file, format!("fake.{claims}.fake")).unwrap();
    let base_url = (
        "RUNAI_BASE_URL".to_owned(),
        shell.emulator.base_url().to_owned(),
    );
    let external = ("RUNAI_EXTERNAL_TOKEN_FILE".to_owned(), file.clone());
    let environment = vec![base_url, external];
    let token = vauth(&["token", "runai"], &environment).stdout();
    assert!(token.len() > 20, "{token}");
    // An option precedes the credentials of a lower source, whatever they are.
    let option = ["token", "runai", "--external-token-file", &file];
    let token = vauth(&option, &shell.environment).stdout();
    assert!(token.len() > 20, "{token}");
    let both = with(environment, "RUNAI_CLIENT_ID", "fake");
    let line = vauth(&["token", "runai"], &both).failure(2);
    assert!(line.contains("RUNAI_EXTERNAL_TOKEN_FILE"), "{line}");
}
