//! What every documented refusal of an API becomes: kind, retryability, wait and message, as one table per vendor.

use auth_core::{Error, ErrorKind};
use auth_testkit::Vendor;

use crate::script::{Script, TOKEN, answer};
use crate::vendors::VENDORS;

/// A refusal: its status, its headers, its body.
type TokenErrorResponse = (u16, &'static [(&'static str, &'static str)], &'static str);

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];
const TEXT: &[(&str, &str)] = &[("content-type", "text/plain")];
const HTML: &[(&str, &str)] = &[("content-type", "text/html")];

/// Longer than a call waits by itself.
const THROTTLED: &[(&str, &str)] = &[("content-type", "text/plain"), ("retry-after", "120")];

const REFUSED_TOKEN: &str = r#"{"errors":[{"message":"Unauthorized","extensions":{"type":"AuthenticationError"}}],"data":null}"#;

const DATASAUR: &[TokenErrorResponse] = &[
    (200, JSON, REFUSED_TOKEN),
    (400, JSON, REFUSED_TOKEN),
    (401, JSON, REFUSED_TOKEN),
    (
        200,
        JSON,
        r#"{"errors":[{"message":"Unauthorized","extensions":{"type":"AuthenticationError"}}]}"#,
    ),
    (
        200,
        JSON,
        r#"{"errors":[{"message":"Forbidden","extensions":{"type":"ForbiddenError"}}],"data":null}"#,
    ),
    (
        200,
        JSON,
        r#"{"errors":[{"message":"Too odd."},{"message":"Even more so"}],"data":{"me":{"id":"1"}}}"#,
    ),
    (
        400,
        JSON,
        r#"{"errors":[{"message":"Must provide query string."}]}"#,
    ),
    (
        500,
        JSON,
        r#"{"errors":[{"message":"Internal server error"}]}"#,
    ),
    (200, JSON, r#"{"data":{"me":null}}"#),
    (401, JSON, r#"{"message":"Unauthorized"}"#),
    (403, JSON, r#"{"message":"no right"}"#),
    (404, JSON, r#"{"message":"Not Found"}"#),
    (429, THROTTLED, "slow down"),
    (502, HTML, "<html>gateway</html>"),
];

const MAIA: &[TokenErrorResponse] = &[
    (400, JSON, r#"{"message":"size must be 1 to 100"}"#),
    (401, JSON, r#"{"message":"Unauthorized"}"#),
    (401, TEXT, ""),
    (403, TEXT, "IP not allowed for any organization"),
    (403, JSON, r#"{"message":"Forbidden"}"#),
    (404, JSON, r#"{"message":"Not Found"}"#),
    (429, THROTTLED, "slow down"),
    (500, JSON, r#"{"message":"Internal Server Error"}"#),
    (503, HTML, "<html>gateway</html>"),
];

const RUNAI: &[TokenErrorResponse] = &[
    (
        400,
        JSON,
        r#"{"code":400,"message":"bad filter","details":"name"}"#,
    ),
    (401, JSON, r#"{"code":401,"message":"Unauthorized"}"#),
    (403, JSON, r#"{"code":403,"message":"Forbidden"}"#),
    (404, JSON, r#"{"code":404,"message":"Not found"}"#),
    (
        409,
        JSON,
        r#"{"code":409,"message":"Conflict","details":""}"#,
    ),
    (429, THROTTLED, "slow down"),
    (500, JSON, r#"{"code":500,"message":"Internal error"}"#),
    (503, JSON, r#"{"code":503,"message":"Service unavailable"}"#),
    (502, HTML, "<html>gateway</html>"),
];

fn refusals(vendor: Vendor) -> &'static [TokenErrorResponse] {
    match vendor {
        Vendor::Datasaur => DATASAUR,
        Vendor::Maia => MAIA,
        Vendor::Runai => RUNAI,
        other => panic!("{other} has no row"),
    }
}

async fn error_after(vendor: Vendor, refusal: &TokenErrorResponse) -> Error {
    let (status, headers, body) = refusal;
    let script = Script::new([answer(*status, headers, body)]);
    script.client(vendor).ask().await.unwrap_err()
}

#[tokio::test]
async fn each_refusal_is_an_error_that_quotes_it() {
    for vendor in VENDORS {
        let mut table = String::new();
        for refusal in refusals(vendor) {
            let error = error_after(vendor, refusal).await;
            assert_eq!(error.kind(), ErrorKind::ApiStatus, "{vendor}: {error}");
            assert_eq!(error.status().unwrap(), refusal.0);
            assert_eq!(error.vendor(), Some(vendor.as_str()));
            let retryable = if error.is_retryable() {
                "retryable"
            } else {
                "final"
            };
            table.push_str(&format!("{} {}\n  {retryable}", refusal.0, refusal.2));
            if let Some(code) = error.error_code() {
                table.push_str(&format!(", code {code}"));
            }
            if let Some(wait) = error.retry_after() {
                table.push_str(&format!(", again after {wait:?}"));
            }
            table.push_str(&format!("\n  {error}\n"));
        }
        insta::assert_snapshot!(format!("api_errors_{vendor}"), table);
    }
}

#[tokio::test]
async fn a_refusal_that_repeats_the_token_is_quoted_without_it() {
    for (vendor, body) in [
        (
            Vendor::Datasaur,
            format!(
                r#"{{"errors":[{{"message":"bad {TOKEN}","extensions":{{"type":"{TOKEN}"}}}}]}}"#
            ),
        ),
        (Vendor::Datasaur, format!(r#"{{"message":"bad {TOKEN}"}}"#)),
        (Vendor::Maia, format!("bad {TOKEN}")),
        (
            Vendor::Runai,
            format!(r#"{{"code":403,"message":"bad {TOKEN}"}}"#),
        ),
    ] {
        let script = Script::new([answer(403, &[], &body)]);
        let error = script.client(vendor).ask().await.unwrap_err();
        assert!(error.to_string().contains("bad [redacted]"), "{error}");
        assert!(!format!("{error:#?}").contains(&TOKEN[..6]), "{error:#?}");
    }
}
