//! A progress line on the terminal while a command waits for the server.

use std::io::{self, IsTerminal as _};
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use auth_core::Error;
use futures_util::{Stream, TryStreamExt as _};

use crate::notes::{Level, note};

/// Waits for `work`, and reports on a terminal that it is still waiting.
pub(crate) async fn with_progress<T>(work: impl Future<Output = T>) -> T {
    if !io::stderr().is_terminal() {
        return work.await;
    }
    let mut work = pin!(work);
    let mut waited = Duration::ZERO;
    loop {
        let started = Instant::now();
        tokio::select! {
            biased;
            outcome = &mut work => return outcome,
            () = tokio::time::sleep(EVERY) => {}
        }
        // A longer sleep means that the command itself was blocked, waiting for a confirmation.
        if started.elapsed() < 2 * EVERY {
            waited += EVERY;
            let seconds = waited.as_secs();
            let state = STATE.lock().unwrap_or_else(PoisonError::into_inner).clone();
            note(
                Level::Progress,
                &format!(
                    "still waiting for the server after {seconds} s{state}; it may be slow, or have asked to slow down"
                ),
            );
        }
    }
}

/// Says what the command is doing, or how far it is, for the next line.
pub(crate) fn doing(what: &str) {
    *STATE.lock().unwrap_or_else(PoisonError::into_inner) = format!(", {what}");
}

/// Collects a list, and says how many entries have arrived.
pub(crate) async fn counted<T>(
    entries: impl Stream<Item = Result<T, Error>>,
) -> Result<Vec<T>, Error> {
    let mut entries = pin!(entries);
    let mut collected = Vec::new();
    while let Some(entry) = entries.try_next().await? {
        collected.push(entry);
        doing(&format!("with {} entries so far", collected.len()));
    }
    Ok(collected)
}

/// What the command is doing, as the end of a phrase; a process runs one command.
static STATE: Mutex<String> = Mutex::new(String::new());

/// Longer than a healthy server takes, but short enough to reassure the user.
const EVERY: Duration = Duration::from_secs(5);
