//! Tests of credentials from variables: read each time, changes counted, gaps named.

use std::sync::Arc;

use super::*;
use crate::error::ErrorKind;

type Environment = Arc<Mutex<Vec<(&'static str, &'static str)>>>;

fn provider(environment: &Environment) -> Result<EnvCredentials> {
    let environment = Arc::clone(environment);
    EnvCredentials::with_lookup("JOB_ID", "JOB_SECRET", move |variable| {
        let environment = environment.lock().unwrap();
        let (_, value) = environment.iter().find(|(name, _)| *name == variable)?;
        Some(OsString::from(value))
    })
}

#[tokio::test]
async fn a_change_is_seen_and_counted_once() {
    let environment: Environment = Arc::default();
    *environment.lock().unwrap() = vec![("JOB_ID", "fake-id"), ("JOB_SECRET", "fake-secret")];
    let provider = provider(&environment).unwrap();
    assert_eq!(provider.credentials_version(), 0);
    *environment.lock().unwrap() = vec![("JOB_ID", "fake-id"), ("JOB_SECRET", "fake-other")];
    assert_eq!(provider.credentials_version(), 1);
    let credentials = provider.credentials().await.unwrap();
    assert_eq!(credentials.secret().expose_secret(), "fake-other");
    assert_eq!(provider.credentials_version(), 1);
    assert_eq!(provider.identity().as_deref(), Some("fake-id"));
    assert!(!format!("{provider:?}").contains("fake-"));
}

#[tokio::test]
async fn what_is_missing_is_named_at_start_and_later() {
    let environment: Environment = Arc::default();
    let error = provider(&environment).unwrap_err();
    assert!(
        error.to_string().starts_with("JOB_ID is not set"),
        "{error}"
    );
    *environment.lock().unwrap() = vec![("JOB_ID", "fake-id"), ("JOB_SECRET", "fake-secret")];
    let provider = provider(&environment).unwrap();
    environment.lock().unwrap().pop();
    let error = provider.credentials().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.to_string().starts_with("JOB_SECRET is not set"),
        "{error}"
    );
    assert_eq!(provider.credentials_version(), 1);
}
