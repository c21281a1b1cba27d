//! Tests of Datasaur's settings.

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

const CREDENTIALS: [(&str, &str); 2] = [
    ("DATASAUR_CLIENT_ID", "fake-id"),
    ("DATASAUR_CLIENT_SECRET", "fake-secret"),
];

#[test]
fn credentials_are_enough_and_the_cloud_is_the_default() {
    let config = from(&CREDENTIALS).unwrap();
    assert_eq!(config.base_url().as_str(), "https://datasaur.ai");
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
    assert_eq!(config.base_url().as_str(), "https://label.example.com");
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
    assert_eq!(config.base_url().as_str(), "https://app.datasaur.ai");
}

#[test]
fn the_body_is_the_default_and_basic_can_be_chosen() {
    let builder = Config::builder()
        .client_id("fake-id")
        .client_secret("fake-secret");
    let authentication = |builder: ConfigBuilder| builder.build().unwrap().client_auth_method();
    assert_eq!(
        authentication(builder.clone()),
        ClientAuthMethod::ClientSecretPost
    );
    let basic = builder.client_auth_method(ClientAuthMethod::ClientSecretBasic);
    assert_eq!(authentication(basic), ClientAuthMethod::ClientSecretBasic);
}

#[tokio::test]
async fn what_is_set_after_the_environment_wins() {
    let file = "DATASAUR_CLIENT_SECRET_FILE";
    let builder = |secret: (&'static str, &'static str)| {
        let pairs = [
            ("DATASAUR_CLIENT_ID", "fake-id"),
            secret,
            ("DATASAUR_BASE_URL", "https://fake.example"),
        ];
        let lookup = |variable: &str| {
            let (_, value) = pairs.iter().find(|(name, _)| *name == variable)?;
            Some(OsString::from(value))
        };
        ConfigBuilder::from_variables(&Environment::new(&lookup)).unwrap()
    };
    let secret = ("DATASAUR_CLIENT_SECRET", "fake-secret");
    let pair = async |builder: ConfigBuilder| {
        let credentials = builder.build().unwrap().credentials().credentials().await;
        let credentials = credentials.unwrap();
        (
            credentials.id().to_owned(),
            credentials.secret().expose_secret().to_owned(),
        )
    };
    let set = |id: &str, secret: &str| (id.to_owned(), secret.to_owned());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/config/fake-secret.txt");
    // A file after a secret, a secret after a file, a provider after both.
    assert_eq!(
        pair(builder(secret).client_secret_file(path)).await,
        set("fake-id", "fake-secret-of-a-file")
    );
    assert_eq!(
        pair(builder((file, path)).client_secret("fake-other")).await,
        set("fake-id", "fake-other")
    );
    for variable in [secret, (file, path)] {
        let provider = auth_core::Credentials::new("id", "fake-3", "secret", "fake-4").unwrap();
        assert_eq!(
            pair(builder(variable).credentials_provider(provider)).await,
            set("fake-3", "fake-4")
        );
    }
    let config = builder(secret)
        .client_id("fake-5")
        .base_url("https://other.example");
    assert_eq!(pair(config.clone()).await, set("fake-5", "fake-secret"));
    assert_eq!(
        config.build().unwrap().base_url().as_str(),
        "https://other.example"
    );
    // Two that are set by the program are still a contradiction.
    let both = builder(secret)
        .client_secret("fake-6")
        .client_secret_file(path);
    assert!(
        both.build()
            .unwrap_err()
            .to_string()
            .contains("given together")
    );
}
