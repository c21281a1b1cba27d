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
    assert_eq!(
        urls(&[]),
        [
            "https://app.datasaur.ai",
            "https://datasaur.ai/api/oauth/token",
            "https://upload.datasaur.ai/api/static/proxy/upload",
        ]
    );
}

#[test]
fn a_base_url_gives_all_three_unless_they_are_set_too() {
    let base = ("DATASAUR_BASE_URL", "https://label.example.com/prefix");
    assert_eq!(
        urls(&[base]),
        [
            "https://label.example.com/prefix",
            "https://label.example.com/prefix/api/oauth/token",
            "https://label.example.com/prefix/api/static/proxy/upload",
        ]
    );
    let token = ("DATASAUR_TOKEN_URL", "https://id.example.com/token?realm=a");
    let upload = ("DATASAUR_UPLOAD_URL", "https://files.example.com/in");
    assert_eq!(
        urls(&[base, token, upload]),
        [
            "https://label.example.com/prefix",
            "https://id.example.com/token",
            "https://files.example.com/in",
        ]
    );
    // Without a base URL the others stay the cloud's.
    let [api, token, upload] = urls(&[upload]);
    assert_eq!(api, "https://app.datasaur.ai");
    assert_eq!(token, "https://datasaur.ai/api/oauth/token");
    assert_eq!(upload, "https://files.example.com/in");
    let builder = Config::builder()
        .client_id("fake-id")
        .client_secret("fake-secret")
        .options(|options| options.upload_url("https://files.example.com/other"));
    let origins = builder.build().unwrap().endpoints().origins().to_vec();
    assert_eq!(origins.len(), 1);
    assert_eq!(origins[0].as_str(), "https://files.example.com/other");
}

#[test]
fn a_bad_url_is_named_by_its_variable() {
    for variable in ["DATASAUR_TOKEN_URL", "DATASAUR_UPLOAD_URL"] {
        for bad in ["http://example.com/in", "ftp://example.com", "example.com"] {
            let error = from(&[&CREDENTIALS[..], &[(variable, bad)]].concat()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(variable), "{error}");
        }
    }
}

/// The API's base URL, the token endpoint, and the upload URL.
fn urls(pairs: &[(&str, &str)]) -> [String; 3] {
    let config = from(&[&CREDENTIALS[..], pairs].concat()).unwrap();
    let endpoints = config.endpoints();
    let urls = [
        endpoints.base_url(),
        endpoints.token_url(),
        &endpoints.origins()[0],
    ];
    urls.map(|url| url.as_str().to_owned())
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
fn naming_a_base_of_the_cloud_changes_none_of_its_three_urls() {
    for base in [
        "https://app.datasaur.ai",
        "https://app.datasaur.ai/",
        "https://datasaur.ai",
        "https://DATASAUR.ai:443/",
    ] {
        assert_eq!(urls(&[("DATASAUR_BASE_URL", base)]), urls(&[]), "{base}");
    }
    let upload = ("DATASAUR_UPLOAD_URL", "https://files.example.com/in");
    let base = ("DATASAUR_BASE_URL", "https://app.datasaur.ai");
    assert_eq!(urls(&[base, upload]), urls(&[upload]));
    // A path below it, or another host of the vendor's, is an installation of its own.
    for base in ["https://datasaur.ai/label", "https://staging.datasaur.ai"] {
        let [api, token, upload] = urls(&[("DATASAUR_BASE_URL", base)]);
        assert_eq!(api, base);
        assert_eq!(token, format!("{base}/api/oauth/token"));
        assert_eq!(upload, format!("{base}/api/static/proxy/upload"));
    }
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
