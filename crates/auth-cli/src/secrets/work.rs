//! A request that changes something, watched for signals: what they mean depends on whether it was sent.

use std::time::Duration;

use auth_core::{Error, ErrorKind};
use futures_util::FutureExt as _;

use super::{Words, write_stdout};
use crate::failure::Failure;
use crate::signals::{Interruption, Signals};

/// A command that changes something, and the signals that may cut it short.
#[derive(Debug)]
pub(crate) struct Work {
    words: Words,
    signals: Signals,
}

impl Work {
    /// Starts to listen for signals; call it before anything is reserved that has to be cleaned up.
    pub(crate) fn start(words: Words) -> Result<Self, Failure> {
        Ok(Self {
            words,
            signals: Signals::listen()?,
        })
    }

    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    /// Waits for something that changes nothing; a signal ends it.
    pub(crate) async fn before<T>(
        &mut self,
        preparation: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            by = self.signals.next() => Err(self.not_done(by)),
            outcome = preparation => Ok(outcome?),
        }
    }

    /// Waits for the request that does it; after a signal, what came of it is not known.
    pub(crate) async fn during<T>(
        &mut self,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        // Nothing is sent before the first poll of the request.
        if let Some(by) = self.signals.next().now_or_never() {
            return Err(self.not_done(by));
        }
        tokio::select! {
            biased;
            // An answer that is there counts more than a signal: it may hold the only copy of a secret.
            outcome = request => outcome.map_err(|error| {
                if may_have_been_done(&error) {
                    Failure::from(error).unfinished(self.words.maybe())
                } else {
                    error.into()
                }
            }),
            by = self.signals.next() => Err(Failure::Interrupted {
                by,
                state: self.words.maybe(),
            }),
        }
    }

    /// Waits for a signal.
    pub(crate) async fn interrupted(&mut self) -> Interruption {
        self.signals.next().await
    }

    /// Writes to standard output; a signal ends the wait for a reader that does not read.
    pub(crate) async fn print(&mut self, bytes: Vec<u8>) -> Result<(), Failure> {
        let mut writing = tokio::task::spawn_blocking(move || write_stdout(&bytes));
        let written = tokio::select! {
            biased;
            written = &mut writing => written,
            by = self.signals.next() => {
                // Most writes end at once, and then nothing is lost.
                match tokio::time::timeout(GRACE, writing).await {
                    Ok(written) => written,
                    Err(_) => return Err(Failure::Interrupted { by, state: String::new() }),
                }
            }
        };
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::output(error)),
            Err(error) => Err(Failure::output(error.into())),
        }
    }

    fn not_done(&self, by: Interruption) -> Failure {
        Failure::Interrupted {
            by,
            state: self.words.nothing(),
        }
    }
}

/// Returns true unless it is certain that the request which failed changed nothing.
pub(crate) fn may_have_been_done(error: &Error) -> bool {
    match error.kind() {
        // These come from the token endpoint, or before anything is sent.
        ErrorKind::Config
        | ErrorKind::Closed
        | ErrorKind::Rejected
        | ErrorKind::Request
        | ErrorKind::Throttled => false,
        // A gateway that lost patience says nothing of what the API did.
        ErrorKind::Api => error
            .status()
            .is_some_and(|status| status.is_server_error() || status.as_u16() == 408),
        _ => error.may_have_been_sent(),
    }
}

/// Long for a write that has a reader, short for somebody who has just pressed Ctrl-C.
pub(crate) const GRACE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
