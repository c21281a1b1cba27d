//! Tests of Maia's settings.

use std::ffi::OsString;

use auth_core::vendor::Environment;
use auth_core::{ApiRequest, ErrorKind};
use bytes::Bytes;
use http::{Method, Response};

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
    ("MAIA_CLIENT_ID", "fake-id"),
    ("MAIA_CLIENT_SECRET", "fake-secret"),
];

fn with(pairs: &[(&'static str, &'static str)]) -> Result<Config> {
    from(&[&CREDENTIALS[..], pairs].concat())
}

#[test]
fn a_region_names_the_api_host_and_the_token_endpoint_is_global() {
    for region in ["us1", "eu1", "au1", "ap2"] {
        let config = with(&[("MAIA_REGION", region)]).unwrap();
        assert_eq!(
            config.endpoints().base_url().as_str(),
            format!("https://{region}.api.matillion.com")
        );
        assert_eq!(config.endpoints().token_url().as_str(), DEFAULT_TOKEN_URL);
    }
}

#[test]
fn a_base_url_wins_over_a_region() {
    let config = with(&[
        ("MAIA_REGION", "eu1"),
        ("MAIA_BASE_URL", "https://dev.example.com"),
    ])
    .unwrap();
    assert_eq!(
        config.endpoints().base_url().as_str(),
        "https://dev.example.com"
    );
    let config = with(&[("MAIA_REGION", "eu1"), ("MAIA_BASE_URL", "")]).unwrap();
    assert_eq!(
        config.endpoints().base_url().as_str(),
        "https://eu1.api.matillion.com",
        "empty is unset"
    );
}

#[test]
fn a_missing_or_odd_region_is_named() {
    let error = with(&[]).unwrap_err();
    assert!(error.to_string().contains("MAIA_REGION=eu1"), "{error}");
    for region in [
        "europe",
        "1",
        "eu",
        "EU1",
        "eu1.evil.example/",
        "eu1 ",
        "eu1@",
        "eu1234",
    ] {
        let error = from(&[&CREDENTIALS[..], &[("MAIA_REGION", region)]].concat()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(
            error.to_string().contains("MAIA_REGION"),
            "{region}: {error}"
        );
    }
}

#[test]
fn the_audience_is_on_can_be_changed_and_is_turned_off_when_empty() {
    let audience = |pairs: &[_]| {
        with(&[&[("MAIA_REGION", "eu1")], pairs].concat())
            .unwrap()
            .options()
            .sent_audience()
            .map(str::to_owned)
    };
    assert_eq!(audience(&[]).as_deref(), Some(DEFAULT_AUDIENCE));
    assert_eq!(
        audience(&[("MAIA_AUDIENCE", "https://x.example")]).as_deref(),
        Some("https://x.example")
    );
    assert_eq!(audience(&[("MAIA_AUDIENCE", "")]), None);
}

#[tokio::test]
async fn the_vendors_own_variables_are_fallbacks() {
    let config = from(&[
        ("MATILLION_CLIENT_ID", "theirs"),
        ("MATILLION_CLIENT_SECRET", "fake-secret"),
        ("MATILLION_REGION", "us1"),
        ("MATILLION_TOKEN_URL", "https://id.example.com/token"),
    ])
    .unwrap();
    let credentials = config.credentials().unwrap().credentials().await.unwrap();
    assert_eq!(credentials.id(), "theirs");
    assert_eq!(
        config.endpoints().base_url().as_str(),
        "https://us1.api.matillion.com"
    );
    assert_eq!(
        config.endpoints().token_url().as_str(),
        "https://id.example.com/token"
    );
    // The runner's credentials are not the API's.
    assert!(
        from(&[
            ("OAUTH_CLIENT_ID", "x"),
            ("OAUTH_CLIENT_SECRET", "y"),
            ("MAIA_REGION", "eu1")
        ])
        .is_err()
    );
}

#[test]
fn a_bad_token_url_is_named() {
    let error = with(&[
        ("MAIA_REGION", "eu1"),
        ("MAIA_TOKEN_URL", "http://id.example.com/token"),
    ])
    .unwrap_err();
    assert!(
        error.to_string().contains("token_url (MAIA_TOKEN_URL)"),
        "{error}"
    );
}

#[test]
fn debug_shows_no_secret() {
    let config = with(&[("MAIA_REGION", "eu1")]).unwrap();
    assert!(!format!("{config:?}").contains("fake-secret"));
}

#[test]
fn a_region_made_by_hand_is_checked_like_any_other() {
    for name in ["evil.example/", "evil.example#", "EU1", ""] {
        let builder = Config::builder()
            .client_id("fake-id")
            .client_secret("fake-secret");
        let error = builder
            .options(|options| options.region(Region::Other(name.to_owned())))
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{name}");
    }
}

#[test]
fn an_empty_variable_of_ours_leaves_the_vendors_own_to_be_read() {
    let config = with(&[("MAIA_REGION", ""), ("MATILLION_REGION", "us1")]).unwrap();
    assert_eq!(
        config.endpoints().base_url().as_str(),
        "https://us1.api.matillion.com"
    );
}

#[test]
fn a_builders_debug_shows_no_url_that_may_hold_a_password() {
    let builder = Config::builder()
        .options(|options| options.token_url("https://user:fake-password@id.example.com"));
    assert!(!format!("{builder:?}").contains("fake-password"));
}

#[test]
fn an_empty_id_or_secret_of_ours_is_an_error_and_does_not_fall_back() {
    for empty in ["MAIA_CLIENT_ID", "MAIA_CLIENT_SECRET"] {
        let pairs = [
            ("MAIA_CLIENT_ID", "fake-id"),
            ("MAIA_CLIENT_SECRET", "fake-secret"),
            ("MATILLION_CLIENT_ID", "theirs"),
            ("MATILLION_CLIENT_SECRET", "fake-secret"),
            ("MAIA_REGION", "eu1"),
        ];
        let pairs = pairs.map(|(name, value)| (name, if name == empty { "" } else { value }));
        let error = from(&pairs).unwrap_err();
        // Half of one set and half of another would sign in as nobody.
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(empty), "{error}");
    }
}

