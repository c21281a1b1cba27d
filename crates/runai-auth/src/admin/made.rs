//! Calls that create something: all readable parts of the response are returned, and errors name what may exist.

use std::marker::PhantomData;

use auth_core::{Error, ErrorKind, Result, Secret, SideEffect};
use http::StatusCode;
use serde::de::DeserializeOwned;

use super::Admin;
use super::call::named;
use super::model::ClientWithSecret;
use super::request::Request;
use super::wire::{Members, read_item};

/// What a call creates, and the advice if its response is lost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Making<'a> {
    /// The noun for it.
    pub(super) kind: &'static str,
    /// The name to look for.
    pub(super) name: &'a str,
    pub(super) advice: &'static str,
}

/// The response to such a call, as far as it could be read.
pub(super) struct Made<'a, T> {
    making: Making<'a>,
    status: StatusCode,
    members: Members,
    body: Secret,
    answer: PhantomData<fn() -> T>,
}

impl Admin {
    /// Sends a request that creates something; a success is read as far as possible.
    pub(super) async fn make<'a, T>(
        &self,
        request: Request<T>,
        making: Making<'a>,
    ) -> Result<Made<'a, T>> {
        let answer = self.answer(&request).await;
        let answer = answer.map_err(|error| making.explain(error))?;
        let status = answer.status();
        if !status.is_success() {
            let refused = answer.error_for_status().map(drop);
            let error = refused.err().unwrap_or_else(|| making.unreadable(status));
            return Err(making.explain(named(error)));
        }
        Ok(Made {
            making,
            status,
            members: Members::read(answer.body()),
            body: Secret::from(String::from_utf8_lossy(answer.body()).into_owned()),
            answer: PhantomData,
        })
    }

    /// Sends a request that changes something and whose response is ignored.
    pub(super) async fn change<T>(&self, request: Request<T>, making: Making<'_>) -> Result<()> {
        self.make(request, making).await.map(drop)
    }
}

impl Making<'_> {
    /// Adds to an error what may exist, unless the call certainly had no effect.
    fn explain(self, error: Error) -> Error {
        if !may_have_worked(&error) {
            return error;
        }
        error.with_side_effect(self.side_effect())
    }

    fn side_effect(self) -> SideEffect {
        SideEffect::new(self.kind, self.name, self.advice)
    }

    fn unreadable(self, status: StatusCode) -> Error {
        let message = format!(
            "the API made the {} and returned nothing about it",
            self.kind
        );
        named(
            Error::new(ErrorKind::InvalidResponse, message)
                .with_status(status)
                .with_retryable(false),
        )
    }
}

impl<T> Made<'_, T> {
    /// Takes the members that all kinds of account share; with `falls_back`, the name replaces a missing client id.
    pub(super) fn into_account(mut self, falls_back: bool) -> Result<ClientWithSecret> {
        let Some(secret) = self.members.client_secret() else {
            return Err(self.lacks("its secret"));
        };
        let id = self.members.id();
        let name = self.members.name();
        let name = name.unwrap_or_else(|| self.making.name.to_owned());
        let client_id = self.members.client_id();
        let client_id = client_id.or_else(|| falls_back.then(|| name.clone()));
        let lacking = [("id", id.is_none()), ("clientId", client_id.is_none())];
        Ok(ClientWithSecret {
            id: id.unwrap_or_default(),
            name,
            client_id: client_id.unwrap_or_default(),
            secret,
            incomplete: lacking_of(lacking),
        })
    }

    /// Takes the new secret.
    pub(super) fn into_client_secret(mut self) -> Result<Secret> {
        let secret = self.members.client_secret();
        secret.ok_or_else(|| self.lacks("it"))
    }

    /// Takes the new password.
    pub(super) fn into_temporary_password(mut self) -> Result<Secret> {
        let password = self.members.temporary_password();
        password.ok_or_else(|| self.lacks("it"))
    }

    /// Takes the members of a thing without a secret; a truncated response counts as far as it goes.
    pub(super) fn into_item(self) -> T
    where
        T: DeserializeOwned + Default,
    {
        read_item(self.members.into_value())
    }

    /// Takes the members of a thing that has an id; one that the control plane only accepted, without its members, is looked for.
    pub(super) async fn into_identified<V, F>(
        self,
        find: impl FnOnce() -> F,
        read: impl FnOnce(T) -> V,
    ) -> Result<V>
    where
        T: DeserializeOwned + Default,
        F: Future<Output = Result<Option<V>>>,
    {
        if self.members.id().is_some() && self.is_object() {
            return Ok(read(self.into_item()));
        }
        if self.status == StatusCode::ACCEPTED
            && let Ok(Some(found)) = find().await
        {
            return Ok(found);
        }
        Err(self.lacks("its id"))
    }

    /// Returns true if the response is one complete object.
    pub(super) fn is_object(&self) -> bool {
        self.members.is_whole && self.members.is_object
    }

    pub(super) fn members(&mut self) -> &mut Members {
        &mut self.members
    }

    /// The error for a response that lacks the essential member, with all that was returned.
    pub(super) fn lacks(self, what: &str) -> Error {
        let Self {
            making,
            status,
            members,
            body,
            ..
        } = self;
        let message = format!(
            "the API made the {} and its response lacks {what}, or cannot be read",
            making.kind
        );
        let mut side_effect = making.side_effect().certain().with_id(members.id());
        // An answer that was read whole and has no members held no secret, and neither did one without content.
        let content = body.expose_secret().trim_start_matches('\u{feff}').trim();
        let is_blank = matches!(content, "" | "null");
        if !is_blank && (!members.is_whole || !members.is_empty()) {
            side_effect = side_effect.with_response(body.expose_secret());
        }
        named(
            Error::new(ErrorKind::InvalidResponse, message)
                .with_status(status)
                .with_side_effect(side_effect),
        )
    }
}

/// Returns the names of the missing members.
pub(super) fn lacking_of<const N: usize>(members: [(&'static str, bool); N]) -> Vec<&'static str> {
    let lacking = members.into_iter().filter(|(_, lacks)| *lacks);
    lacking.map(|(name, _)| name).collect()
}

/// A rejected or unsent request had no effect; everything else is unknown.
fn may_have_worked(error: &Error) -> bool {
    let is_refusal = error.status().is_some_and(|status| {
        (status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT)
            || status.is_redirection()
    });
    error.may_have_been_sent() && !is_refusal && !super::call::is_missing(error)
}

/// The advice for something without a secret.
pub(super) const LOOK_FIRST: &str = "look for it by name before it is made again";

/// The advice for the secret of an account whose response was lost.
pub(super) const REGENERATE: &str =
    "look for it by name, and if it is there make a new secret with regenerate_secret";

/// The advice if the response to a regeneration was lost.
pub(super) const REGENERATE_AGAIN: &str =
    "the old one no longer works if it does, so make another with regenerate_secret";
