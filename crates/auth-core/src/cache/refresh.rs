//! One refresh as a task: runs the attempts and commits their outcome.

use std::future::Future;
use std::sync::Arc;

use super::attempts::{attempts, reissued};
use super::entry::CurrentCredentials;
use super::futures::catching_panics;
use super::handle::{Abandoned, Outcome, RefreshHandle};
use super::policy::Timing;
use super::{Inner, lock, observe};
use crate::error::{Error, ErrorKind, Result};
use crate::source::TokenSource;
use crate::token::AccessToken;

/// Runs one refresh to its end: commits the outcome to the slot first, then publishes it to the waiters.
///
/// If the task panics or is dropped, polled or not, the refresh is abandoned and the waiting callers start another.
pub(super) fn run<S: TokenSource>(
    cache: Arc<Inner<S>>,
    refresh: RefreshHandle,
    credentials: CurrentCredentials,
) -> impl Future<Output = ()> {
    let task = Task { cache, refresh };
    async move {
        let cache = &task.cache;
        let work = async {
            let started = cache.clock.now();
            let result = attempts(cache).await;
            let took = cache.clock.now().since(started);
            observe::refresh(cache.source.name(), &result, took);
            commit(cache, task.refresh.id, credentials, result)
        };
        // A panic is handled here and not during unwinding, when a second one in a clock or a subscriber would abort the process.
        // Without an outcome, the task's `drop` records its end.
        if let Ok(outcome) = catching_panics(work).await {
            task.refresh.complete(outcome);
        }
    }
}

/// The running task; its end without an outcome is recorded immediately, since no caller may be waiting to notice it.
struct Task<S: TokenSource> {
    cache: Arc<Inner<S>>,
    refresh: RefreshHandle,
}

impl<S: TokenSource> Drop for Task<S> {
    fn drop(&mut self) {
        // Without the lock, so that waiting callers continue even if the rest is left to them.
        self.refresh.mark_abandoned();
        if !self.refresh.is_abandoned() || std::thread::panicking() {
            return;
        }
        let now = self.cache.clock.now();
        // The holder of the lock may be dropping this task; what is not recorded here is recorded by the next caller.
        let Ok(mut slot) = self.cache.slot.try_lock() else {
            return;
        };
        let abandoned = slot.abandon(&self.cache.policy, self.refresh.id, now);
        drop(slot);
        self.cache.end_abandoned(abandoned);
    }
}

impl<S> Inner<S> {
    /// Ends an abandoned refresh, and reports the second consecutive one as a failure; not under the lock.
    pub(super) fn end_abandoned(&self, abandoned: Option<Abandoned>) {
        if let Some(error) = abandoned.and_then(Abandoned::end) {
            tracing::warn!(kind = error.kind().as_str(), %error, "token refresh failed");
            self.changed();
        }
    }
}

/// Changes the slot under its lock, and reports the outcome without it.
fn commit<S: TokenSource>(
    cache: &Inner<S>,
    id: u64,
    credentials: CurrentCredentials,
    result: Result<(AccessToken, Timing)>,
) -> Outcome {
    let current = CurrentCredentials::of(&cache.source);
    let now = cache.clock.now();
    let mut slot = lock(&cache.slot);
    if slot.is_closed() {
        return Err(closed());
    }
    // Checked again, now that no token can be discarded in between.
    let result = result.and_then(|(token, timing)| {
        if slot.is_invalid(&cache.policy, &token, now) {
            Err(reissued())
        } else {
            Ok((token, timing))
        }
    });
    let (outcome, is_news) = match result {
        Ok((token, timing)) => {
            let entry = slot.succeed(&cache.policy, id, now, token.clone(), timing, credentials);
            if let Some(entry) = entry {
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
    report(&outcome, is_news);
    cache.changed();
    outcome
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

pub(super) fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the token cache was shut down")
}