#[test]
fn the_vendors_own_base_url_is_a_fallback_and_ours_wins() {
    let theirs = ("MATILLION_BASE_URL", "https://theirs.example.com");
    let config = with(&[theirs]).unwrap();
    assert_eq!(
        config.endpoints().base_url().as_str(),
        "https://theirs.example.com"
    );
    let ours = ("MAIA_BASE_URL", "https://ours.example.com");
    let config = with(&[theirs, ours]).unwrap();
    assert_eq!(
        config.endpoints().base_url().as_str(),
        "https://ours.example.com"
    );
}

#[test]
fn a_region_that_is_set_wins_over_a_base_url_of_the_environment() {
    let pairs = [
        ("MAIA_CLIENT_ID", "fake-id"),
        ("MAIA_CLIENT_SECRET", "fake-secret"),
        ("MATILLION_BASE_URL", "https://fake.example"),
        ("MAIA_TOKEN_URL", "https://fake.example/token/"),
    ];
    let lookup = |variable: &str| {
        let (_, value) = pairs.iter().find(|(name, _)| *name == variable)?;
        Some(OsString::from(value))
    };
    let builder = ConfigBuilder::from_environment(&Environment::new(&lookup)).unwrap();
    let base_url = |builder: ConfigBuilder| {
        builder
            .build()
            .unwrap()
            .endpoints()
            .base_url()
            .as_str()
            .to_owned()
    };
    let eu1 = Region::Eu1;
    assert_eq!(base_url(builder.clone()), "https://fake.example");
    assert_eq!(
        base_url(
            builder
                .clone()
                .options(|options| options.region(eu1.clone()))
        ),
        "https://eu1.api.matillion.com"
    );
    let both = builder
        .clone()
        .base_url("https://other.example")
        .options(|options| options.region(eu1));
    assert_eq!(base_url(both), "https://other.example");
    let config = builder
        .options(|options| options.token_url("https://other.example/o/token/"))
        .build()
        .unwrap();
    assert_eq!(
        config.endpoints().token_url().as_str(),
        "https://other.example/o/token"
    );
    let builder = Config::builder()
        .client_id("fake")
        .client_secret("fake-secret")
        .base_url("https://other.example");
    assert!(
        builder
            .options(|options| options.token_url("https://other.example/token?tenant=fake"))
            .build()
            .is_ok()
    );
}

#[test]
fn a_403_of_plain_text_is_quoted_with_what_to_look_at_and_other_bodies_by_their_members() {
    let quoted = |status: u16, body: &'static str| {
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status.try_into().unwrap();
        let request = ApiRequest::new(Method::GET, "/fake");
        let body = Maia::read_error(&ApiResponse::from_http(&request, response)).unwrap();
        format!("{body:?}")
    };
    let shown = quoted(403, "IP not allowed for any organization\n");
    assert!(
        shown.contains("\"IP not allowed for any organization\"")
            && shown.contains("IP allow list"),
        "{shown}"
    );
    for (status, body) in [
        (400, r#"{"message":"fake words"}"#),
        (403, r#"{"detail":"fake words","status":403}"#),
        (409, r#"{"error_description":"fake words"}"#),
        (500, r#"{"title":"fake words"}"#),
    ] {
        assert!(quoted(status, body).contains("fake words"), "{body}");
    }
    for (status, body) in [
        (403, "<html>fake words</html>"),
        (403, "[\"fake words\"]"),
        (500, "fake words"),
        (403, ""),
    ] {
        assert!(!quoted(status, body).contains("fake words"), "{body}");
    }
}
