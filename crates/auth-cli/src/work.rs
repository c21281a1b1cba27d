//! Work that changes something, and signals during it: their meaning depends on whether the request was sent.

use auth_core::Error;

use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::output::print_unless_interrupted;
use crate::signals::Signals;

/// A command that changes something, and the signals that may interrupt it.
#[derive(Debug)]
pub(crate) struct Work {
    messages: Messages,
    signals: Signals,
}

/// What a command that ends early says of its change.
#[derive(Debug, Clone)]
pub(crate) struct Messages {
    /// Before the request.
    pub(crate) nothing: String,
    /// If the outcome of the request is unknown.
    pub(crate) maybe: String,
}

impl Work {
    /// Starts to listen for signals; call it before reserving anything that needs cleanup.
    pub(crate) fn start(
        nothing: impl Into<String>,
        maybe: impl Into<String>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            messages: Messages {
                nothing: nothing.into(),
                maybe: maybe.into(),
            },
            signals: Signals::listen()?,
        })
    }

    /// Replaces the messages, once more is known.
    pub(crate) fn with_messages(self, messages: Messages) -> Self {
        Self { messages, ..self }
    }

    /// Waits for a step that changes nothing; a signal ends it.
    pub(crate) async fn prepare<T>(
        &mut self,
        preparation: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            by = self.signals.next() => Err(Failure::Interrupted {
                by,
                state: self.messages.nothing.clone(),
            }),
            outcome = preparation => Ok(outcome?),
        }
    }

    /// Waits for the request that makes the change; after a signal, its outcome is unknown.
    pub(crate) async fn during<T>(
        &mut self,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            // A response that has arrived takes precedence over a signal: it may contain the only copy of a secret.
            outcome = request => outcome.map_err(|error| match error.side_effect() {
                Some(_) => Failure::from(error).unfinished(self.messages.maybe.clone()),
                None => error.into(),
            }),
            by = self.signals.next() => Err(Failure::Interrupted {
                by,
                state: self.messages.maybe.clone(),
            }),
        }
    }

    /// Waits for a signal.
    pub(crate) async fn interrupted(&mut self) -> Interruption {
        self.signals.next().await
    }

    /// Writes to standard output; a signal ends the wait for a reader that does not read.
    pub(crate) async fn print(&mut self, bytes: Vec<u8>) -> Result<(), Failure> {
        print_unless_interrupted(bytes, &mut self.signals).await
    }
}

/// Adds the state to a failed output of a completed operation without a secret.
pub(crate) fn printed(outcome: Result<(), Failure>, state: String) -> Result<(), Failure> {
    match outcome {
        Err(failure @ (Failure::System(..) | Failure::Interrupted { .. })) => {
            Err(failure.unfinished(state))
        }
        other => other,
    }
}
