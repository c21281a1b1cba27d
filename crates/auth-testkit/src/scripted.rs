//! A token source with scripted replies, so that a test determines the outcome of every token request.

use std::collections::VecDeque;
use std::future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth_core::vendor::{ExpiresIn, TokenResponse};
use auth_core::{
    AccessToken, Clock, ClockReading, Error, ErrorKind, Result, SharedTokenId, TokenSource,
};

/// One response of a [`ScriptedSource`].
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use auth_core::ErrorKind;
/// use auth_testkit::ScriptedReply;
///
/// let replies = [
///     ScriptedReply::token("not-a-real-token", 3600.0),
///     ScriptedReply::from(ErrorKind::Unavailable).after(Duration::from_secs(5)),
/// ];
/// # drop(replies);
/// ```
#[derive(Debug, Clone)]
pub struct ScriptedReply {
    what: What,
    delay: Duration,
    repeat: bool,
}

#[derive(Debug, Clone)]
enum What {
    Token(String, Option<ExpiresIn>),
    Error(Error),
    Hang,
    Panic,
}

impl ScriptedReply {
    /// Returns a token with a lifetime in seconds.
    pub fn token(token: impl Into<String>, expires_in: f64) -> Self {
        Self::answer(token, Some(ExpiresIn::from_seconds(expires_in)))
    }

    /// Returns a token like an endpoint's response; without `expires_in`, [`TokenResponse`] determines the lifetime.
    pub fn answer(token: impl Into<String>, expires_in: Option<ExpiresIn>) -> Self {
        Self::new(What::Token(token.into(), expires_in))
    }

    /// Fails.
    pub fn error(error: Error) -> Self {
        Self::new(What::Error(error))
    }

    /// Never completes.
    pub fn hang() -> Self {
        Self::new(What::Hang)
    }

    /// Panics, as a bug in a source would.
    pub fn panic() -> Self {
        Self::new(What::Panic)
    }

    /// Answers that much later, on the script's clock.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Answers every further exchange too; only of use on the last reply.
    #[must_use]
    pub fn repeat(mut self) -> Self {
        self.repeat = true;
        self
    }

    fn new(what: What) -> Self {
        Self {
            what,
            delay: Duration::ZERO,
            repeat: false,
        }
    }
}

/// Answers each exchange with the next reply of its script and counts them.
///
/// A clone shares the script. An exchange beyond the script fails with kind `Config` and is counted in [`ScriptedSource::unscripted_requests`].
///
/// # Examples
/// ```
/// use auth_core::TokenCache;
/// use auth_testkit::{ManualClock, ScriptedReply, ScriptedSource};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> auth_core::Result<()> {
/// let clock = ManualClock::new();
/// let source = ScriptedSource::new(clock.clone(), [ScriptedReply::token("fake", 3600.0)]);
/// let cache = TokenCache::builder(source.clone()).clock(clock).build();
/// cache.token().await?;
/// cache.token().await?;
/// assert_eq!(source.requests(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ScriptedSource(Arc<Script>);

#[derive(Debug)]
struct Script {
    clock: Arc<dyn Clock>,
    replies: Mutex<VecDeque<ScriptedReply>>,
    requests: AtomicU64,
    unscripted_requests: AtomicU64,
    running: AtomicU64,
    most_running: AtomicU64,
    revision: AtomicU64,
    shared_token_id: Option<SharedTokenId>,
}

impl ScriptedSource {
    /// Creates a source from its replies, in order.
    pub fn new(
        clock: impl Clock + 'static,
        replies: impl IntoIterator<Item = ScriptedReply>,
    ) -> Self {
        Self::from_script(clock, None, replies)
    }

    /// As [`ScriptedSource::new`], for a token that processes share through a token store.
    pub fn sharing(
        id: SharedTokenId,
        clock: impl Clock + 'static,
        replies: impl IntoIterator<Item = ScriptedReply>,
    ) -> Self {
        Self::from_script(clock, Some(id), replies)
    }

    fn from_script(
        clock: impl Clock + 'static,
        shared_token_id: Option<SharedTokenId>,
        replies: impl IntoIterator<Item = ScriptedReply>,
    ) -> Self {
        Self(Arc::new(Script {
            shared_token_id,
            clock: clock.into_shared(),
            replies: Mutex::new(replies.into_iter().collect()),
            requests: AtomicU64::new(0),
            unscripted_requests: AtomicU64::new(0),
            running: AtomicU64::new(0),
            most_running: AtomicU64::new(0),
            revision: AtomicU64::new(0),
        }))
    }

    /// Adds a reply at the script's end.
    pub fn push(&self, reply: ScriptedReply) {
        self.replies().push_back(reply);
    }

    /// Returns how many exchanges were started.
    pub fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::SeqCst)
    }

    /// Returns how many exchanges found the script at its end.
    pub fn unscripted_requests(&self) -> u64 {
        self.0.unscripted_requests.load(Ordering::SeqCst)
    }

    /// Returns how many exchanges ran at the same time at most.
    pub fn max_concurrency(&self) -> u64 {
        self.0.most_running.load(Ordering::SeqCst)
    }

    /// Changes the credentials, as far as anybody can tell: [`TokenSource::credentials_version`] goes up by one.
    pub fn rotate(&self) {
        self.0.revision.fetch_add(1, Ordering::SeqCst);
    }

    fn replies(&self) -> MutexGuard<'_, VecDeque<ScriptedReply>> {
        self.0
            .replies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<ScriptedReply> {
        let mut replies = self.replies();
        if replies.len() == 1 && replies.front().is_some_and(|reply| reply.repeat) {
            return replies.front().cloned();
        }
        replies.pop_front()
    }
}

#[async_trait::async_trait]
impl TokenSource for ScriptedSource {
    async fn token(&self) -> Result<AccessToken> {
        let script = &self.0;
        let requested_at: ClockReading = script.clock.now();
        script.requests.fetch_add(1, Ordering::SeqCst);
        let _running = Running::start(script);
        let Some(reply) = self.next() else {
            script.unscripted_requests.fetch_add(1, Ordering::SeqCst);
            return Err(Error::config("the script has no further reply"));
        };
        if !reply.delay.is_zero() {
            script.clock.sleep(reply.delay).await;
        }
        match reply.what {
            What::Token(token, expires_in) => TokenResponse::new(token, requested_at)
                .with_expires_in(expires_in)
                .into_access_token(),
            What::Error(error) => Err(error),
            What::Hang => future::pending().await,
            What::Panic => panic_as_told(),
        }
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn credentials_version(&self) -> u64 {
        self.0.revision.load(Ordering::SeqCst)
    }

    async fn shared_token_id(&self) -> Result<Option<SharedTokenId>> {
        Ok(self.0.shared_token_id.clone())
    }
}

/// Counts an exchange as running until it ends, is dropped, or panics.
struct Running<'a>(&'a Script);

impl<'a> Running<'a> {
    fn start(script: &'a Script) -> Self {
        let now_running = script.running.fetch_add(1, Ordering::SeqCst) + 1;
        script.most_running.fetch_max(now_running, Ordering::SeqCst);
        Self(script)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Panics without a word on standard error: it is meant to, and a report of it would hide one that is not.
fn panic_as_told() -> ! {
    std::panic::resume_unwind(Box::new("the script says to panic"))
}

/// Creates the error of an exchange that failed in some way, for scripts.
impl From<ErrorKind> for ScriptedReply {
    fn from(kind: ErrorKind) -> Self {
        Self::error(Error::new(kind, "the script says so"))
    }
}
