//! Tests of commands that sign in with a profile.

use auth_testkit::EmulatedVendor;
use serde_json::Value;

use crate::home::Home;
use crate::support::{SECRET, VENDORS, start, with};

#[tokio::test]
async fn each_vendor_signs_in_with_its_profile_and_needs_no_variable() {
    let home = Home::new();
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let name = vendor.as_str();
        home.set_up(name, &emulator);
        let token = home.run(&["token", "--profile", name]).stdout();
        assert!(token.len() > 20, "{token}");
        let steps = home.run(&["doctor", "--profile", name, "--json"]).stdout();
        let steps: Vec<Value> = serde_json::from_str(&steps).unwrap();
        // Without a home there is no token store.
        assert!(
            steps[..6].iter().all(|step| step["status"] == "ok"),
            "{steps:?}"
        );
        let path = match vendor {
            EmulatedVendor::Datasaur => "/api/health",
            EmulatedVendor::Maia => "/dpc/v1/projects?page=0&size=1",
            _ => "/api/v1/apps",
        };
        let request = ["request", name, "GET", path, "--profile", name];
        assert!(!home.run(&request).stdout().is_empty());
    }
}

#[tokio::test]
async fn the_vendors_own_commands_accept_a_profile_before_and_after_them() {
    let home = Home::new();
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        home.set_up(vendor.as_str(), &emulator);
        let words: &[&str] = match vendor {
            EmulatedVendor::Datasaur => &["datasaur", "query", "{ me { id } }"],
            EmulatedVendor::Maia => &["maia", "projects"],
            _ => &["runai", "apps", "list"],
        };
        let name = vendor.as_str();
        let after = home.run(&[words, &["--profile", name]].concat()).stdout();
        let before = home.run(&[&["--profile", name], words].concat()).stdout();
        // The rest of an entry contains times.
        let first = |text: &str| text.split('\t').next().map(str::to_owned);
        assert_eq!(first(&after), first(&before));
        assert!(!after.is_empty());
    }
}

