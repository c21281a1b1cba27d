//! Tests of the token request and of what every kind of answer becomes.

mod refusals;

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::clock::SystemClock;
use crate::credential::Credentials;
use crate::error::{Error, ErrorKind, ErrorReason, Result};
use crate::http::fake::{FakeHttp, answer};
use crate::http::{BaseUrl, HttpClient};
use crate::scope::Scope;
use crate::source::TokenSource as _;
use crate::token::AccessToken;

const GOOD: &str = r#"{"access_token":"fake-token","token_type":"bearer","expires_in":3600}"#;

fn exchange(http: Arc<dyn HttpClient>) -> OAuthTokenSource {
    exchange_of(
        http,
        "https://id.example/oauth/token",
        "fake id",
        "fake+secret",
    )
}

fn exchange_of(http: Arc<dyn HttpClient>, url: &str, id: &str, secret: &str) -> OAuthTokenSource {
    let url = BaseUrl::parse_endpoint(url).unwrap();
    let endpoint = TokenEndpoint::new("example", &url, http, Arc::new(SystemClock::new())).unwrap();
    let credentials = Credentials::new(id, secret).unwrap();
    OAuthTokenSource::new(endpoint, Arc::new(credentials))
}

/// Exchanges against one answer.
async fn ask(status: u16, headers: &[&str], body: &str) -> Result<AccessToken> {
    let http = FakeHttp::new([answer(status, headers, body)]);
    exchange(Arc::new(http)).token().await
}

async fn error_of(status: u16, headers: &[&str], body: &str) -> Error {
    ask(status, headers, body).await.unwrap_err()
}

#[tokio::test]
async fn the_body_holds_the_grant_and_the_credentials_form_encoded() {
    let http = Arc::new(FakeHttp::new([answer(200, &[], GOOD)]));
    let exchange = exchange(http.clone())
        .with_scope(Some(Scope::parse("read write").unwrap()))
        .with_parameter("audience", "https://api.example");
    exchange.token().await.unwrap();
    let requests = http.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].method(), "POST");
    assert_eq!(requests[0].uri(), "https://id.example/oauth/token");
    assert_eq!(
        requests[0].headers()["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert!(!requests[0].headers().contains_key("authorization"));
    assert_eq!(
        requests[0].body(),
        "grant_type=client_credentials&scope=read+write&client_id=fake+id&client_secret=fake%2Bsecret&audience=https%3A%2F%2Fapi.example"
    );
}

#[tokio::test]
async fn basic_authentication_form_encodes_each_value_and_leaves_the_body_without() {
    let http = Arc::new(FakeHttp::new([answer(200, &[], GOOD)]));
    let exchange =
        exchange(http.clone()).with_client_auth_method(ClientAuthMethod::ClientSecretBasic);
    exchange.token().await.unwrap();
    let requests = http.requests();
    assert!(requests[0].headers()["authorization"].is_sensitive());
    // base64 of `fake+id:fake%2Bsecret`
    assert_eq!(
        requests[0].headers()["authorization"],
        "Basic ZmFrZStpZDpmYWtlJTJCc2VjcmV0"
    );
    assert_eq!(requests[0].body(), "grant_type=client_credentials");
}

#[tokio::test]
async fn an_extension_grant_is_sent_by_its_name_with_its_parameters() {
    let http = Arc::new(FakeHttp::new([answer(200, &[], GOOD)]));
    let exchange = exchange(http.clone())
        .with_grant(Grant::Extension(
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ))
        .with_parameter("subject_token", "fake-subject");
    exchange.token().await.unwrap();
    assert_eq!(
        http.requests()[0].body(),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&client_id=fake+id&client_secret=fake%2Bsecret&subject_token=fake-subject"
    );
}

#[tokio::test]
async fn a_success_becomes_a_token_with_lifetime_and_scope() {
    let body = r#"{"access_token":"fake-token","token_type":"Bearer","expires_in":"1800","scope":"a b","refresh_token":"x"}"#;
    let token = ask(200, &[], body).await.unwrap();
    assert_eq!(token.expose_secret(), "fake-token");
    assert_eq!(token.lifetime(), Duration::from_secs(1_800));
    assert_eq!(token.scope().unwrap().as_str(), "a b");
}

#[tokio::test]
async fn any_2xx_and_any_content_type_but_html_is_a_success() {
    for status in [200, 201, 203] {
        assert!(
            ask(status, &["content-type: text/plain"], GOOD)
                .await
                .is_ok(),
            "{status}"
        );
    }
}

#[tokio::test]
async fn odd_spellings_of_a_success_are_read() {
    for body in [
        r#"{"access_token":"t","token_type":"BEARER","expires_in":3600.5}"#,
        r#"{"access_token":"t","token_type":"bearer","expires_in":null,"scope":null}"#,
        r#"{"access_token":"t","token_type":"bearer","scope":["a","b"]}"#,
        r#"{"access_token":"t","token_type":"bearer","scope":""}"#,
        r#"{"access_token":"t"}"#,
        r#"{"access_token":"t","token_type":null,"error":null}"#,
        r#"{"access_token":"t","token_type":""}"#,
        r#"{"access_token":"t","token_type":"BearerToken"}"#,
        "\u{feff}{\"access_token\":\"t\"}",
        r#" {"access_token":"t","token_type":"bearer","unknown":{"x":[1]}} "#,
    ] {
        assert!(ask(200, &[], body).await.is_ok(), "{body}");
    }
}

#[tokio::test]
async fn an_answer_without_a_lifetime_has_the_documented_one() {
    let body = r#"{"access_token":"t","token_type":"bearer"}"#;
    let exchange = exchange(Arc::new(FakeHttp::new([answer(200, &[], body)])))
        .with_default_lifetime(Duration::from_secs(1_234));
    assert_eq!(
        exchange.token().await.unwrap().lifetime(),
        Duration::from_secs(1_234)
    );
}

#[tokio::test]
async fn a_lifetime_of_zero_is_unusable_unless_the_vendor_means_none_by_it() {
    let body = r#"{"access_token":"t","token_type":"bearer","expires_in":0}"#;
    assert_eq!(
        error_of(200, &[], body).await.kind(),
        ErrorKind::InvalidResponse
    );
    let exchange =
        exchange(Arc::new(FakeHttp::new([answer(200, &[], body)]))).with_zero_lifetime_ignored();
    let lifetime = exchange.token().await.unwrap().lifetime();
    assert_eq!(lifetime, crate::token::TokenResponse::FALLBACK_LIFETIME);
}

#[tokio::test]
async fn the_url_is_requested_as_it_was_given() {
    for text in [
        "https://id.example/o/token/",
        "https://id.example/o/token",
        "https://id.example/token?tenant=fake",
    ] {
        let http = Arc::new(FakeHttp::new([answer(200, &[], GOOD)]));
        let exchange = exchange_of(http.clone(), text, "fake", "fake-secret");
        exchange.token().await.unwrap();
        assert_eq!(http.requests()[0].uri().to_string(), text);
    }
}

#[tokio::test]
async fn an_answer_that_the_http_client_left_encoded_names_the_coding() {
    let error = error_of(200, &["content-encoding: br"], "\u{1}\u{2}").await;
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("is encoded (br)"), "{error}");
}

