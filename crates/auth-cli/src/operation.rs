//! Waits for something that a vendor does after its response, until its end, a time limit or a signal.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use auth_core::vendor::{Operation, Outage, Wait};
use auth_core::{Error, ErrorKind};

use crate::failure::{Ending, Failure, chain};
use crate::interruption::Interruption;
use crate::names::SettingNames;
use crate::notes::Level;
use crate::progress::Display;
use crate::work::Work;

/// Why a wait ended before the operation.
#[derive(Debug)]
pub(crate) struct Stop {
    cause: Cause,
    /// Whether the operation is known to exist.
    is_known: bool,
    /// Whether its last state is the present one, as far as can be known.
    is_current: bool,
}

#[derive(Debug)]
enum Cause {
    /// The text says what the last state is.
    TimeLimit(String),
    Interrupted(Interruption),
    Failed(Error),
}

/// What was seen of an operation.
#[derive(Debug)]
struct Seen {
    state: Option<String>,
    /// When the last usable response arrived, or the wait started.
    at: Instant,
    /// Why no response has arrived since.
    outage: Option<String>,
}

/// Waits, and shows the state on a terminal; `what` names the operation until its state is known.
///
/// An outage is reported when it starts, when its reason changes, and when it ends.
pub(crate) async fn follow<T: Operation>(
    wait: Wait<T>,
    time_limit: Option<Duration>,
    what: &str,
    work: &mut Work,
) -> Result<T, Stop> {
    let limit = time_limit.unwrap_or(Wait::<T>::DEFAULT_TIME_LIMIT);
    let display = Arc::new(Display::of_state(&format!("waiting for {what}")));
    let started = Instant::now();
    let seen = Arc::new(Mutex::new(Seen {
        state: None,
        at: started,
        outage: None,
    }));
    let on_progress = {
        let (seen, display) = (Arc::clone(&seen), Arc::clone(&display));
        move |state: &T| lock(&seen).respond(state.describe(), &display)
    };
    let on_outage = {
        let (seen, what) = (Arc::clone(&seen), what.to_owned());
        move |outage: &Outage| lock(&seen).fail(outage, &what, &display)
    };
    let wait = wait.time_limit(limit).on_progress(on_progress);
    let wait = wait.on_outage(on_outage);
    // A request that hangs has a limit of its own, which may be longer.
    let waiting = tokio::time::timeout(limit.saturating_add(GRACE), wait.outcome());
    let mut is_hanging = false;
    let cause = tokio::select! {
        biased;
        waited = waiting => match waited {
            Ok(Ok(finished)) => return Ok(finished),
            Ok(Err(error)) if !is_over(&error, started.elapsed(), limit) => Cause::Failed(error),
            ended => {
                is_hanging = ended.is_err();
                Cause::TimeLimit(lock(&seen).at_time_limit(what, limit, is_hanging))
            }
        },
        by = work.interrupted() => Cause::Interrupted(by),
    };
    let seen = lock(&seen);
    Err(Stop {
        cause,
        is_known: seen.state.is_some(),
        is_current: seen.state.is_some() && seen.outage.is_none() && !is_hanging,
    })
}

impl Stop {
    /// Returns the signal that ended the wait.
    pub(crate) fn interruption(&self) -> Option<Interruption> {
        match self.cause {
            Cause::Interrupted(by) => Some(by),
            _ => None,
        }
    }

    /// Counts the operation as known, since this run started it.
    pub(crate) fn of_known(self) -> Self {
        Self {
            is_known: true,
            ..self
        }
    }

    /// Turns it into a failure that says how to continue; `continues` completes the operation's name with its argument, and says how to wait again.
    pub(crate) fn into_failure(self, continues: impl Fn(&str) -> String) -> Failure {
        let likely = match self.is_current {
            true => "continues",
            false => "may continue",
        };
        match self.cause {
            Cause::TimeLimit(state) => {
                let message = format!("{state}; {}", continues(likely));
                Failure::Operation(Ending::TimeLimit, message)
            }
            Cause::Interrupted(by) => Failure::Interrupted {
                by,
                state: continues("continues"),
            },
            // What does not exist, or was never seen, is not said to continue.
            Cause::Failed(error) if is_missing(&error) || !self.is_known => Failure::from(error),
            Cause::Failed(error) => Failure::from(error).unfinished(continues(likely)),
        }
    }
}

impl Seen {
    fn respond(&mut self, state: String, display: &Display) {
        if self.outage.take().is_some() {
            display.note(Level::Progress, &format!("the API responds again: {state}"));
        }
        display.say(&state);
        self.state = Some(state);
        self.at = Instant::now();
    }

    fn fail(&mut self, outage: &Outage, what: &str, display: &Display) {
        let why = chain(outage.error(), &SettingNames::default());
        let seconds = rounded_up(outage.duration());
        let line = format!(
            "the API has been unavailable for {seconds} s: {why}; still waiting for {what}"
        );
        display.note(Level::Warning, &line);
        display.say(&format!("the API is unavailable, waiting for {what}"));
        self.outage = Some(why);
    }

    /// Returns the last state, and how old it is unless the API has just confirmed it.
    fn at_time_limit(&self, what: &str, limit: Duration, is_hanging: bool) -> String {
        let limit = limit.as_secs_f64();
        let silence = match &self.outage {
            Some(why) => format!("the API has been unavailable: {why}"),
            None if is_hanging => "the API has not responded".to_owned(),
            None => String::new(),
        };
        let unknown = || format!("the state of {what} is unknown after {limit} s");
        match (&self.state, silence.as_str()) {
            (Some(state), "") => format!("{state} after {limit} s"),
            (None, "") => unknown(),
            (Some(state), silence) => {
                let ago = rounded_up(self.at.elapsed());
                format!("{state}, as of {ago} s ago; since then {silence}")
            }
            (None, silence) => format!("{}; {silence}", unknown()),
        }
    }
}

/// Returns whole seconds, since none would read like no time at all.
fn rounded_up(duration: Duration) -> f64 {
    duration.as_secs_f64().ceil()
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
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
