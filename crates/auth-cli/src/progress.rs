//! A line on the terminal while a command waits, so that nobody sits in front of one that seems to have stopped.

use std::io::{self, IsTerminal as _, Write as _};
use std::pin::pin;
use std::time::{Duration, Instant};

/// Waits for `work`, and says on a terminal that it is still waiting.
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
        // Longer than asked for: the command itself was waiting, for somebody to answer a question.
        if started.elapsed() < 2 * EVERY {
            waited += EVERY;
            let seconds = waited.as_secs();
            let line = format!(
                "vauth: still waiting for the server after {seconds} s; it may be slow, or have asked for a pause\n"
            );
            // Without a reader there is nobody to tell.
            let _ = io::stderr().lock().write_all(line.as_bytes());
        }
    }
}

/// Longer than a healthy server takes, and before a person wonders.
const EVERY: Duration = Duration::from_secs(5);
