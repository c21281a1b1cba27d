//! Tests of Run:ai's settings.

use std::ffi::OsString;

use auth_core::ErrorKind;
use auth_core::vendor::Environment;

use super::*;
use crate::{Client, Config, ConfigBuilder};

fn from(pairs: &[(&str, &str)]) -> Result<Config> {
    let lookup = |variable: &str| {
        let (_, value) = pairs.iter().find(|(name, _)| *name == variable)?;
        Some(OsString::from(value))
    };
    Config::from_environment(&Environment::new(&lookup))
}

const REQUIRED: [(&str, &str); 3] = [
    ("RUNAI_CLIENT_ID", "fake-id"),
    ("RUNAI_CLIENT_SECRET", "fake-secret"),
    ("RUNAI_BASE_URL", "https://tenant.run.ai/prefix/"),
];

#[test]
fn a_path_prefix_is_kept_and_the_token_api_is_found_by_itself() {
    let config = from(&REQUIRED).unwrap();
    assert_eq!(
        config.endpoints().base_url().as_str(),
        "https://tenant.run.ai/prefix"
    );
    assert_eq!(Runai::token_api(&config), TokenApi::Auto);
}

#[test]
fn what_is_missing_is_named_with_its_variable() {
    for missing in REQUIRED {
        let rest: Vec<_> = REQUIRED
            .into_iter()
            .filter(|pair| *pair != missing)
            .collect();
        let error = from(&rest).unwrap_err();
        assert!(
            error.to_string().contains(&format!("{}=", missing.0)),
            "{error}"
        );
    }
}

#[test]
fn the_token_api_is_v1_v2_or_auto() {
    for (name, api) in [
        ("v1", TokenApi::V1),
        ("v2", TokenApi::V2),
        ("auto", TokenApi::Auto),
        ("", TokenApi::Auto),
    ] {
        let config = from(&[&REQUIRED[..], &[("RUNAI_TOKEN_API", name)]].concat()).unwrap();
        assert_eq!(Runai::token_api(&config), api);
    }
    for name in ["V1", "3", "v1 "] {
        let error = from(&[&REQUIRED[..], &[("RUNAI_TOKEN_API", name)]].concat()).unwrap_err();
        assert!(
            error.to_string().contains("RUNAI_TOKEN_API is not"),
            "{error}"
        );
    }
}

#[test]
fn a_ca_bundle_that_is_none_is_refused_when_the_client_is_made() {
    let config = Config::builder()
        .client_id("fake-id")
        .client_secret("fake-secret")
        .base_url("https://tenant.run.ai")
        .root_certificates("no certificate")
        .build()
        .unwrap();
    assert_eq!(Client::new(config).unwrap_err().kind(), ErrorKind::Config);
}

#[test]
fn debug_shows_no_secret() {
    assert!(!format!("{:?}", from(&REQUIRED).unwrap()).contains("fake-secret"));
}

fn builder(pairs: &[(&str, &str)]) -> ConfigBuilder {
    let lookup = |variable: &str| {
        let (_, value) = pairs.iter().find(|(name, _)| *name == variable)?;
        Some(OsString::from(value))
    };
    ConfigBuilder::from_environment(&Environment::new(&lookup)).unwrap()
}

#[test]
fn a_grant_that_is_set_wins_over_a_token_api_of_the_environment() {
    let pairs = [&REQUIRED[..], &[("RUNAI_TOKEN_API", "v2")]].concat();
    let config = builder(&pairs).grant(APP_TOKEN).build().unwrap();
    assert_eq!(Runai::token_api(&config), TokenApi::Auto);
    assert_eq!(
        Runai::token_api(&builder(&pairs).build().unwrap()),
        TokenApi::V2
    );
    let both = builder(&pairs)
        .options(|options| options.token_api(TokenApi::V2))
        .grant(APP_TOKEN);
    assert!(both.build().is_err());
}

mod credentials;
