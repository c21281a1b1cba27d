//! A request that returns a secret, and what is said of the secret if it ends early.

use auth_core::Error;

use super::{Place, SecretMessages, hand_over, unread_response};
use crate::failure::Failure;
use crate::work::Work;

/// A command that creates or replaces a secret.
#[derive(Debug)]
pub(crate) struct SecretWork {
    work: Work,
    messages: SecretMessages,
}

impl SecretWork {
    /// Starts to listen for signals; call it before reserving anything that needs cleanup.
    pub(crate) fn start(messages: SecretMessages) -> Result<Self, Failure> {
        Ok(Self {
            work: Work::start(messages.nothing(), messages.maybe())?,
            messages,
        })
    }

    /// Replaces the messages, once more is known.
    pub(crate) fn with_messages(self, messages: SecretMessages) -> Self {
        Self {
            work: self.work.with_messages(messages.without_outcome()),
            messages,
        }
    }

    pub(crate) fn messages(&self) -> &SecretMessages {
        &self.messages
    }

    /// As [`Work::prepare`].
    pub(crate) async fn prepare<T>(
        &mut self,
        preparation: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        self.work.prepare(preparation).await
    }

    /// As [`Work::print`].
    pub(crate) async fn print(&mut self, bytes: Vec<u8>) -> Result<(), Failure> {
        self.work.print(bytes).await
    }

    /// As [`Work::during`], for the request that returns the secret; an unreadable response is delivered to the secret's destination unchanged.
    pub(crate) async fn obtain<T>(
        &mut self,
        place: Place,
        request: impl Future<Output = Result<T, Error>>,
    ) -> Result<(T, Place), Failure> {
        let mut failed = None;
        let noted = async {
            let outcome = request.await;
            failed = outcome.as_ref().err().cloned();
            outcome
        };
        let failure = match self.work.during(noted).await {
            Ok(value) => return Ok((value, place)),
            Err(failure) => failure,
        };
        let Some(error) = failed else {
            return Err(failure);
        };
        let done = error.side_effect().filter(|done| done.is_certain());
        let (id, why) = match (unread_response(&error), done) {
            (Some((id, response)), _) => (id, hand_over(&response, place, &mut self.work).await),
            (None, Some(done)) => (done.id().map(str::to_owned), "was not returned".to_owned()),
            (None, None) => return Err(failure),
        };
        Err(failure.unfinished(self.messages.without_secret(id.as_deref(), &why)))
    }
}
