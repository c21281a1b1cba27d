//! The cache's metrics, in one place so that their names stay stable; without the feature `metrics` they cost nothing.

#[cfg(feature = "metrics")]
mod look_ups;

use std::time::Duration;

use super::refreshed::Refreshed;
use crate::error::Result;
use crate::source::TokenSource;

/// The state that a call found before it waited.
#[derive(Debug, Clone, Copy)]
pub(super) enum LookUp {
    /// The token was fresh.
    Fresh,
    /// The token was due and is being refreshed in the background.
    Stale,
    /// The caller waits for a refresh that another caller has started.
    Joined,
    /// The caller started a refresh and waits for it.
    Waited,
    /// There is no token, and a cool-down applies.
    FailedFast,
}

/// Counts the calls for tokens of one source.
///
/// The keys are created once and the recorder is asked each time, so that a warm call allocates nothing and a recorder may be
/// installed at any time.
#[derive(Default)]
pub(super) struct LookUps {
    #[cfg(feature = "metrics")]
    keys: std::sync::OnceLock<&'static look_ups::Keys>,
}

impl LookUps {
    #[cfg(feature = "metrics")]
    pub(super) fn count(&self, source: &impl TokenSource, result: LookUp) {
        let keys = self
            .keys
            .get_or_init(|| look_ups::Keys::of_source(source.name()));
        keys.count(result);
    }

    #[cfg(not(feature = "metrics"))]
    pub(super) fn count(&self, _source: &impl TokenSource, _result: LookUp) {}

    /// Returns a counter that does not need the source, or `None` before the first count.
    pub(super) fn counter(&self) -> Option<Counter> {
        Some(Counter {
            #[cfg(feature = "metrics")]
            keys: self.keys.get()?,
        })
    }
}

/// Counts calls without the source, whose name is the caller's code.
#[derive(Clone, Copy)]
pub(super) struct Counter {
    #[cfg(feature = "metrics")]
    keys: &'static look_ups::Keys,
}

impl Counter {
    #[cfg(feature = "metrics")]
    pub(super) fn count(self, result: LookUp) {
        self.keys.count(result);
    }

    #[cfg(not(feature = "metrics"))]
    pub(super) fn count(self, _result: LookUp) {}
}

/// Counts a token request.
#[cfg_attr(
    not(feature = "metrics"),
    expect(unused_variables, reason = "nothing is counted")
)]
pub(super) fn token_request<T>(source: &'static str, result: &Result<T>) {
    #[cfg(feature = "metrics")]
    metrics::counter!("auth_token_requests_total", "source" => source, "outcome" => outcome(result)).increment(1);
}

/// Records the duration of a refresh, including all token requests and waits, and how it got its token if there is a store.
#[cfg_attr(
    not(feature = "metrics"),
    expect(unused_variables, reason = "nothing is recorded")
)]
pub(super) fn refresh(source: &'static str, refreshed: &Refreshed, took: Duration) {
    #[cfg(feature = "metrics")]
    {
        let outcome = match refreshed {
            Refreshed::Fetched(..) => "ok",
            Refreshed::Failed(error) => error.kind().as_str(),
            #[cfg(feature = "store")]
            Refreshed::Adopted(..) => "ok",
            #[cfg(feature = "store")]
            Refreshed::Kept(_) => "kept",
            #[cfg(feature = "store")]
            Refreshed::Refused(error, _) => error.kind().as_str(),
        };
        metrics::histogram!("auth_token_refresh_duration_seconds", "source" => source, "outcome" => outcome)
            .record(took);
    }
}

/// Counts how a refresh with a token store got its token, or why it did not.
#[cfg(feature = "store")]
#[cfg_attr(
    not(feature = "metrics"),
    expect(unused_variables, reason = "nothing is counted")
)]
pub(super) fn shared_refresh(source: &'static str, refreshed: &Refreshed) {
    #[cfg(feature = "metrics")]
    {
        let result = match refreshed {
            Refreshed::Fetched(..) => "fetched",
            Refreshed::Adopted(..) => "adopted",
            Refreshed::Kept(_) => "kept",
            Refreshed::Failed(_) | Refreshed::Refused(..) => "failed",
        };
        metrics::counter!("auth_token_shared_refreshes_total", "source" => source, "result" => result)
            .increment(1);
    }
}

#[cfg(feature = "metrics")]
fn outcome<T>(result: &Result<T>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.kind().as_str(),
    }
}
