//! Tests of reading and checking the common settings.

use std::collections::HashMap;
use std::ffi::OsString;

use super::*;
use crate::error::ErrorKind;

const NAMES: Names = Names::new(
    "example",
    "example/0",
    Setting::new("client_id", "EXAMPLE_CLIENT_ID", "your-id").with_fallback("OTHER_CLIENT_ID"),
    Setting::new("client_secret", "EXAMPLE_CLIENT_SECRET", "your-secret"),
    Setting::new("base_url", "EXAMPLE_BASE_URL", "https://example.com"),
);

fn read(pairs: &[(&str, &str)]) -> Result<Settings> {
    let map: HashMap<String, OsString> = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.into()))
        .collect();
    Settings::from_variables(
        &NAMES,
        &Environment::new(&|variable| map.get(variable).cloned()),
    )
}

#[test]
fn ours_wins_over_the_vendors_own_variable() {
    let settings = read(&[("EXAMPLE_CLIENT_ID", "ours"), ("OTHER_CLIENT_ID", "theirs")]).unwrap();
    assert_eq!(settings.client_id.as_deref(), Some("ours"));
    let settings = read(&[("OTHER_CLIENT_ID", "theirs")]).unwrap();
    assert_eq!(settings.client_id.as_deref(), Some("theirs"));
}

#[test]
fn a_missing_setting_is_named_with_its_variable_and_an_example() {
    let error = read(&[]).unwrap().credentials(&NAMES).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        "client_id is missing: set the environment variable EXAMPLE_CLIENT_ID, for example EXAMPLE_CLIENT_ID=your-id, or call ConfigBuilder::client_id"
    );
}

#[test]
fn a_bad_value_is_named_by_the_variable_that_held_it() {
    for (variable, value) in [
        ("EXAMPLE_CLIENT_ID", ""),
        ("OTHER_CLIENT_ID", " fake"),
        ("EXAMPLE_CLIENT_SECRET", "fake\n"),
    ] {
        let error = read(&[(variable, value)]).unwrap_err();
        assert!(error.to_string().starts_with(variable), "{error}");
        assert!(!error.to_string().contains("fake"), "{error}");
    }
}

#[tokio::test]
async fn a_secret_may_come_from_a_file_with_a_line_break_at_its_end() {
    for content in ["fake secret", "fake secret\n", "fake secret\r\n"] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let settings =
            read(&[("EXAMPLE_CLIENT_SECRET_FILE", file.path().to_str().unwrap())]).unwrap();
        let settings = Settings {
            client_id: Some("id".to_owned()),
            ..settings
        };
        let credentials = settings
            .credentials(&NAMES)
            .unwrap()
            .credentials()
            .await
            .unwrap();
        assert_eq!(credentials.secret().expose_secret(), "fake secret");
    }
}

#[test]
fn an_unusable_secret_file_is_named_by_its_variable() {
    let missing = read(&[("EXAMPLE_CLIENT_SECRET_FILE", "/nonexistent/secret")]).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "EXAMPLE_CLIENT_SECRET_FILE: the file \"/nonexistent/secret\" cannot be read: check the path and its permissions"
    );
    assert!(std::error::Error::source(&missing).is_some());
    for content in ["", "\n", "fake\n\n", " fake"] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let error =
            read(&[("EXAMPLE_CLIENT_SECRET_FILE", file.path().to_str().unwrap())]).unwrap_err();
        assert!(
            error.to_string().contains("EXAMPLE_CLIENT_SECRET_FILE"),
            "{content:?}: {error}"
        );
    }
}

#[test]
fn a_secret_and_a_secret_file_together_are_refused() {
    let error = read(&[
        ("EXAMPLE_CLIENT_SECRET", "fake"),
        ("EXAMPLE_CLIENT_SECRET_FILE", "/x"),
    ])
    .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("both EXAMPLE_CLIENT_SECRET and EXAMPLE_CLIENT_SECRET_FILE"),
        "{error}"
    );
}

#[test]
fn a_provider_and_a_secret_together_are_refused() {
    let credentials = Credentials::new("client_id", "id", "client_secret", "fake").unwrap();
    let settings = Settings {
        client_secret: Some("fake".into()),
        credentials_provider: Some(Arc::new(credentials)),
        ..Settings::default()
    };
    let error = settings.credentials(&NAMES).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("credentials_provider and client_secret (EXAMPLE_CLIENT_SECRET)"),
        "{error}"
    );
}

#[test]
#[cfg(unix)]
fn a_variable_that_is_not_utf8_is_named() {
    use std::os::unix::ffi::OsStringExt as _;

    let lookup = |_: &str| Some(OsString::from_vec(vec![0xff]));
    let error = Settings::from_variables(&NAMES, &Environment::new(&lookup)).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("EXAMPLE_CLIENT_ID is not valid UTF-8"),
        "{error}"
    );
}

#[test]
fn an_empty_base_url_variable_is_as_if_unset_and_a_bad_one_names_both() {
    assert!(
        read(&[("EXAMPLE_BASE_URL", "")])
            .unwrap()
            .base_url
            .is_none()
    );
    let settings = read(&[("EXAMPLE_BASE_URL", "http://example.com")]).unwrap();
    let error = settings
        .base_url(&NAMES, "https://default.example")
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("base_url (EXAMPLE_BASE_URL) is plain http"),
        "{error}"
    );
}

#[test]
fn certificates_beside_a_client_of_the_callers_own_are_refused() {
    let settings = Settings {
        http_client: Some(Arc::new(crate::http::fake::FakeHttp::default())),
        root_certificates: Some(Vec::new()),
        ..Settings::default()
    };
    assert_eq!(
        settings.http_client(&NAMES).unwrap_err().kind(),
        ErrorKind::Config
    );
}

#[test]
fn debug_shows_no_secret_and_no_unchecked_url() {
    let settings = Settings {
        client_secret: Some("fake".into()),
        base_url: Some("https://user:fake@host".to_owned()),
        client_certificate: Some((b"fake".to_vec(), "fake".into())),
        ..Settings::default()
    };
    assert!(!format!("{settings:?}").contains("fake"), "{settings:?}");
}
