//! Tests of what is asked for in whose name, and of what becomes of a refresh token.

use std::collections::VecDeque;
use std::sync::Mutex;

use auth_core::vendor::Vendor as _;
use auth_core::{HttpClient, RequestLimits, StaticTokenSource};
use bytes::Bytes;
use http::{Request, Response};

use super::*;
use crate::{APP_TOKEN, Config, ConfigBuilder, Runai};

/// Answers in order, and keeps the requests as `path body`.
#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<(u16, &'static str)>>,
    requests: Mutex<Vec<String>>,
}

/// The requests hold secrets, which what is under test must not show.
impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Script").finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpClient for Script {
    async fn send(
        &self,
        request: Request<Bytes>,
        _limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let line = format!("{} {body}", request.uri().path());
        self.requests.lock().unwrap().push(line);
        let (status, body) = self.answers.lock().unwrap().pop_front().unwrap();
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        Ok(response)
    }
}

fn stage(
    builder: ConfigBuilder,
    answers: &[(u16, &'static str)],
) -> (Arc<Script>, Arc<dyn TokenSource>) {
    let script = Arc::new(Script::default());
    script.answers.lock().unwrap().extend(answers);
    let config = builder.base_url("https://tenant.run.ai").build().unwrap();
    let source = Runai::token_source(&config, script.clone()).unwrap();
    (script, source)
}

fn person(api: TokenApi) -> ConfigBuilder {
    Config::builder()
        .username("a@b.io")
        .password("fake-password")
        .options(|options| options.token_api(api))
}

const SIGN_IN_V2: &str =
    "/api/v2/token grant_type=password&username=a%40b.io&password=fake-password";
const SIGN_IN_V1: &str =
    r#"/api/v1/token {"grantType":"password","username":"a@b.io","password":"fake-password"}"#;
const GRANTED_V2: (u16, &str) = (
    200,
    r#"{"access_token":"fake-1","token_type":"Bearer","expires_in":3600,"refresh_token":"fake-refresh-1"}"#,
);

#[tokio::test]
async fn a_person_signs_in_without_a_client() {
    let (script, exchange) = stage(person(TokenApi::V2), &[GRANTED_V2]);
    exchange.token().await.unwrap();
    assert_eq!(*script.requests.lock().unwrap(), [SIGN_IN_V2]);

    let (script, exchange) = stage(person(TokenApi::V1), &[(200, r#"{"accessToken":"fake"}"#)]);
    exchange.token().await.unwrap();
    assert_eq!(*script.requests.lock().unwrap(), [SIGN_IN_V1]);
}

#[tokio::test]
async fn a_refresh_token_is_used_and_replaced() {
    let renewed =
        r#"{"access_token":"fake-2","token_type":"Bearer","refresh_token":"fake-refresh-2"}"#;
    let kept = r#"{"access_token":"fake-3","token_type":"Bearer"}"#;
    let (script, exchange) = stage(
        person(TokenApi::V2),
        &[GRANTED_V2, (200, renewed), (200, kept), (200, kept)],
    );
    for _ in 0..4 {
        exchange.token().await.unwrap();
    }
    assert_eq!(
        *script.requests.lock().unwrap(),
        [
            SIGN_IN_V2,
            "/api/v2/token grant_type=refresh_token&refresh_token=fake-refresh-1",
            "/api/v2/token grant_type=refresh_token&refresh_token=fake-refresh-2",
            "/api/v2/token grant_type=refresh_token&refresh_token=fake-refresh-2",
        ]
    );
}

#[tokio::test]
async fn a_refused_refresh_token_means_signing_in_again_at_once() {
    let refused = (400, r#"{"error":"invalid_grant"}"#);
    let (script, exchange) = stage(person(TokenApi::V2), &[GRANTED_V2, refused, GRANTED_V2]);
    exchange.token().await.unwrap();
    exchange.token().await.unwrap();
    assert_eq!(script.requests.lock().unwrap()[2], SIGN_IN_V2);
}

#[tokio::test]
async fn an_outage_costs_no_refresh_token_and_shows_no_password() {
    let (script, exchange) = stage(
        person(TokenApi::V2),
        &[GRANTED_V2, (503, "fake-refresh-1 is down"), GRANTED_V2],
    );
    exchange.token().await.unwrap();
    let error = exchange.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(!format!("{error:?}").contains("fake-refresh"));
    exchange.token().await.unwrap();
    assert!(script.requests.lock().unwrap()[2].contains("refresh_token=fake-refresh-1"));
    assert!(!format!("{exchange:?}").contains("fake-refresh"));
}

/// Some servers answer a session that they do not know with an error of their own making.
#[tokio::test]
async fn a_refresh_token_that_is_answered_badly_again_and_again_gives_way_to_signing_in() {
    for odd in [(500, "no session"), (503, ""), (200, "{}"), (200, "<html>")] {
        let (script, exchange) = stage(
            person(TokenApi::V2),
            &[GRANTED_V2, odd, odd, odd, GRANTED_V2, odd],
        );
        exchange.token().await.unwrap();
        for _ in 0..3 {
            exchange.token().await.unwrap_err();
        }
        exchange.token().await.unwrap();
        exchange.token().await.unwrap_err();
        let requests = script.requests.lock().unwrap();
        assert!(requests[3].contains("refresh_token=fake-refresh-1"));
        assert_eq!(requests[4], SIGN_IN_V2);
        assert!(requests[5].contains("refresh_token=fake-refresh-1"));
    }
    // A server that is merely busy keeps the session.
    let busy = (429, "");
    let (script, exchange) = stage(
        person(TokenApi::V2),
        &[GRANTED_V2, busy, busy, busy, busy, GRANTED_V2],
    );
    exchange.token().await.unwrap();
    for _ in 0..4 {
        exchange.token().await.unwrap_err();
    }
    exchange.token().await.unwrap();
    assert!(script.requests.lock().unwrap()[5].contains("refresh_token=fake-refresh-1"));
}

#[tokio::test]
async fn a_refused_access_token_ends_the_session_too() {
    let (script, exchange) = stage(person(TokenApi::V2), &[GRANTED_V2, GRANTED_V2]);
    let token = exchange.token().await.unwrap();
    exchange.invalidate(&token);
    exchange.token().await.unwrap();
    assert_eq!(script.requests.lock().unwrap()[1], SIGN_IN_V2);
}

#[tokio::test]
async fn a_client_ignores_refresh_tokens() {
    let client = Config::builder()
        .client_id("fake-id")
        .client_secret("fake-secret");
    let (script, exchange) = stage(client, &[GRANTED_V2, GRANTED_V2]);
    exchange.token().await.unwrap();
    exchange.token().await.unwrap();
    assert!(script.requests.lock().unwrap()[1].contains("grant_type=client_credentials"));
}

#[tokio::test]
async fn what_v2_does_not_know_is_asked_of_v1_alone() {
    let answer = (200, r#"{"accessToken":"fake"}"#);
    let external = StaticTokenSource::new("fake-external").unwrap();
    let (script, exchange) = stage(
        Config::builder().options(|options| options.external_token_source(external)),
        &[answer],
    );
    exchange.token().await.unwrap();
    assert_eq!(
        *script.requests.lock().unwrap(),
        [
            r#"/api/v1/token {"grantType":"external_token_exchange","externalToken":"fake-external"}"#
        ]
    );

    let app = Config::builder()
        .client_id("fake-id")
        .client_secret("fake-secret")
        .grant(APP_TOKEN);
    let (script, exchange) = stage(app, &[answer]);
    exchange.token().await.unwrap();
    assert_eq!(
        *script.requests.lock().unwrap(),
        [r#"/api/v1/token {"grantType":"app_token","appID":"fake-id","appSecret":"fake-secret"}"#]
    );
}

#[tokio::test]
async fn a_control_plane_without_v2_takes_the_password_by_v1() {
    let (script, exchange) = stage(
        person(TokenApi::Auto),
        &[
            (200, "<html>"),
            (
                200,
                r#"{"accessToken":"fake","refreshToken":"fake-refresh"}"#,
            ),
            (200, r#"{"accessToken":"fake"}"#),
        ],
    );
    exchange.token().await.unwrap();
    exchange.token().await.unwrap();
    assert_eq!(
        *script.requests.lock().unwrap(),
        [
            SIGN_IN_V2,
            SIGN_IN_V1,
            r#"/api/v1/token {"grantType":"refresh_token","refreshToken":"fake-refresh"}"#,
        ]
    );
}

/// A person's pair that is rotated.
#[derive(Debug, Default)]
struct Rotating(std::sync::atomic::AtomicU64);

#[async_trait]
impl CredentialsProvider for Rotating {
    async fn credentials(&self) -> Result<auth_core::Credentials> {
        let password = format!("fake-{}", self.credentials_version());
        auth_core::Credentials::new("a@b.io", password)
    }

    fn credentials_version(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_refresh_token_of_rotated_credentials_is_not_used() {
    let provider = Arc::new(Rotating::default());
    let builder = Config::builder()
        .credentials_provider(Arc::clone(&provider))
        .grant(Grant::Password)
        .options(|options| options.token_api(TokenApi::V2));
    let (script, exchange) = stage(builder, &[GRANTED_V2, GRANTED_V2, GRANTED_V2]);
    exchange.token().await.unwrap();
    provider.0.store(1, Ordering::SeqCst);
    exchange.token().await.unwrap();
    exchange.token().await.unwrap();
    let sign_in = |password: &str| {
        format!("/api/v2/token grant_type=password&username=a%40b.io&password={password}")
    };
    assert_eq!(
        *script.requests.lock().unwrap(),
        [
            sign_in("fake-0"),
            sign_in("fake-1"),
            "/api/v2/token grant_type=refresh_token&refresh_token=fake-refresh-1".to_owned(),
        ]
    );
}

/// An identity provider that notes what it is told of its token.
#[derive(Debug, Default)]
struct Noting(Mutex<Vec<String>>);

#[async_trait]
impl TokenSource for Noting {
    async fn token(&self) -> Result<AccessToken> {
        StaticTokenSource::new("fake-external")?.token().await
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn report(&self, token: &AccessToken, verdict: Verdict) {
        let line = format!("{} {verdict:?}", token.expose_secret());
        self.0.lock().unwrap().push(line);
    }
}

#[tokio::test]
async fn the_external_source_is_told_of_a_refusal_and_of_nothing_else() {
    let source = Arc::new(Noting::default());
    let builder =
        Config::builder().options(|options| options.external_token_source(Arc::clone(&source)));
    let (_, exchange) = stage(
        builder,
        &[
            (503, ""),
            (429, ""),
            (404, ""),
            (200, r#"{"accessToken":"fake"}"#),
            (401, r#"{"code":401,"message":"no"}"#),
        ],
    );
    for _ in 0..4 {
        let _ = exchange.token().await;
    }
    assert!(source.0.lock().unwrap().is_empty());
    exchange.token().await.unwrap_err();
    assert_eq!(*source.0.lock().unwrap(), ["fake-external Unauthorized"]);
}

#[tokio::test]
async fn clients_tokens_can_be_shared_and_those_of_a_provider_that_says_nothing_cannot() {
    let client = Config::builder()
        .client_id("fake-client")
        .client_secret("fake-secret");
    for (builder, is_shared) in [
        (client, true),
        (person(TokenApi::V1), true),
        (
            Config::builder().options(|options| options.external_token_source(Noting::default())),
            false,
        ),
    ] {
        let (_, source) = stage(builder, &[]);
        let id = source.shared_token_id().await.unwrap();
        assert_eq!(id.is_some(), is_shared, "{source:?}");
    }
}
