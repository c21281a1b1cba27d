//! What every documented error of an API becomes: kind, retryability, wait and message, as one table per vendor.

use auth_core::{Error, ErrorKind};

use crate::fixtures::{ApiError, Fixtures};
use crate::script::{Script, TOKEN, answer};
use crate::vendors::{Row, VENDORS};

async fn error_after(vendor: Row, error: &ApiError) -> Error {
    let headers = error.headers();
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let script = Script::new([answer(error.status, &headers, &error.body())]);
    script.client(vendor).call().await.unwrap_err()
}

#[tokio::test]
async fn each_error_quotes_the_api() {
    for &vendor in VENDORS {
        let fixtures = Fixtures::of(vendor);
        let mut table = String::new();
        for row in &fixtures.errors {
            let error = error_after(vendor, row).await;
            assert_eq!(error.kind(), ErrorKind::ApiStatus, "{vendor}: {error}");
            assert_eq!(error.status().unwrap(), row.status);
            assert_eq!(error.vendor(), Some(vendor.as_str()));
            let retryable = if error.is_retryable() {
                "retryable"
            } else {
                "final"
            };
            table.push_str(&format!("{} {}\n  {retryable}", row.status, row.body()));
            if let Some(code) = error.error_code() {
                table.push_str(&format!(", code {code}"));
            }
            if let Some(wait) = error.retry_after() {
                table.push_str(&format!(", again after {wait:?}"));
            }
            table.push_str(&format!("\n  {error}\n"));
        }
        crate::fixtures::assert_snapshot(vendor, "errors", &table);
    }
}

#[tokio::test]
async fn an_error_that_repeats_the_token_is_quoted_without_it() {
    for &vendor in VENDORS {
        let fixtures = Fixtures::of(vendor);
        assert!(!fixtures.echoes.is_empty(), "{vendor}");
        for echo in fixtures.echoes() {
            let script = Script::new([answer(403, &[], &echo.replace("{token}", TOKEN))]);
            let error = script.client(vendor).call().await.unwrap_err();
            assert!(error.to_string().contains("bad [redacted]"), "{error}");
            assert!(!format!("{error:#?}").contains(&TOKEN[..6]), "{error:#?}");
        }
    }
}
