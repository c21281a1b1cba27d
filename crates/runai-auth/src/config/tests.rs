//! Tests of Run:ai's settings.

use std::ffi::OsString;

use auth_core::ErrorKind;

use super::*;

fn from(pairs: &[(&str, &str)]) -> Result<Config> {
    let lookup = |variable: &str| {
        let (_, value) = pairs.iter().find(|(name, _)| *name == variable)?;
        Some(OsString::from(value))
    };
    Config::from_variables(&Environment::new(&lookup))
}

const REQUIRED: [(&str, &str); 3] = [
    ("RUNAI_CLIENT_ID", "fake-id"),
    ("RUNAI_CLIENT_SECRET", "fake-secret"),
    ("RUNAI_BASE_URL", "https://tenant.run.ai/prefix/"),
];

#[test]
fn a_path_prefix_is_kept_and_the_token_api_is_found_by_itself() {
    let config = from(&REQUIRED).unwrap();
    assert_eq!(config.base_url().as_str(), "https://tenant.run.ai/prefix");
    assert_eq!(config.token_api(), TokenApi::Auto);
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
        assert_eq!(config.token_api(), api);
    }
    for name in ["V1", "3", "v1 "] {
        let error = from(&[&REQUIRED[..], &[("RUNAI_TOKEN_API", name)]].concat()).unwrap_err();
        assert!(
            error.to_string().contains("token_api (RUNAI_TOKEN_API)"),
            "{error}"
        );
    }
}

#[test]
fn an_unreadable_ca_file_is_named() {
    let error =
        from(&[&REQUIRED[..], &[("RUNAI_CA_FILE", "/nonexistent/ca.pem")]].concat()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("RUNAI_CA_FILE"), "{error}");
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
    assert_eq!(
        crate::Client::new(config).unwrap_err().kind(),
        ErrorKind::Config
    );
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
    ConfigBuilder::from_variables(&Environment::new(&lookup)).unwrap()
}

#[tokio::test]
async fn whoever_is_set_after_the_environment_signs_in() {
    let person = [
        ("RUNAI_USERNAME", "fake-name"),
        ("RUNAI_PASSWORD", "fake-password"),
        ("RUNAI_BASE_URL", "https://tenant.run.ai"),
    ];
    let pair = async |builder: ConfigBuilder| {
        let config = builder.build().unwrap();
        let SignIn::Credentials(grant, provider) = config.sign_in() else {
            return None;
        };
        let credentials = provider.credentials().await.unwrap();
        let secret = credentials.secret().expose_secret().to_owned();
        Some((*grant, credentials.id().to_owned(), secret))
    };
    let is = |grant, id: &str, secret: &str| Some((grant, id.to_owned(), secret.to_owned()));
    assert_eq!(
        pair(builder(&REQUIRED).username("a").password("b")).await,
        is(Grant::Password, "a", "b")
    );
    assert_eq!(
        pair(builder(&person).client_id("a").client_secret("b")).await,
        is(Grant::ClientCredentials, "a", "b")
    );
    assert_eq!(
        pair(builder(&person).username("a")).await,
        is(Grant::Password, "a", "fake-password")
    );
    for variables in [REQUIRED, person] {
        let provider = auth_core::Credentials::new("id", "a", "secret", "b").unwrap();
        assert_eq!(
            pair(builder(&variables).credentials_provider(provider)).await,
            is(Grant::ClientCredentials, "a", "b")
        );
        let source = auth_core::StaticTokenSource::new("fake").unwrap();
        let external = builder(&variables).external_token_source(source);
        assert_eq!(pair(external).await, None);
    }
    let both = builder(&REQUIRED).client_id("a").username("b");
    assert!(
        both.build()
            .unwrap_err()
            .to_string()
            .contains("given together")
    );
}

#[test]
fn a_grant_that_is_set_wins_over_a_token_api_of_the_environment() {
    let pairs = [&REQUIRED[..], &[("RUNAI_TOKEN_API", "v2")]].concat();
    let config = builder(&pairs).grant(Grant::AppToken).build().unwrap();
    assert_eq!(config.token_api(), TokenApi::Auto);
    assert_eq!(builder(&pairs).build().unwrap().token_api(), TokenApi::V2);
    let both = builder(&pairs)
        .token_api(TokenApi::V2)
        .grant(Grant::AppToken);
    assert!(both.build().is_err());
}

#[test]
fn an_http_client_that_is_set_wins_over_a_ca_file_of_the_environment() {
    #[derive(Debug)]
    struct Unused;

    #[async_trait::async_trait]
    impl HttpClient for Unused {
        async fn send(
            &self,
            _request: http::Request<bytes::Bytes>,
            _limits: RequestLimits,
        ) -> Result<http::Response<bytes::Bytes>> {
            Err(Error::config("not used"))
        }
    }

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let pairs = [&REQUIRED[..], &[("RUNAI_CA_FILE", path)]].concat();
    let config = builder(&pairs).http_client(Unused).build().unwrap();
    assert!(config.http_client().is_ok());
    let both = builder(&pairs)
        .root_certificates("fake")
        .http_client(Unused);
    assert!(both.build().unwrap().http_client().is_err());
}