#[tokio::test]
async fn the_variable_selects_a_profile_and_the_option_another_one() {
    let mut home = Home::new();
    let (maia, runai) = (
        start(EmulatedVendor::Maia).await,
        start(EmulatedVendor::Runai).await,
    );
    home.set_up("m", &maia);
    home.set_up("r", &runai);
    home.environment = with(home.environment.clone(), "VAUTH_PROFILE", "m");
    home.run(&["token"]).stdout();
    assert_eq!((maia.token_requests(), runai.token_requests()), (1, 0));
    home.run(&["token", "--profile", "r"]).stdout();
    assert_eq!((maia.token_requests(), runai.token_requests()), (1, 1));
    let line = home.run(&["token", "runai"]).failure(2);
    assert!(
        line.contains(r#"profile "m" is for maia, not for runai"#),
        "{line}"
    );
}

#[tokio::test]
async fn the_default_profile_serves_the_commands_of_its_vendor() {
    let home = Home::new();
    let emulator = start(EmulatedVendor::Maia).await;
    home.set_up("default", &emulator);
    home.run(&["token"]).stdout();
    home.run(&["token", "maia"]).stdout();
    assert_eq!(emulator.token_requests(), 2);
    // It is for another vendor, so only variables count.
    let line = home.run(&["token", "datasaur"]).failure(2);
    assert!(line.contains("DATASAUR_CLIENT_ID"), "{line}");
}

#[test]
fn without_a_profile_a_command_needs_a_vendor() {
    for command in ["token", "doctor"] {
        let line = Home::new().run(&[command]).failure(2);
        assert!(line.contains("no vendor is given"), "{line}");
    }
}

#[tokio::test]
async fn an_unknown_profile_is_an_error_with_a_suggestion() {
    let home = Home::new();
    home.set_up("staging", &start(EmulatedVendor::Maia).await);
    let line = home
        .run(&["token", "maia", "--profile", "stagign"])
        .failure(2);
    assert!(line.contains("did you mean staging?"), "{line}");
    let line = home.run(&["token", "maia", "--profile", "x"]).failure(2);
    assert!(line.contains("it has staging"), "{line}");
    let line = home.run(&["token", "maia", "--profile", "a b"]).failure(2);
    assert!(line.contains("white space"), "{line}");
}

#[tokio::test]
async fn the_list_names_the_source_of_each_setting_and_shows_no_secret() {
    let mut home = Home::new();
    let emulator = start(EmulatedVendor::Maia).await;
    home.set_up("m", &emulator);
    home.environment = with(home.environment.clone(), "MAIA_CLIENT_ID", "from-variable");
    home.environment = with(home.environment.clone(), "MAIA_CLIENT_SECRET", SECRET);
    let run = home.run(&["config", "list", "--json"]);
    run.assert_no_secret();
    let entries: Vec<Value> = serde_json::from_str(&run.stdout()).unwrap();
    let entry = |setting: &str| {
        let mut entries = entries.iter();
        entries
            .find(|entry| entry["setting"] == setting)
            .unwrap_or_else(|| panic!("{setting} is missing"))
    };
    assert_eq!(entry("vendor")["value"], "maia");
    assert_eq!(entry("client_id")["value"], "from-variable");
    assert_eq!(entry("client_id")["source"], "environment");
    assert_eq!(entry("client_id")["source_name"], "MAIA_CLIENT_ID");
    assert_eq!(entry("client_secret")["value"], Value::Null);
    assert_eq!(entry("base_url")["source"], "profile");
    assert_eq!(entry("audience")["source"], "default");
    // The variable replaces the file of the profile.
    assert!(
        entries
            .iter()
            .all(|it| it["setting"] != "client_secret_file")
    );
    let text = home.run(&["config", "list"]).stdout();
    assert!(
        text.contains("m\tclient_secret\t(hidden)\tenvironment MAIA_CLIENT_SECRET\n"),
        "{text}"
    );
}

/// The defaults of a vendor that `vauth config list` shows.
fn defaults(home: &Home, arguments: &[&str]) -> Vec<(String, String)> {
    let list = [&["config", "list", "--json"], arguments].concat();
    let entries: Vec<Value> = serde_json::from_str(&home.run(&list).stdout()).unwrap();
    let defaults = entries.iter().filter(|entry| entry["source"] == "default");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    defaults
        .map(|entry| (text(&entry["setting"]), text(&entry["value"])))
        .collect()
}

#[test]
fn each_default_that_is_listed_is_a_value_that_can_be_set() {
    for vendor in ["datasaur", "maia", "runai"] {
        let home = Home::new();
        let vendor_setting = format!("vendor={vendor}");
        let listed = defaults(&home, &[vendor]);
        assert!(listed.len() > 1, "{listed:?}");
        for (setting, value) in listed {
            let pair = format!("{setting}={value}");
            home.run(&["config", "set", &vendor_setting, &pair])
                .stdout();
        }
    }
}

#[test]
fn the_urls_of_the_list_are_those_in_effect() {
    let home = Home::new();
    let url = |arguments: &[&str], setting: &str| {
        let listed = defaults(&home, arguments);
        let mut listed = listed.into_iter();
        listed.find(|(name, _)| name == setting).map(|(_, url)| url)
    };
    let cloud = "https://datasaur.ai/api/oauth/token";
    assert_eq!(url(&["datasaur"], "token_url").as_deref(), Some(cloud));
    let own = "https://labels.example.com";
    home.run(&[
        "config",
        "set",
        "vendor=datasaur",
        "base_url=https://labels.example.com",
    ])
    .stdout();
    let token_url = url(&[], "token_url").unwrap();
    assert!(token_url.starts_with(own), "{token_url}");
    let upload_url = url(&[], "upload_url").unwrap();
    assert!(upload_url.starts_with(own), "{upload_url}");
    // Without a region there is none, and with one the base URL follows from it.
    assert_eq!(url(&["maia"], "base_url"), None);
    home.run(&[
        "config",
        "set",
        "--profile",
        "m",
        "vendor=maia",
        "region=eu1",
    ])
    .stdout();
    let base_url = url(&["maia"], "base_url");
    assert_eq!(base_url.as_deref(), Some("https://eu1.api.matillion.com"));
}

#[tokio::test]
async fn doctor_names_the_source_of_each_setting() {
    let home = Home::new();
    let emulator = start(EmulatedVendor::Runai).await;
    home.set_up("r", &emulator);
    let id = emulator.client_id().to_owned();
    let run = home.run(&["doctor", "--profile", "r", "--client-id", &id]);
    let text = run.stdout();
    assert!(
        text.contains(r#"client_id from --client-id, client_secret_file from profile "r""#),
        "{text}"
    );
}