#[tokio::test]
async fn the_credentials_and_the_parameters_may_hold_anything() {
    let odd = "placeholder & client_secret=x %2B+ \u{e9}";
    for authentication in [
        ClientAuthMethod::ClientSecretPost,
        ClientAuthMethod::ClientSecretBasic,
    ] {
        let http = Arc::new(FakeHttp::new([answer(200, &[], GOOD)]));
        let exchange = exchange_of(http.clone(), "https://id.example/", odd, odd);
        let exchange = exchange
            .with_client_auth_method(authentication)
            .with_parameter("password", odd);
        exchange.token().await.unwrap();
        let body = http.requests()[0].body().clone();
        let pairs: Vec<_> = url::form_urlencoded::parse(&body).collect();
        let expected: &[&str] = match authentication {
            ClientAuthMethod::ClientSecretPost => &["client_credentials", odd, odd, odd],
            ClientAuthMethod::ClientSecretBasic => &["client_credentials", odd],
        };
        let values: Vec<_> = pairs.iter().map(|(_, value)| value.as_ref()).collect();
        assert_eq!(values, expected);
    }
}

#[tokio::test]
async fn unusable_successes_are_retryable_and_never_quoted() {
    for body in [
        "",
        "fake-token",
        "{}",
        "[]",
        "null",
        r#""fake-token""#,
        r#"{"access_token":"fake-token","token_type":"mac"}"#,
        r#"{"access_token":"fake-token","token_type":7}"#,
        r#"{"access_token":"","token_type":"bearer"}"#,
        r#"{"access_token":{"fake":1},"token_type":"bearer"}"#,
        r#"{"access_token":["fake-token"],"token_type":"bearer"}"#,
        r#"{"access_token":"fake\ntoken","token_type":"bearer"}"#,
        r#"{"access_token":"fake-token","token_type":"bearer","expires_in":0}"#,
        r#"{"access_token":"fake-token","token_type":"bearer""#,
        "<html>fake-token</html>",
    ] {
        let error = error_of(200, &[], body).await;
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{body}");
        assert!(error.is_retryable(), "{body}");
        assert!(!format!("{error:#?} {error}").contains("fake"), "{error:?}");
    }
}

#[tokio::test]
async fn html_is_named_as_such_and_only_what_is_no_json_carries_the_status() {
    let html = error_of(
        200,
        &["content-type: text/html; charset=utf-8"],
        "<!doctype html>",
    )
    .await;
    assert!(html.to_string().contains("HTML page"), "{html}");
    assert_eq!(html.reason(), Some(ErrorReason::WebPage));
    assert!(html.status().is_some());
    assert!(error_of(200, &[], "not json").await.status().is_some());
    assert!(error_of(200, &[], "").await.status().is_some());
    assert!(error_of(200, &[], "{}").await.status().is_none());
    let json = error_of(200, &["content-type: text/html"], "{}").await;
    assert!(!json.to_string().contains("HTML"), "{json}");
}
