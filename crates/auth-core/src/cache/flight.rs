//! One refresh: its attempts, its deadline, and the commit of what it ended with.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::classify::{CacheState, phase};
use super::policy::Timing;
use super::race::before;
use super::slot::SignIn;
use super::ticket::Outcome;
use super::{Inner, lock, observe};
use crate::clock::Moment;
use crate::error::{Error, ErrorKind, Result};
use crate::source::TokenSource;
use crate::token::AccessToken;

/// Runs one refresh to its end: commits the outcome to the slot first, publishes it to the waiters then.
///
/// If this task is dropped or panics, polled or not, it is buried, `outcome` closes and the waiters elect another.
pub(super) fn run<S: TokenSource>(
    cache: Arc<Inner<S>>,
    id: u64,
    sign_in: SignIn,
    outcome: watch::Sender<Option<Outcome>>,
) -> impl Future<Output = ()> {
    let task = Task { cache, id };
    async move {
        let cache = &task.cache;
        let source = cache.source.name();
        let started = cache.clock.now();
        let result = attempts(cache).await;
        observe::refresh(source, &result, cache.clock.now().since(started));
        let published = commit(cache, id, sign_in, result);
        outcome.send_replace(Some(published));
    }
}

/// The running task; its end without a commit is a death, noted at once since nobody may be waiting to find it.
struct Task<S: TokenSource> {
    cache: Arc<Inner<S>>,
    id: u64,
}

impl<S: TokenSource> Drop for Task<S> {
    fn drop(&mut self) {
        let now = self.cache.clock.now();
        // Whoever holds the lock may be the one that drops this task; a death that is not noted here is found by the next caller.
        let Ok(mut slot) = self.cache.slot.try_lock() else {
            return;
        };
        let failure = slot.bury(&self.cache.policy, self.id, now);
        drop(slot);
        if let Some(error) = failure {
            self.cache.mourn(&error);
        }
    }
}

impl<S> Inner<S> {
    /// Tells the world of a refresh that died twice; not under the lock.
    pub(super) fn mourn(&self, error: &Error) {
        tracing::warn!(kind = error.kind().as_str(), %error, "token refresh failed");
        self.changed();
    }
}

/// Asks for a token, and again where that can help, within the flight's deadline.
async fn attempts<S: TokenSource>(cache: &Inner<S>) -> Result<(AccessToken, Timing)> {
    let policy = &cache.policy;
    let started = cache.clock.now();
    let remaining = || {
        let age = cache
            .clock
            .now()
            .monotonic()
            .saturating_sub(started.monotonic());
        policy.flight_timeout().saturating_sub(age)
    };
    let mut attempt = 1;
    loop {
        let outcome = attempt_once(cache, remaining()).await;
        observe::token_request(cache.source.name(), &outcome);
        let error = match outcome {
            Ok(token) => return Ok(token),
            Err(error) => error,
        };
        if !error.is_retryable() || attempt >= policy.attempts() {
            return Err(error);
        }
        let wait = policy
            .wait_after(attempt)
            .max(error.retry_after().unwrap_or_default());
        if wait >= remaining() {
            return Err(error);
        }
        tracing::debug!(
            attempt,
            kind = error.kind().as_str(),
            ?wait,
            "token request failed, trying again"
        );
        cache.clock.sleep(wait).await;
        attempt += 1;
    }
}

async fn attempt_once<S: TokenSource>(
    cache: &Inner<S>,
    remaining: Duration,
) -> Result<(AccessToken, Timing)> {
    let limit = cache.policy.attempt_timeout().min(remaining);
    let asked_at = cache.clock.now();
    let token = before(cache.source.token(), cache.clock.sleep(limit))
        .await
        .unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::Timeout,
                format!("no token within {limit:.1?}"),
            ))
        })?;
    let timing = cache.policy.timing(&token, asked_at);
    check(cache, &token, timing, cache.clock.now())?;
    Ok((token, timing))
}

/// A token that could not be served is an unusable answer, not a success: taking it would be a busy loop.
fn check<S>(cache: &Inner<S>, token: &AccessToken, timing: Timing, now: Moment) -> Result<()> {
    if phase(timing, now) == CacheState::Expired {
        return Err(Error::new(
            ErrorKind::Response,
            "the token was already expired when it arrived",
        ));
    }
    if lock(&cache.slot).was_refused(token) {
        return Err(handed_back());
    }
    Ok(())
}

/// Changes the slot under its lock, and tells the world without it.
fn commit<S: TokenSource>(
    cache: &Inner<S>,
    id: u64,
    sign_in: SignIn,
    result: Result<(AccessToken, Timing)>,
) -> Outcome {
    let now = cache.clock.now();
    let current = SignIn::of(&cache.source);
    let mut slot = lock(&cache.slot);
    if slot.is_closed() {
        return Err(closed());
    }
    // Once more, now that nobody can discard a token in between.
    let result = result.and_then(|(token, timing)| {
        let is_refused = slot.was_refused(&token);
        if is_refused {
            Err(handed_back())
        } else {
            Ok((token, timing))
        }
    });
    let (published, is_news) = match result {
        Ok((token, timing)) => {
            if let Some(entry) = slot.succeed(id, now, token.clone(), timing, sign_in) {
                cache.published.store(Some(entry));
            }
            (Ok(token), None)
        }
        Err(error) => {
            if slot.discard_of_other(&current) {
                cache.published.store(None);
            }
            let is_news = slot.fail(&cache.policy, id, now, error.clone(), current.revision);
            (Err(error), is_news)
        }
    };
    drop(slot);
    report(&published, is_news);
    cache.changed();
    published
}

fn report(outcome: &Outcome, is_news: Option<bool>) {
    match (outcome, is_news) {
        (Ok(token), _) => tracing::debug!(lifetime = ?token.lifetime(), "token refreshed"),
        (Err(error), Some(true)) => {
            tracing::warn!(kind = error.kind().as_str(), %error, "token refresh failed")
        }
        (Err(error), _) => {
            tracing::debug!(kind = error.kind().as_str(), %error, "token refresh failed again")
        }
    }
}

fn handed_back() -> Error {
    Error::new(
        ErrorKind::Response,
        "the token endpoint handed back a token that the API has refused",
    )
}

pub(super) fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the token cache was shut down")
}
