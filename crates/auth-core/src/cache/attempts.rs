//! The token requests of one refresh: a few attempts within its deadline, and their outcome.

use std::time::Duration;

use super::classify::{CacheState, phase};
use super::futures::with_deadline;
use super::policy::Timing;
use super::turn::Turn;
use super::{Inner, lock, observe};
use crate::clock::ClockReading;
use crate::error::{Error, ErrorKind, Result};
use crate::source::TokenSource;
use crate::token::AccessToken;

/// Requests a token, with retries if they can help, within the refresh's deadline.
///
/// The first one uses the turn that the refresh may have already.
pub(super) async fn attempts<S: TokenSource>(
    cache: &Inner<S>,
    turn: &Turn,
) -> Result<(AccessToken, Timing)> {
    let policy = &cache.policy;
    let started = cache.clock.now();
    let queued = turn.queued();
    let elapsed = || {
        let now = cache.clock.now().monotonic();
        now.saturating_sub(started.monotonic())
            .saturating_add(queued)
    };
    let remaining = || policy.refresh_timeout().saturating_sub(elapsed());
    let mut previous = None;
    let mut attempt = 1;
    loop {
        let turned = turn.take(cache, remaining(), policy.attempt_timeout());
        if let Err(error) = turned.await {
            return Err(match previous {
                Some(earlier) => out_of_time(elapsed(), attempt - 1, earlier),
                None => error,
            });
        }
        let limit = policy.attempt_timeout().min(remaining());
        let is_cut_short = limit < policy.attempt_timeout();
        let outcome = attempt_once(cache, limit).await;
        turn.end();
        let error = match outcome {
            Ok(token) => return Ok(token),
            Err(error) => error,
        };
        let wait = policy
            .wait_after(attempt)
            .max(error.retry_after().unwrap_or_default());
        let room = policy.attempt_timeout().min(LEAST_ROOM);
        let is_last = !error.is_retryable()
            || attempt >= policy.max_attempts()
            || wait.saturating_add(room) >= remaining();
        if is_last {
            let is_late = error.kind() == ErrorKind::Timeout;
            return Err(match previous {
                // A timeout shorter than an attempt's says little; the earlier error says more.
                Some(earlier) if is_late && is_cut_short => {
                    out_of_time(elapsed(), attempt, earlier)
                }
                Some(_) if is_late => out_of_time(elapsed(), attempt, error),
                _ => error,
            });
        }
        tracing::debug!(
            attempt,
            kind = error.kind().as_str(),
            ?wait,
            "token request failed, trying again"
        );
        previous = Some(error);
        cache.clock.sleep(wait).await;
        attempt += 1;
    }
}

/// The error of a refresh that made more than one attempt.
fn out_of_time(elapsed: Duration, attempts: u32, source: Error) -> Error {
    let message = format!("no token within {elapsed:.1?}, in {attempts} attempts");
    Error::new(ErrorKind::Timeout, message).with_source(source)
}

async fn attempt_once<S: TokenSource>(
    cache: &Inner<S>,
    limit: Duration,
) -> Result<(AccessToken, Timing)> {
    let requested_at = cache.clock.now();
    let result = with_deadline(cache.source.token(), cache.clock.sleep(limit))
        .await
        .unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::Timeout,
                format!("no token within {limit:.1?}"),
            ))
        })
        .and_then(|token| {
            let timing = cache.policy.timing(&token, requested_at);
            check(cache, &token, timing, cache.clock.now())?;
            Ok((token, timing))
        });
    observe::token_request(cache.source.name(), &result);
    result
}

/// A token that could not be returned is an unusable response, not a success: accepting it would cause a busy loop.
fn check<S>(
    cache: &Inner<S>,
    token: &AccessToken,
    timing: Timing,
    now: ClockReading,
) -> Result<()> {
    if phase(timing, now) == CacheState::Expired {
        return Err(Error::new(
            ErrorKind::InvalidResponse,
            "the token was already expired when it arrived: do the source and the cache use the same clock?",
        ));
    }
    if lock(&cache.slot).is_invalid(&cache.policy, token, now) {
        return Err(reissued());
    }
    Ok(())
}

pub(super) fn reissued() -> Error {
    Error::new(
        ErrorKind::InvalidResponse,
        "the token endpoint returned a token that the API has just rejected",
    )
}

/// Less time than this is of no use to a token request.
const LEAST_ROOM: Duration = Duration::from_secs(1);
