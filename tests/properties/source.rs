//! A source that answers as the story says, and remembers what it gave, when, and to how many at once.

use std::collections::HashMap;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::vendor::{ExpiresIn, TokenResponse};
use auth_core::{AccessToken, Clock, ClockReading, Error, Result, TokenSource};
use auth_testkit::ManualClock;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::event::{Answer, Reply};
use crate::record;

#[derive(Debug, Clone)]
pub(crate) struct Source {
    clock: ManualClock,
    start: ClockReading,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    replies: Vec<Reply>,
    /// The replies that were given, as a scenario spells them.
    spelled: Vec<Value>,
    requests: Vec<ClockReading>,
    running: usize,
    most_running: usize,
    /// The token that was given last, and how many there were.
    last: Option<String>,
    /// What the last token's own claims say of its lifetime.
    claimed: Option<f64>,
    tokens: usize,
    revision: u64,
    issued: HashMap<String, Vec<Issue>>,
}

/// One time that a token was given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Issue {
    pub(crate) requested_at: ClockReading,
    /// Seconds, as the answer stated them.
    lifetime: f64,
}

impl Issue {
    pub(crate) fn lifetime(&self) -> Duration {
        Duration::from_secs_f64(self.lifetime.max(0.0))
    }

    /// Returns the age from which the token is not returned: written down once more, not taken from the cache.
    pub(crate) fn expire_at(&self) -> Duration {
        let lifetime = self.lifetime();
        lifetime - (lifetime / 10).min(Duration::from_secs(1))
    }
}

impl Source {
    pub(crate) fn new(clock: ManualClock, replies: Vec<Reply>) -> Self {
        let shared = Shared {
            replies,
            spelled: Vec::new(),
            requests: Vec::new(),
            running: 0,
            most_running: 0,
            last: None,
            claimed: None,
            tokens: 0,
            revision: 0,
            issued: HashMap::new(),
        };
        Self {
            start: clock.now(),
            clock,
            shared: Arc::new(Mutex::new(shared)),
        }
    }

    pub(crate) fn answer_always(&self, answer: Answer) {
        self.lock().replies = vec![Reply { answer, delay: 0.0 }];
    }

    pub(crate) fn rotate(&self) {
        self.lock().revision += 1;
    }

    pub(crate) fn requests(&self) -> Vec<ClockReading> {
        self.lock().requests.clone()
    }

    pub(crate) fn asked(&self) -> usize {
        self.lock().requests.len()
    }

    pub(crate) fn most_running(&self) -> usize {
        self.lock().most_running
    }

    /// Returns the times that this token was given, which is empty for a token that never was.
    pub(crate) fn issues(&self, token: &AccessToken) -> Vec<Issue> {
        let shared = self.lock();
        shared
            .issued
            .get(token.expose_secret())
            .cloned()
            .unwrap_or_default()
    }

    /// Returns what a scenario calls this token.
    pub(crate) fn name_of(&self, token: &AccessToken) -> String {
        let name = token.unverified_claim("jti");
        name.unwrap_or_else(|| token.expose_secret().to_owned())
    }

    pub(crate) fn spelled(&self) -> Vec<Value> {
        self.lock().spelled.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    /// Takes the next reply, and the token that it gives if it gives one.
    fn next(&self, requested_at: ClockReading) -> (Reply, String) {
        let mut guard = self.lock();
        let shared = &mut *guard;
        let reply = shared.replies[shared.requests.len() % shared.replies.len()];
        shared.requests.push(requested_at);
        let (lifetime, is_new) = match reply.answer {
            Answer::Token(lifetime) | Answer::Jwt(lifetime) => (Some(lifetime), true),
            Answer::SameToken(lifetime) => (Some(lifetime), shared.last.is_none()),
            Answer::Error { .. } | Answer::Hang | Answer::Panic => (None, false),
        };
        if is_new {
            shared.tokens += 1;
            let name = format!("t{}", shared.tokens);
            shared.claimed = match reply.answer {
                Answer::Jwt(lifetime) => Some(lifetime),
                _ => None,
            };
            shared.last = Some(match reply.answer {
                Answer::Jwt(lifetime) => jwt(&name, requested_at, lifetime),
                _ => name,
            });
        }
        let text = shared.last.clone().unwrap_or_default();
        if let Some(lifetime) = lifetime {
            // The smaller of both counts, unless the claims would make the token unusable.
            let claimed = shared.claimed.filter(|claimed| *claimed >= 2.0);
            let lifetime = claimed.map_or(lifetime, |claimed| claimed.min(lifetime));
            let issues = shared.issued.entry(text.clone()).or_default();
            issues.push(Issue {
                requested_at,
                lifetime,
            });
        }
        let at = requested_at.wall().as_secs() as f64 - self.start.wall().as_secs() as f64;
        let name = format!("t{}", shared.tokens);
        shared.spelled.push(record::reply(reply, &name, at));
        (reply, text)
    }
}

/// A JWT with these times.
fn jwt(name: &str, requested_at: ClockReading, lifetime: f64) -> String {
    let issued_at = requested_at.wall().as_secs() as f64;
    let claims = serde_json::json!({ "jti": name, "iat": issued_at, "exp": issued_at + lifetime });
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"none"}"#),
        part(&claims.to_string()),
        part("signature")
    )
}

#[async_trait]
impl TokenSource for Source {
    async fn token(&self) -> Result<AccessToken> {
        let requested_at = self.clock.now();
        let (reply, text) = self.next(requested_at);
        {
            let mut shared = self.lock();
            shared.running += 1;
            shared.most_running = shared.most_running.max(shared.running);
        }
        let _running = Running(self);
        if reply.delay > 0.0 {
            self.clock.sleep(Duration::from_secs_f64(reply.delay)).await;
        }
        match reply.answer {
            Answer::Token(lifetime) | Answer::SameToken(lifetime) => {
                TokenResponse::new(text, requested_at)
                    .with_expires_in(Some(ExpiresIn::from_seconds(lifetime)))
                    .into_access_token()
            }
            Answer::Jwt(_) => TokenResponse::new(text, requested_at).into_access_token(),
            Answer::Error { kind, retry_after } => {
                let error = Error::new(kind, "the story says so");
                Err(match retry_after {
                    Some(seconds) => error.with_retry_after(Duration::from_secs_f64(seconds)),
                    None => error,
                })
            }
            Answer::Hang => std::future::pending().await,
            // Without the hook, which would print every one of them.
            Answer::Panic => resume_unwind(Box::new("the story says so")),
        }
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn credentials_version(&self) -> u64 {
        self.lock().revision
    }
}

/// Counts a request as running until it ends, is dropped, or panics.
struct Running<'a>(&'a Source);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.lock().running -= 1;
    }
}
