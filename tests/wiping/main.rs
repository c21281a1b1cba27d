//! Looks into this process's own memory for secrets that should have been wiped.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod memory;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::vendor::TokenEndpoint;
use auth_core::{
    AccessToken, BaseUrl, ClientAuthMethod, Clock as _, Credentials, HttpClient, OAuthTokenSource,
    RequestLimits, Result, Secret, SystemClock, TokenSource as _,
};
use bytes::Bytes;
use http::{Request, Response};
use tokio::sync::Mutex;

use self::memory::Needle;

/// One search at a time: what one reads is a copy that another would find.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Grants a token, and counts how often the secret stands in memory while the request is alive.
#[derive(Debug)]
struct Looking {
    needle: Needle,
    seen: AtomicUsize,
}

impl Looking {
    fn new(needle: &Needle) -> Arc<Self> {
        Arc::new(Self {
            needle: needle.clone(),
            seen: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl HttpClient for Looking {
    async fn send(
        &self,
        request: Request<Bytes>,
        _limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        self.seen.store(self.needle.count(), Ordering::SeqCst);
        drop(request);
        Ok(Response::new(Bytes::from_static(
            br#"{"access_token":"fake","accessToken":"fake","token_type":"bearer"}"#,
        )))
    }
}

#[test]
fn the_search_finds_what_was_not_wiped() {
    let _alone = ALONE.blocking_lock();
    let needle = Needle::new(1);
    let text = needle.text();
    assert_eq!(needle.count(), 1);
    drop(text);
    assert!(needle.count() > 0, "dropping a String wipes nothing");
}

#[test]
fn a_secret_is_wiped_when_it_is_dropped() {
    let _alone = ALONE.blocking_lock();
    let needle = Needle::new(2);
    let secret = Secret::from(needle.text());
    let clone = secret.clone();
    assert_eq!(needle.count(), 2, "each clone is a buffer of its own");
    drop(secret);
    assert_eq!(needle.count(), 1);
    let bytes = clone.into_bytes();
    assert_eq!(needle.count(), 1, "turning it into bytes copies nothing");
    drop(bytes);
    assert_eq!(needle.count(), 0);
}

#[test]
fn an_access_token_is_wiped_with_its_last_header() {
    let _alone = ALONE.blocking_lock();
    let needle = Needle::new(3);
    let now = SystemClock::new().now();
    let token = AccessToken::new(needle.text(), now, Duration::from_secs(60)).unwrap();
    let header = token.authorization_header();
    drop(token.clone());
    assert_eq!(
        needle.count(),
        1,
        "one buffer for the token and its headers"
    );
    drop(token);
    assert_eq!(needle.count(), 1);
    drop(header);
    assert_eq!(needle.count(), 0);
}

#[test]
fn a_secret_file_leaves_no_copy() {
    let _alone = ALONE.blocking_lock();
    let needle = Needle::new(4);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, Secret::from(needle.text()).into_bytes()).unwrap();
    assert_eq!(needle.count(), 0);
    let secret = Secret::from_file(&path).unwrap();
    assert_eq!(needle.count(), 1);
    drop(secret);
    assert_eq!(needle.count(), 0);
}

fn exchange(http: Arc<Looking>, needle: &Needle) -> OAuthTokenSource {
    let url = BaseUrl::parse("https://id.example/token").unwrap();
    let clock = Arc::new(SystemClock::new());
    let endpoint = TokenEndpoint::new("example", &url, http, clock).unwrap();
    let credentials = Credentials::new("fake-id", needle.text()).unwrap();
    OAuthTokenSource::new(endpoint, Arc::new(credentials))
}

#[tokio::test]
async fn a_token_request_is_wiped_when_it_was_sent() {
    let _alone = ALONE.lock().await;
    let needle = Needle::new(5);
    let http = Looking::new(&needle);
    let exchange = exchange(Arc::clone(&http), &needle);
    exchange.token().await.unwrap();
    assert!(
        http.seen.load(Ordering::SeqCst) >= 2,
        "the body and the credentials"
    );
    assert_eq!(needle.count(), 1, "the credentials alone are left");
    drop(exchange);
    assert_eq!(needle.count(), 0);
}

#[tokio::test]
async fn the_header_of_http_basic_is_wiped_when_it_was_sent() {
    let _alone = ALONE.lock().await;
    let needle = Needle::new(6);
    let encoded = needle.in_base64_after("fake-id:");
    let http = Looking::new(&encoded);
    let exchange = exchange(Arc::clone(&http), &needle)
        .with_client_auth_method(ClientAuthMethod::ClientSecretBasic);
    exchange.token().await.unwrap();
    assert!(http.seen.load(Ordering::SeqCst) >= 1, "the header");
    assert_eq!(encoded.count(), 0);
    drop(exchange);
    assert_eq!(needle.count(), 0);
}

#[tokio::test]
async fn a_parameter_is_wiped_with_the_exchange() {
    let _alone = ALONE.lock().await;
    let needle = Needle::new(7);
    let http = Looking::new(&needle);
    let exchange = exchange(Arc::clone(&http), &Needle::new(8))
        .with_parameter("client_assertion", needle.text());
    exchange.token().await.unwrap();
    assert_eq!(needle.count(), 1);
    drop(exchange);
    assert_eq!(needle.count(), 0);
}

#[tokio::test]
async fn a_json_token_request_is_wiped_when_it_was_sent() {
    let _alone = ALONE.lock().await;
    let needle = Needle::new(9);
    let http = Looking::new(&needle);
    let config = runai_auth::Config::builder()
        .client_id("fake-id")
        .client_secret(needle.text())
        .base_url("https://tenant.run.ai")
        .options(|options| options.token_api(runai_auth::TokenApi::V1))
        .http_client(Arc::clone(&http))
        .build()
        .unwrap();
    let client = runai_auth::Client::new(config).unwrap();
    let at_rest = needle.count();
    client.token().await.unwrap();
    assert!(http.seen.load(Ordering::SeqCst) > at_rest, "the body");
    assert_eq!(needle.count(), at_rest, "the settings alone are left");
    client.shutdown().await;
    drop(client);
    assert_eq!(needle.count(), 0);
}
