//! Lines on standard error: errors, warnings and progress.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU8, Ordering};

use crate::style::{self, Style};
use crate::text::one_line;

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Error,
    /// What a command created, where nothing else says so; never suppressed.
    Created,
    /// Suppressed by `--quiet`.
    Warning,
    /// Suppressed by `--quiet`.
    Progress,
}

/// Suppresses all lines but errors and what was created.
pub(crate) fn be_quiet() {
    QUIET.store(1, Ordering::Relaxed);
}

/// Returns true if progress and warnings are not written.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed) != 0
}

/// Writes one line, cleaned.
pub(crate) fn note(level: Level, message: &str) {
    let is_needed = matches!(level, Level::Error | Level::Created);
    if !is_needed && is_quiet() {
        return;
    }
    let prefix = match level {
        Level::Error => style::on_stderr(Style::Error, PREFIX),
        Level::Warning => style::on_stderr(Style::Warning, PREFIX),
        Level::Created | Level::Progress => PREFIX.to_owned(),
    };
    let line = format!("{prefix} {}\n", one_line(message));
    // Without a reader, the message is lost.
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// A line is written from anywhere, also where no arguments are.
static QUIET: AtomicU8 = AtomicU8::new(0);

const PREFIX: &str = "vauth:";
