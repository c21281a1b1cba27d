//! A request that changes something, and signals during it: their meaning depends on whether it was sent.

use auth_core::Error;

use super::{Place, Words, hand_over, unread_response};
use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::output::print_unless_interrupted;
use crate::signals::Signals;

/// A command that changes something, and the signals that may interrupt it.
#[derive(Debug)]
pub(crate) struct Work {
    words: Words,
    signals: Signals,
}

impl Work {
    /// Starts to listen for signals; call it before reserving anything that needs cleanup.
    pub(crate) fn start(words: Words) -> Result<Self, Failure> {
        Ok(Self {
            words,
            signals: Signals::listen()?,
        })
    }

    /// Replaces the messages, once more is known.
    pub(crate) fn with_words(self, words: Words) -> Self {
        Self { words, ..self }
    }

    pub(crate) fn words(&self) -> &Words {
        &self.words
    }

    /// Waits for a step that changes nothing; a signal ends it.
    pub(crate) async fn prepare<T>(
        &mut self,
        preparation: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            by = self.signals.next() => Err(self.not_done(by)),
            outcome = preparation => Ok(outcome?),
        }
    }

    /// As [`Work::during`], for a request that returns a secret; an unreadable response is delivered to the secret's destination unchanged.
    pub(crate) async fn obtain<T>(
        &mut self,
        place: Place,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<(T, Place), Failure> {
        let mut unread = None;
        let noted = async {
            let outcome = request.await;
            if let Err(error) = &outcome {
                unread = unread_response(error);
            }
            outcome
        };
        let failure = match self.during(noted).await {
            Ok(value) => return Ok((value, place)),
            Err(failure) => failure,
        };
        let Some((id, response)) = unread else {
            return Err(failure);
        };
        let why = hand_over(&response, place, self).await;
        Err(failure.unfinished(self.words.without_secret(id.as_deref(), &why)))
    }

    /// Waits for the request that makes the change; after a signal, its outcome is unknown.
    pub(crate) async fn during<T>(
        &mut self,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            // A response that has arrived takes precedence over a signal: it may contain the only copy of a secret.
            outcome = request => outcome.map_err(|error| {
                match error.side_effect() {
                    Some(done) if done.is_certain() => {
                        let state = self.words.without_secret(done.id(), "was not returned");
                        Failure::from(error).unfinished(state)
                    }
                    Some(_) => Failure::from(error).unfinished(self.words.maybe()),
                    None => error.into(),
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
        print_unless_interrupted(bytes, &mut self.signals).await
    }

    fn not_done(&self, by: Interruption) -> Failure {
        Failure::Interrupted {
            by,
            state: self.words.nothing(),
        }
    }
}
