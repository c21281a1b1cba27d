//! A progress line on the terminal while a command waits for the server.

use std::io::{self, IsTerminal as _};
use std::pin::pin;
use std::time::{Duration, Instant};

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
            note(
                Level::Progress,
                &format!(
                    "still waiting for the server after {seconds} s; it may be slow, or have asked to slow down"
                ),
            );
        }
    }
}

/// Longer than a healthy server takes, but short enough to reassure the user.
const EVERY: Duration = Duration::from_secs(5);
