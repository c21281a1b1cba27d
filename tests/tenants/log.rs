//! Collects what one test's thread logs.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::filter::LevelFilter;

/// The lines that were logged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Becomes this thread's subscriber until the guard is dropped.
    ///
    /// With one dispatcher alone, tracing asks the thread that first reaches an event whether it is
    /// wanted, and that may be another test's, whose answer stays. So a second one comes along.
    pub(crate) fn install() -> (Self, (DefaultGuard, Dispatch)) {
        let second = Dispatch::new(NoSubscriber::default());
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        (log, (guard, second))
    }

    /// Returns the first line that contains a text.
    pub(crate) fn line(&self, text: &str) -> Option<String> {
        self.lines(text).into_iter().next()
    }

    /// Returns the lines that contain a text.
    pub(crate) fn lines(&self, text: &str) -> Vec<String> {
        let all = String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned();
        let lines = all.lines().filter(|line| line.contains(text));
        lines.map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
