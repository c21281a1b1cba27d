//! The caches of other crates, each as its own documentation uses it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aliri_clock::DurationSecs;
use aliri_tokens::backoff::ErrorBackoffConfig;
use aliri_tokens::jitter::NullJitter;
use aliri_tokens::sources::AsyncTokenSource;
use aliri_tokens::{AccessToken, IdToken, TokenLifetimeConfig, TokenWatcher, TokenWithLifetime};
use huskarl::cache::{InMemoryTokenCache, TokenError, TokenSource};
use huskarl::core::platform::MaybeSendBoxFuture;
use huskarl::core::secrets::SecretString;
use huskarl::grant::core::{RawTokenResponse, TokenResponse};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

use crate::{ANSWERS_AFTER, LIFETIME, Outcome, stampede, text};

/// In the order in which they are measured.
pub(crate) const NAMES: [&str; 3] = [
    "aliri_tokens in a `OnceCell`",
    "huskarl",
    "google-cloud-auth, whose token comes over loopback",
];

struct Slow;

#[async_trait::async_trait]
impl AsyncTokenSource for Slow {
    type Error = Infallible;

    async fn request_token(&mut self) -> Result<TokenWithLifetime, Infallible> {
        tokio::time::sleep(ANSWERS_AFTER).await;
        let token = AccessToken::new(text());
        let lifetime = DurationSecs(LIFETIME.as_secs());
        Ok(TokenLifetimeConfig::default().create_token(token, None::<IdToken>, lifetime))
    }
}

/// A watcher exists only once it has a token, so that callers wait for the watcher.
pub(crate) fn aliri(runtime: &Runtime, callers: usize) -> Outcome<Duration> {
    stampede(runtime, callers, || {
        let cell = Arc::new(OnceCell::new());
        Ok(Box::new(move || {
            let cell = Arc::clone(&cell);
            async move {
                let watcher: &TokenWatcher = cell
                    .get_or_try_init(|| {
                        let second = Duration::from_secs(1);
                        let backoff = ErrorBackoffConfig::new(second, second, 2);
                        TokenWatcher::spawn_from_token_source(Slow, NullJitter, backoff)
                    })
                    .await?;
                Ok(watcher.token().access_token().to_owned())
            }
        }))
    })
}

/// Waits and returns this response.
struct Prepared(Arc<TokenResponse>);

impl TokenSource for Prepared {
    fn token(&self) -> MaybeSendBoxFuture<'_, Result<Arc<TokenResponse>, TokenError>> {
        Box::pin(async {
            tokio::time::sleep(ANSWERS_AFTER).await;
            Ok(Arc::clone(&self.0))
        })
    }
}

pub(crate) fn huskarl(runtime: &Runtime, callers: usize) -> Outcome<Duration> {
    let response = RawTokenResponse::builder()
        .access_token(SecretString::new(text()))
        .token_type("bearer")
        .expires_in(LIFETIME.as_secs())
        .build()
        .into_token_response(None, SystemTime::now())?;
    let source = Prepared(Arc::new(response));
    stampede(runtime, callers, || {
        let cache = Arc::new(InMemoryTokenCache::builder().source(source).build());
        Ok(Box::new(move || {
            let cache = Arc::clone(&cache);
            async move { Ok(cache.token().await?) }
        }))
    })
}

/// Its cache is private, so that it is measured with its own token request.
pub(crate) fn google(runtime: &Runtime, callers: usize, endpoint: &str) -> Outcome<Duration> {
    stampede(runtime, callers, || {
        let user = serde_json::json!({
            "type": "authorized_user",
            "client_id": "fake-client",
            "client_secret": "fake-secret",
            "refresh_token": "fake-refresh-token",
        });
        let credentials = google_cloud_auth::credentials::user_account::Builder::new(user)
            .with_token_uri(endpoint)
            .build()?;
        Ok(Box::new(move || {
            let credentials = credentials.clone();
            async move { Ok(credentials.headers(http::Extensions::new()).await?) }
        }))
    })
}

/// Serves tokens on loopback, as slowly as the other sources; returns its URL.
pub(crate) fn token_endpoint(runtime: &Runtime) -> Outcome<String> {
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?;
    runtime.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                // One small request, which arrives whole.
                let mut request = [0; 4_096];
                while stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                    tokio::time::sleep(ANSWERS_AFTER).await;
                    let token = text();
                    let body = format!(
                        r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":3600}}"#
                    );
                    let length = body.len();
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
                    );
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    Ok(format!("http://{address}/token"))
}
