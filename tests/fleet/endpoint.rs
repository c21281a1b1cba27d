//! The token endpoint of the model: counts its requests, and knows which tokens are valid.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::{AccessToken, Clock, Error, Result, Secret, SharedTokenId, TokenSource};
use auth_testkit::store::RuntimeClock;
use http::StatusCode;
use tokio::sync::Notify;

/// Issues numbered tokens.
#[derive(Debug)]
pub(crate) struct Endpoint {
    clock: RuntimeClock,
    latency: Duration,
    token_life: Duration,
    is_down: AtomicBool,
    issued: AtomicU64,
    /// All tokens up to this one are revoked.
    revoked: AtomicU64,
    requests: AtomicU64,
    running: AtomicU64,
    most_running: AtomicU64,
}

impl Endpoint {
    pub(crate) fn new(clock: RuntimeClock, latency: Duration, token_life: Duration) -> Self {
        Self {
            clock,
            latency,
            token_life,
            is_down: AtomicBool::new(false),
            issued: AtomicU64::new(0),
            revoked: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            running: AtomicU64::new(0),
            most_running: AtomicU64::new(0),
        }
    }

    pub(crate) fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::Relaxed);
    }

    /// Revokes every token that was issued so far.
    pub(crate) fn revoke(&self) {
        self.revoked
            .store(self.issued.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn most_at_once(&self) -> u64 {
        self.most_running.load(Ordering::Relaxed)
    }

    /// Returns whether the API accepts the token, or `None` if it has expired.
    pub(crate) fn accepts(&self, token: &AccessToken) -> Option<bool> {
        let mut parts = token.expose_secret().split('-').skip(1);
        let mut number = || parts.next()?.parse::<u64>().ok();
        let (turn, ends_at) = (number()?, number()?);
        let now = self.clock.now().monotonic();
        (now < Duration::from_millis(ends_at)).then(|| turn > self.revoked.load(Ordering::Relaxed))
    }

    async fn request(&self) -> Result<AccessToken> {
        let requested_at = self.clock.now();
        self.requests.fetch_add(1, Ordering::Relaxed);
        let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_running.fetch_max(running, Ordering::Relaxed);
        let _running = Running(self);
        tokio::time::sleep(self.latency).await;
        if self.is_down.load(Ordering::Relaxed) {
            let error = Error::unavailable("the endpoint is down");
            return Err(error.with_status(StatusCode::SERVICE_UNAVAILABLE));
        }
        let turn = self.issued.fetch_add(1, Ordering::Relaxed) + 1;
        let ends_at = self.clock.now().monotonic() + self.token_life;
        let text = format!("token-{turn}-{}", ends_at.as_millis());
        AccessToken::new(text, requested_at, self.token_life)
    }
}

/// Ends a request when it completes or its process dies.
struct Running<'a>(&'a Endpoint);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One process's way to the endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) endpoint: Arc<Endpoint>,
    /// Whether the process dies, half of the time, when it should request a token.
    pub(crate) is_mortal: bool,
    /// Tells the process to die.
    pub(crate) death: Arc<Notify>,
}

#[async_trait]
impl TokenSource for Source {
    async fn token(&self) -> Result<AccessToken> {
        if self.is_mortal && fastrand::bool() {
            self.death.notify_one();
            return std::future::pending().await;
        }
        self.endpoint.request().await
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    async fn shared_token_id(&self) -> Result<Option<SharedTokenId>> {
        let secret = Secret::from("fake-secret-of-the-fleet");
        Ok(Some(SharedTokenId::of_client(&secret).with_field("fleet")))
    }
}
