//! Tests of Datasaur's settings.

use std::ffi::OsString;

use auth_core::ErrorKind;
use auth_core::vendor::Environment;

use super::*;
use crate::{Config, ConfigBuilder};

fn from(pairs: &[(&str, &str)]) -> Result<Config> {
    let lookup = |variable: &str| {
        let (_, value) = pairs.iter().find(|(name, _)| *name == variable)?;
        Some(OsString::from(value))
    };
    Config::from_environment(&Environment::new(&lookup))
}

const CREDENTIALS: [(&str, &str); 2] = [
    ("DATASAUR_CLIENT_ID", "fake-id"),
    ("DATASAUR_CLIENT_SECRET", "fake-secret"),
];

#[test]
fn credentials_are_enough_and_the_cloud_is_the_default() {
    let config = from(&CREDENTIALS).unwrap();
    assert_eq!(
        config.endpoints().base_url().as_str(),
        "https://datasaur.ai"
    );
}

#[test]
fn a_self_hosted_base_url_is_taken() {
    let config = from(
        &[
            &CREDENTIALS[..],
            &[("DATASAUR_BASE_URL", "https://label.example.com/")],
        ]
        .concat(),
    )
    .unwrap();
    assert_eq!(
        config.endpoints().base_url().as_str(),
        "https://label.example.com"
    );
}

#[test]
fn what_is_missing_is_named_with_its_variable() {
    for (index, missing) in ["DATASAUR_CLIENT_ID", "DATASAUR_CLIENT_SECRET"]
        .into_iter()
        .enumerate()
    {
        let error = from(&[CREDENTIALS[1 - index]]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(
            error.to_string().contains(&format!("{missing}=")),
            "{error}"
        );
        assert_eq!(error.vendor(), Some("datasaur"));
    }
}

#[test]
fn another_products_variables_are_not_read() {
    assert!(
        from(&[
            ("DATASAUR_API_URL", "https://x.example"),
            ("DATASAUR_API_KEY", "fake")
        ])
        .is_err()
    );
}

#[test]
fn plain_http_needs_the_opt_in() {
    let builder = || {
        Config::builder()
            .client_id("fake-id")
            .client_secret("fake-secret")
            .base_url("http://label.example.com")
    };
    assert_eq!(builder().build().unwrap_err().kind(), ErrorKind::Config);
    assert!(builder().allow_http(true).build().is_ok());
}

#[test]
fn debug_shows_no_secret() {
    let config = from(&CREDENTIALS).unwrap();
    assert!(!format!("{config:?}").contains("fake-secret"));
}

#[test]
fn the_base_that_the_vendors_tools_use_is_taken_as_well() {
    let base = ("DATASAUR_BASE_URL", "https://app.datasaur.ai");
    let config = from(&[&CREDENTIALS[..], &[base]].concat()).unwrap();
    assert_eq!(
        config.endpoints().base_url().as_str(),
        "https://app.datasaur.ai"
    );
}

#[test]
fn the_body_is_the_default_and_basic_can_be_chosen() {
    let builder = Config::builder()
        .client_id("fake-id")
        .client_secret("fake-secret");
    let shown = |builder: ConfigBuilder| format!("{:?}", builder.build().unwrap().options());
    assert!(shown(builder.clone()).contains("None"));
    let basic =
        builder.options(|options| options.client_auth_method(ClientAuthMethod::ClientSecretBasic));
    assert!(shown(basic).contains("ClientSecretBasic"));
}
