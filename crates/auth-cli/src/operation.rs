//! Waits for something that a vendor does after its response, until its end, a time limit or a signal.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use auth_core::vendor::{Operation, Wait};
use auth_core::{Error, ErrorKind};

use crate::failure::{Ending, Failure};
use crate::interruption::Interruption;
use crate::progress::Display;
use crate::secrets::Work;

/// Why a wait ended before the operation.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The last state is known, unless nothing could be read.
    TimeLimit(String),
    Interrupted(Interruption),
    Failed(Error),
}

/// Waits, and shows the state on a terminal; `what` names the operation until its state is known.
pub(crate) async fn follow<T: Operation>(
    wait: Wait<T>,
    time_limit: Option<Duration>,
    what: &str,
    work: &mut Work,
) -> Result<T, Stop> {
    let limit = time_limit.unwrap_or(Wait::<T>::DEFAULT_TIME_LIMIT);
    let display = Display::of_state(&format!("waiting for {what}"));
    let last = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&last);
    let wait = wait.time_limit(limit).on_progress(move |state| {
        let state = state.describe();
        display.say(&state);
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
    });
    let started = Instant::now();
    // A request that hangs has a limit of its own, which may be longer.
    let waiting = tokio::time::timeout(limit.saturating_add(GRACE), wait.outcome());
    let error = tokio::select! {
        biased;
        waited = waiting => match waited {
            Ok(Ok(finished)) => return Ok(finished),
            Ok(Err(error)) => Some(error),
            Err(_) => None,
        },
        by = work.interrupted() => return Err(Stop::Interrupted(by)),
    };
    match error {
        Some(error) if !is_over(&error, started.elapsed(), limit) => Err(Stop::Failed(error)),
        _ => {
            let last = last.lock().unwrap_or_else(PoisonError::into_inner).take();
            let state = last.unwrap_or_else(|| format!("the state of {what} is unknown"));
            let seconds = limit.as_secs_f64();
            Err(Stop::TimeLimit(format!("{state} after {seconds} s")))
        }
    }
}

impl Stop {
    /// Turns it into a failure that says how to continue; `continues` says that the operation does, and how to wait again.
    pub(crate) fn into_failure(self, continues: String) -> Failure {
        match self {
            Self::TimeLimit(state) => {
                Failure::Operation(Ending::TimeLimit, format!("{state}; {continues}"))
            }
            Self::Interrupted(by) => Failure::Interrupted {
                by,
                state: continues,
            },
            // What does not exist does not continue.
            Self::Failed(error) if is_missing(&error) => Failure::from(error),
            Self::Failed(error) => Failure::from(error).unfinished(continues),
        }
    }
}

fn is_missing(error: &Error) -> bool {
    let is_absent = error.status().is_none_or(|status| status.as_u16() == 404);
    error.kind() == ErrorKind::ApiStatus && is_absent
}

/// Clocks differ a little, and a request may time out at the very end.
fn is_over(error: &Error, elapsed: Duration, limit: Duration) -> bool {
    error.kind() == ErrorKind::Timeout && elapsed + TOLERANCE >= limit
}

/// For the last response.
const GRACE: Duration = Duration::from_secs(5);

/// More than two clocks of one machine differ.
const TOLERANCE: Duration = Duration::from_millis(100);
