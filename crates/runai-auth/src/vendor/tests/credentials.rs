//! Tests of who signs in, and of the contradictions that are refused.

use std::ffi::OsString;

use auth_core::StaticTokenSource;

use super::*;

fn builder() -> ConfigBuilder {
    Config::builder().base_url("https://tenant.run.ai")
}

fn grant(builder: ConfigBuilder) -> Grant {
    builder.build().unwrap().grant()
}

fn external() -> StaticTokenSource {
    StaticTokenSource::new("fake-external-token").unwrap()
}

#[test]
fn the_grant_is_that_of_the_credentials() {
    let client = builder().client_id("fake-id").client_secret("fake-secret");
    assert_eq!(grant(client.clone()), Grant::ClientCredentials);
    assert_eq!(grant(client.grant(APP_TOKEN)), APP_TOKEN);
    let person = builder().username("a@b.io").password("fake-password");
    assert_eq!(grant(person), Grant::Password);
    let config = builder()
        .options(|options| options.external_token_source(external()))
        .build()
        .unwrap();
    assert!(config.options().external().is_some() && config.credentials().is_none());
}

#[test]
fn a_person_may_come_from_the_environment() {
    let lookup = |variable: &str| {
        let value = match variable {
            "RUNAI_BASE_URL" => "https://tenant.run.ai",
            "RUNAI_USERNAME" => "a@b.io",
            "RUNAI_PASSWORD" => "fake-password",
            _ => return None,
        };
        Some(OsString::from(value))
    };
    let config = Config::from_environment(&Environment::new(&lookup)).unwrap();
    assert_eq!(config.grant(), Grant::Password);
    assert!(!format!("{config:?}").contains("fake-password"));
}

#[test]
fn contradictions_and_gaps_are_named() {
    let client = || builder().client_id("fake-id").client_secret("fake-secret");
    let person = || builder().username("a@b.io").password("fake-password");
    let cases = [
        (
            client().username("a@b.io"),
            "client_id (RUNAI_CLIENT_ID) and username (RUNAI_USERNAME)",
        ),
        (
            client().options(|options| options.external_token_source(external())),
            "external_token_source",
        ),
        (builder().username("a@b.io"), "password"),
        (builder().password("fake-password"), "username"),
        (builder().grant(Grant::Password), "username"),
        (
            person().grant(Grant::ClientCredentials),
            "client id and secret",
        ),
        (
            builder()
                .options(|options| options.external_token_source(external()))
                .grant(APP_TOKEN),
            "remove those",
        ),
        (
            client()
                .grant(APP_TOKEN)
                .options(|options| options.token_api(TokenApi::V2)),
            "token_api (RUNAI_TOKEN_API)",
        ),
        (
            builder()
                .options(|options| options.external_token_source(external()))
                .options(|options| options.token_api(TokenApi::V2)),
            "use v1 or auto",
        ),
        (builder(), "client_id"),
    ];
    for (builder, words) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(words), "{words}: {error}");
        assert!(!error.to_string().contains("fake-"), "{error}");
    }
}

#[test]
fn a_providers_pair_may_be_a_persons() {
    let pair = auth_core::Credentials::new("a@b.io", "fake-password").unwrap();
    let builder = builder().credentials_provider(pair).grant(Grant::Password);
    assert_eq!(grant(builder), Grant::Password);
}
