//! Tests of the settings that every vendor has: URLs, certificates, the HTTP client, and what shows of them.

use super::*;

fn base_url(builder: ConfigBuilder<Example>) -> String {
    let config = builder.build().unwrap();
    config.endpoints().base_url().as_str().to_owned()
}

#[test]
fn a_base_url_comes_from_the_program_the_environment_a_setting_or_the_vendor() {
    let variable = ("EXAMPLE_BASE_URL", "https://variable.example");
    assert_eq!(base_url(with(&[])), "https://default.example");
    assert_eq!(base_url(with(&[variable])), "https://variable.example");
    let theirs = ("OTHER_BASE_URL", "https://theirs.example");
    assert_eq!(base_url(with(&[theirs])), "https://theirs.example");
    let region = ("EXAMPLE_REGION", "eu");
    assert_eq!(base_url(with(&[region])), "https://eu.example");
    assert_eq!(
        base_url(with(&[variable, region])),
        "https://variable.example",
        "both are in the environment"
    );
    assert_eq!(
        base_url(with(&[variable]).option("region", "us")),
        "https://us.example"
    );
    let both = with(&[variable])
        .base_url("https://program.example")
        .option("region", "us");
    assert_eq!(base_url(both), "https://program.example");
}

#[test]
fn an_empty_base_url_variable_is_as_if_unset_and_a_bad_one_names_both() {
    let empty = with(&[("EXAMPLE_BASE_URL", "")]);
    assert_eq!(base_url(empty), "https://default.example");
    let plain = with(&[("EXAMPLE_BASE_URL", "http://example.com")]);
    let error = fault(plain.clone().build());
    assert!(
        error.starts_with("base_url (EXAMPLE_BASE_URL) is plain http"),
        "{error}"
    );
    assert!(plain.allow_http(true).build().is_ok());
}

/// Never sends anything.
#[derive(Debug)]
pub(super) struct Unused;

#[async_trait]
impl HttpClient for Unused {
    async fn send(&self, _: Request<Bytes>, _: RequestLimits) -> Result<Response<Bytes>> {
        Err(Error::config("not used"))
    }
}

#[test]
fn certificates_beside_an_http_client_of_the_programs_own_are_an_error_unless_they_were_inherited()
{
    let both = with(&[]).http_client(Unused).root_certificates("fake");
    assert!(fault(Client::new(both.build().unwrap())).contains("certificates"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let inherited = with(&[("EXAMPLE_CA_FILE", path)]).http_client(Unused);
    assert!(Client::new(inherited.build().unwrap()).is_ok());
}

#[test]
fn a_tls_implementation_beside_an_http_client_of_the_programs_own_is_an_error() {
    let both = with(&[])
        .http_client(Unused)
        .tls_backend(crate::http::TlsBackend::Rustls);
    assert!(fault(Client::new(both.build().unwrap())).contains("tls_backend"));
}

#[test]
fn an_unreadable_certificate_file_is_named() {
    let pairs = [("EXAMPLE_CA_FILE", "/nonexistent/ca.pem")];
    assert!(fault(config(&pairs)).contains("EXAMPLE_CA_FILE"));
}

#[test]
fn debug_shows_no_secret_and_no_unchecked_url() {
    let builder = with(&[])
        .base_url("https://user:fake-secret@host")
        .client_certificate(b"fake-secret".to_vec(), "fake-secret");
    assert!(!format!("{builder:?}").contains("fake-secret"));
    let config = with(&[]).build().unwrap();
    assert!(!format!("{config:?}").contains("fake-secret"));
}

#[test]
fn other_credentials_keep_every_other_setting() {
    let config = with(&[])
        .base_url("https://program.example/prefix")
        .clock(SystemClock::new())
        .build()
        .unwrap();
    let other = config
        .clone()
        .with_credentials(Credentials::new("fake-2", "fake-secret").unwrap());
    assert_eq!(other.endpoints(), config.endpoints());
    assert_eq!(
        other.credentials().unwrap().identity().as_deref(),
        Some("fake-2")
    );
}
