//! One refresh as a task: runs the attempts and commits their outcome.

use std::future::Future;
use std::sync::Arc;

use super::attempts::{attempts, reissued};
use super::entry::CurrentCredentials;
use super::futures::catching_panics;
use super::handle::{Abandoned, Outcome, RefreshHandle};
use super::refreshed::{Origin, Refreshed};
#[cfg(feature = "store")]
use super::sharing;
use super::slot::Slot;
use super::turn::Turn;
use super::{Inner, lock, observe};
use crate::error::{Error, ErrorKind};
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
            let mut progress = Progress::default();
            loop {
                let started = cache.clock.now();
                let refreshed = obtain(cache, &mut progress).await;
                let took = cache.clock.now().since(started);
                observe::refresh(cache.source.name(), &refreshed, took);
                let outcome = commit(cache, task.refresh.id, credentials.clone(), refreshed);
                // What another process did no longer helps, since the token was discarded or expired in the meantime.
                if let Some(outcome) = outcome {
                    break outcome;
                }
            }
        };
        // A panic is handled here and not during unwinding, when a second one in a clock or a subscriber would abort the process.
        // Without an outcome, the task's `drop` records its end.
        if let Ok(outcome) = catching_panics(work).await {
            task.refresh.complete(outcome);
        }
    }
}

/// Requests a token, or takes the one that another process has requested.
async fn obtain<S: TokenSource>(cache: &Inner<S>, progress: &mut Progress) -> Refreshed {
    #[cfg(feature = "store")]
    if let Some(store) = &cache.store {
        return sharing::obtain(cache, store, progress).await;
    }
    attempts(cache, &progress.turn).await.into()
}

/// What one refresh has in common in all of its rounds, of which there is a second one if the first has become useless.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) turn: Turn,
    #[cfg(feature = "store")]
    pub(super) sharing: Option<sharing::Begun>,
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

/// Changes the slot under its lock, and reports the outcome without it; `None` if the refresh has to go on.
fn commit<S: TokenSource>(
    cache: &Inner<S>,
    id: u64,
    credentials: CurrentCredentials,
    refreshed: Refreshed,
) -> Option<Outcome> {
    let current = CurrentCredentials::of(&cache.source);
    let origin = refreshed.origin();
    let now = cache.clock.now();
    let mut slot = lock(&cache.slot);
    if slot.is_closed() {
        return Some(Err(closed()));
    }
    let succeed = |slot: &mut Slot, token: AccessToken, timing| {
        let entry = slot.succeed(
            &cache.policy,
            id,
            now,
            token.clone(),
            timing,
            credentials.clone(),
        );
        if let Some(entry) = entry {
            cache.published.store(Some(entry));
        }
        (Ok(token), None)
    };
    let fail = |slot: &mut Slot, error: Error| {
        discard_of_other(cache, slot, &current);
        let is_news = slot.fail(&cache.policy, id, now, error.clone(), current.revision);
        (Err(error), is_news)
    };
    let (outcome, is_news) = match refreshed {
        // Checked again, now that no token can be discarded in between.
        Refreshed::Fetched(token, _) if slot.is_invalid(&cache.policy, &token, now) => {
            fail(&mut slot, reissued())
        }
        Refreshed::Fetched(token, timing) => succeed(&mut slot, token, timing),
        Refreshed::Failed(error) => fail(&mut slot, error),
        #[cfg(feature = "store")]
        Refreshed::Adopted(token, timing) if slot.may_adopt(&token, timing, now) => {
            succeed(&mut slot, token, timing)
        }
        #[cfg(feature = "store")]
        Refreshed::Adopted(..) => return None,
        #[cfg(feature = "store")]
        Refreshed::Kept(length) => (Ok(slot.keep(id, now, length)?), None),
        #[cfg(feature = "store")]
        Refreshed::Refused(error, length) => {
            discard_of_other(cache, &mut slot, &current);
            let is_news = slot.refuse(
                &cache.policy,
                id,
                now,
                error.clone(),
                length,
                current.revision,
            );
            (Err(error), is_news)
        }
    };
    drop(slot);
    report(&outcome, origin, is_news);
    cache.changed();
    Some(outcome)
}

fn discard_of_other<S>(cache: &Inner<S>, slot: &mut Slot, current: &CurrentCredentials) {
    if slot.discard_of_other(current) {
        cache.published.store(None);
    }
}

fn report(outcome: &Outcome, origin: Origin, is_news: Option<bool>) {
    match (outcome, is_news) {
        (Ok(token), _) => report_token(token, origin),
        (Err(error), Some(true)) => {
            tracing::warn!(kind = error.kind().as_str(), %error, "token refresh failed")
        }
        (Err(error), _) => {
            tracing::debug!(kind = error.kind().as_str(), %error, "token refresh failed again")
        }
    }
}

fn report_token(token: &AccessToken, origin: Origin) {
    let lifetime = token.lifetime();
    match origin {
        Origin::Requested => tracing::debug!(?lifetime, "token refreshed"),
        #[cfg(feature = "store")]
        Origin::Adopted => tracing::debug!(?lifetime, "token of another process adopted"),
        #[cfg(feature = "store")]
        Origin::Kept => tracing::debug!(
            ?lifetime,
            "token kept while another process requests one or has failed to"
        ),
    }
}

pub(super) fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the token cache was shut down")
}
