//! What a terminal shows while a command waits for the server: a line from time to time, a bar, or a spinner.

use std::io::{self, IsTerminal as _};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use auth_core::Error;
use futures_util::{Stream, TryStreamExt as _};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::notes::{Level, is_quiet, note};
use crate::text::one_line;

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
            // A bar shows the same, and a line would tear it apart.
            if DISPLAYS.load(Ordering::Relaxed) > 0 || !is_due(seconds) {
                continue;
            }
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

/// A bar or a spinner on a terminal, until it is dropped; nothing elsewhere.
#[derive(Debug)]
pub(crate) struct Display {
    bar: ProgressBar,
    is_shown: bool,
}

impl Display {
    /// Shows how many of this many bytes were sent, under a name.
    pub(crate) fn of_bytes(name: &str, length: u64) -> Self {
        let display = Self::new(Some(length), BYTES);
        display.bar.set_message(one_line(name));
        display
    }

    /// Shows that something takes a while, and its state.
    pub(crate) fn of_state(state: &str) -> Self {
        let display = Self::new(None, STATES);
        display.say(state);
        if display.is_shown {
            display.bar.enable_steady_tick(TICK);
        }
        display
    }

    pub(crate) fn say(&self, state: &str) {
        doing(state);
        self.bar.set_message(one_line(state));
    }

    /// Writes a line above the bar or the spinner.
    pub(crate) fn note(&self, level: Level, line: &str) {
        self.bar.suspend(|| note(level, line));
    }

    /// Returns a handle that sets how many bytes were sent.
    pub(crate) fn position(&self) -> impl Fn(u64) + Send + Sync + 'static {
        let bar = self.bar.clone();
        move |sent| bar.set_position(sent)
    }

    fn new(length: Option<u64>, template: &str) -> Self {
        let target = match io::stderr().is_terminal() && !is_quiet() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(length, target);
        // A terminal that cannot move its cursor shows lines instead.
        let is_shown = !bar.is_hidden();
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        DISPLAYS.fetch_add(usize::from(is_shown), Ordering::Relaxed);
        Self { bar, is_shown }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        DISPLAYS.fetch_sub(usize::from(self.is_shown), Ordering::Relaxed);
    }
}

/// After a minute, one line a minute is enough.
fn is_due(seconds: u64) -> bool {
    seconds <= 60 || seconds.is_multiple_of(60)
}

/// What the command is doing, as the end of a phrase; a process runs one command.
static STATE: Mutex<String> = Mutex::new(String::new());

/// How many bars and spinners are shown.
static DISPLAYS: AtomicUsize = AtomicUsize::new(0);

/// Longer than a healthy server takes, but short enough to reassure the user.
const EVERY: Duration = Duration::from_secs(5);

/// Often enough to look alive, and no load.
const TICK: Duration = Duration::from_millis(250);

const BYTES: &str =
    "{msg} {percent:>3} % [{bar:24}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";

const STATES: &str = "{spinner} {msg}, {elapsed}";
