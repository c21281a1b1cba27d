//! Termination signals, handled while the command creates something, so that it can report what exists before it ends.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use crate::failure::Failure;
use crate::interruption::Interruption;

/// The signals since its creation, including those that arrived before `next` was called.
#[derive(Debug)]
pub(crate) struct Signals {
    streams: Vec<(Interruption, Stream)>,
    /// When the last one was returned.
    last: Option<Instant>,
    /// One that was returned and ended nothing.
    unused: Option<Interruption>,
}

#[cfg(unix)]
type Stream = tokio::signal::unix::Signal;

#[cfg(windows)]
type Stream = tokio::signal::windows::CtrlC;

impl Signals {
    /// Starts to listen; from now on none of them ends the process by itself.
    #[cfg(unix)]
    pub(crate) fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};

        let ignored = ignored();
        let kinds = [
            ("SIGINT", SignalKind::interrupt()),
            ("SIGTERM", SignalKind::terminate()),
            ("SIGHUP", SignalKind::hangup()),
            ("SIGQUIT", SignalKind::quit()),
        ];
        let mut streams = Vec::new();
        for (name, kind) in kinds {
            let number = u8::try_from(kind.as_raw_value()).unwrap_or_default();
            // Signals that nohup or a shell's background job ignores stay ignored.
            if ignored & (1 << number.saturating_sub(1)) != 0 {
                continue;
            }
            let stream = signal(kind).map_err(cannot_listen)?;
            streams.push((Interruption::new(name, number), stream));
        }
        Ok(Self {
            streams,
            last: None,
            unused: None,
        })
    }

    /// Starts to listen; from now on Ctrl-C does not end the process by itself.
    #[cfg(windows)]
    pub(crate) fn listen() -> Result<Self, Failure> {
        let stream = tokio::signal::windows::ctrl_c().map_err(cannot_listen)?;
        Ok(Self {
            streams: vec![(Interruption::new("Ctrl-C", 2), stream)],
            last: None,
            unused: None,
        })
    }

    /// Waits for the next one; those that arrive together are one.
    pub(crate) async fn next(&mut self) -> Interruption {
        if let Some(unused) = self.unused.take() {
            return unused;
        }
        loop {
            let interruption = self.received().await;
            let is_another = self.last.is_none_or(|last| last.elapsed() >= TOGETHER);
            if is_another {
                self.last = Some(Instant::now());
                return interruption;
            }
        }
    }

    /// Makes `next` return a signal again that ended nothing.
    pub(crate) fn put_back(&mut self, interruption: Interruption) {
        self.unused = Some(interruption);
    }

    async fn received(&mut self) -> Interruption {
        poll_fn(|context| {
            for (interruption, stream) in &mut self.streams {
                if stream.poll_recv(context).is_ready() {
                    return Poll::Ready(*interruption);
                }
            }
            Poll::Pending
        })
        .await
    }
}

/// Turns a write beyond the file size limit into an error; by default, a signal would end the process silently.
#[cfg(unix)]
pub(crate) fn survive_file_size_limit() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    // The handler stays when the stream is dropped.
    let number = rustix::process::Signal::XFSZ.as_raw();
    signal(SignalKind::from_raw(number))
        .map(drop)
        .map_err(cannot_listen)
}

#[cfg(windows)]
pub(crate) fn survive_file_size_limit() -> Result<(), Failure> {
    Ok(())
}

fn cannot_listen(error: std::io::Error) -> Failure {
    Failure::System("cannot listen for signals", error)
}

/// Returns a bit mask of the signals that the process was started to ignore; empty if the system does not report them.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}

/// Tools send several at once, such as `timeout`, which signals the process and then its group, or a terminal that closes; a user needs longer.
const TOGETHER: Duration = Duration::from_millis(300);
