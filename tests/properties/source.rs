//! A source that answers as the story says, and remembers what it gave, when, and to how many at once.

use std::collections::HashMap;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::{AccessToken, Clock, Error, ExpiresIn, Moment, Result, TokenAnswer, TokenSource};
use auth_testkit::ManualClock;

use crate::event::{Answer, Reply};

#[derive(Debug, Clone)]
pub(crate) struct Source {
    clock: ManualClock,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    replies: Vec<Reply>,
    requests: Vec<Moment>,
    running: usize,
    most_running: usize,
    tokens: usize,
    revision: u64,
    issued: HashMap<String, Vec<Issue>>,
}

/// One time that a token was given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Issue {
    pub(crate) asked_at: Moment,
    /// Seconds, as the answer stated them.
    pub(crate) lifetime: f64,
}

impl Source {
    pub(crate) fn new(clock: ManualClock, replies: Vec<Reply>) -> Self {
        let shared = Shared {
            replies,
            requests: Vec::new(),
            running: 0,
            most_running: 0,
            tokens: 0,
            revision: 0,
            issued: HashMap::new(),
        };
        Self {
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

    pub(crate) fn requests(&self) -> Vec<Moment> {
        self.lock().requests.clone()
    }

    pub(crate) fn most_running(&self) -> usize {
        self.lock().most_running
    }

    /// Returns the times that this token was given, which is empty for a token that never was.
    pub(crate) fn issues(&self, token: &AccessToken) -> Vec<Issue> {
        let shared = self.lock();
        shared
            .issued
            .get(token.expose())
            .cloned()
            .unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    fn token(&self, asked_at: Moment, lifetime: f64, is_new: bool) -> Result<AccessToken> {
        let mut shared = self.lock();
        if is_new || shared.tokens == 0 {
            shared.tokens += 1;
        }
        let text = format!("fake-token-{}", shared.tokens);
        let issues = shared.issued.entry(text.clone()).or_default();
        issues.push(Issue { asked_at, lifetime });
        drop(shared);
        TokenAnswer::new(text, asked_at)
            .with_expires_in(Some(ExpiresIn::from_seconds(lifetime)))
            .into_token()
    }
}

#[async_trait]
impl TokenSource for Source {
    async fn token(&self) -> Result<AccessToken> {
        let asked_at = self.clock.now();
        let reply = {
            let mut shared = self.lock();
            let turn = shared.requests.len() % shared.replies.len();
            shared.requests.push(asked_at);
            shared.running += 1;
            shared.most_running = shared.most_running.max(shared.running);
            shared.replies[turn]
        };
        let _running = Running(self);
        if reply.delay > 0.0 {
            self.clock.sleep(Duration::from_secs_f64(reply.delay)).await;
        }
        match reply.answer {
            Answer::Token(lifetime) => Self::token(self, asked_at, lifetime, true),
            Answer::SameToken(lifetime) => Self::token(self, asked_at, lifetime, false),
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

    fn credential_revision(&self) -> u64 {
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
