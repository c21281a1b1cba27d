//! The retries of one request, within a budget that all requests of a client share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::{Response, StatusCode};

use super::RetryPolicy;
use super::failure::Failure;
use super::retry_policy::Cause;
use crate::clock::Clock;
use crate::error::{ErrorKind, Sent};
use crate::retry::retry_after;

/// The tokens that retries cost; without enough of them, nothing is retried.
#[derive(Debug)]
pub(super) struct RetryBudget(AtomicU32);

impl RetryBudget {
    pub(super) fn new() -> Self {
        Self(AtomicU32::new(CAPACITY))
    }

    fn take(&self) -> bool {
        let less = |left: u32| left.checked_sub(RETRY_COST);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        taken.is_ok()
    }

    fn put_back(&self, amount: u32) {
        let more = |left: u32| (left < CAPACITY).then(|| (left + amount).min(CAPACITY));
        // A full budget is only read, so that successful requests do not contend for it.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

/// The attempts of one request so far.
pub(super) struct Retries<'a> {
    policy: RetryPolicy,
    is_idempotent: bool,
    budget: &'a RetryBudget,
    clock: &'a Arc<dyn Clock>,
    attempt: u32,
    waited: Duration,
}

impl<'a> Retries<'a> {
    pub(super) fn new(
        policy: RetryPolicy,
        is_idempotent: bool,
        budget: &'a RetryBudget,
        clock: &'a Arc<dyn Clock>,
    ) -> Self {
        Self {
            policy,
            is_idempotent,
            budget,
            clock,
            attempt: 1,
            waited: Duration::ZERO,
        }
    }

    /// Returns how long to wait before the request is sent again, or `None` if this outcome is final.
    ///
    /// `may_resend` is false once a body that cannot be read again was started.
    /// Drop the outcome before waiting, since an unread body keeps its connection.
    pub(super) fn wait_after<B, T>(
        &self,
        outcome: &Result<(Response<B>, T), Failure>,
        may_resend: bool,
    ) -> Option<Duration> {
        let (cause, retry_after) = match outcome {
            Ok((response, _)) => match self.cause(response) {
                Some(cause) => cause,
                None => {
                    self.succeeded(response.status());
                    return None;
                }
            },
            Err(failure) => (failed_connection(failure)?, None),
        };
        // Without timers a wait would never end.
        if !self.is_idempotent || !may_resend || !self.clock.can_sleep() {
            return None;
        }
        let wait = self
            .policy
            .wait_after(self.attempt, self.waited, cause, retry_after)?;
        if !self.budget.take() {
            tracing::info!("the retry budget is exhausted, returning the failure");
            return None;
        }
        let status = outcome.as_ref().ok().map(|(response, _)| response.status());
        let status = status.map(|status| status.as_u16());
        let attempt = self.attempt;
        match cause {
            Cause::Throttled => tracing::info!(
                attempt,
                ?wait,
                status,
                "the API asks to slow down, waiting before the next call"
            ),
            Cause::Failed => tracing::info!(
                attempt,
                ?wait,
                status,
                "the request failed, waiting before the next attempt"
            ),
        }
        Some(wait)
    }

    /// Waits before the next attempt.
    pub(super) async fn wait(&mut self, wait: Duration) {
        self.clock.sleep(wait).await;
        self.waited += wait;
        self.attempt += 1;
    }

    fn cause<B>(&self, response: &Response<B>) -> Option<(Cause, Option<Duration>)> {
        let cause = match response.status() {
            StatusCode::TOO_MANY_REQUESTS => Cause::Throttled,
            StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::GATEWAY_TIMEOUT => Cause::Failed,
            _ => return None,
        };
        let retry_after = retry_after(response.headers(), self.clock.now().to_system_time());
        Some(match (response.status(), retry_after) {
            (StatusCode::SERVICE_UNAVAILABLE, Some(_)) => (Cause::Throttled, retry_after),
            _ => (cause, retry_after),
        })
    }

    /// A response below 500 shows that the API works, whether or not it is a success.
    fn succeeded(&self, status: StatusCode) {
        if status.is_server_error() {
            return;
        }
        self.budget.put_back(match self.attempt {
            1 => SUCCESS_GAIN,
            _ => RETRY_COST,
        });
    }
}

/// A connection that broke or could not be opened; an expired time limit counts only if it was that of connecting.
fn failed_connection(failure: &Failure) -> Option<Cause> {
    let Failure::Request(error) = failure else {
        return None;
    };
    let is_connection = match error.kind() {
        ErrorKind::Transport => true,
        ErrorKind::Timeout => error.sent() == Sent::No,
        _ => false,
    };
    (is_connection && error.is_retryable()).then_some(Cause::Failed)
}

/// The numbers of the AWS SDKs' standard retry mode: 100 retries, and then one for five successes.
const CAPACITY: u32 = 500;
const RETRY_COST: u32 = 5;
const SUCCESS_GAIN: u32 = 1;

#[cfg(test)]
mod tests;
