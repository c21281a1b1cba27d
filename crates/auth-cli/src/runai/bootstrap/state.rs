//! What a bootstrap that ends says of what exists: after a step whose outcome is unknown, and after one that had no effect.

use auth_core::{Error, SideEffect};
use http::StatusCode;

use super::command_line::command;
use crate::arguments::runai::BootstrapArguments;
use crate::secrets::SecretMessages;

/// The department and the project that a run created.
#[derive(Debug, Default)]
pub(super) struct CreatedPlaces(Vec<CreatedPlace>);

#[derive(Debug)]
struct CreatedPlace {
    noun: &'static str,
    name: String,
    id: String,
}

/// What is said if the run ends with the present step.
#[derive(Debug)]
pub(super) struct State {
    /// If the outcome of the step is unknown.
    unknown: String,
    /// If the step had no effect; none if it creates nothing.
    without_effect: Option<String>,
}

impl CreatedPlaces {
    pub(super) fn add(&mut self, noun: &'static str, name: &str, id: &str) {
        self.0.push(CreatedPlace {
            noun,
            name: name.to_owned(),
            id: id.to_owned(),
        });
    }

    /// Returns true if this is one of them.
    pub(super) fn contains(&self, done: &SideEffect) -> bool {
        let is_it = |place: &CreatedPlace| place.noun == done.kind() && place.name == done.name();
        self.0.iter().any(is_it)
    }

    /// Puts them before the state of what follows.
    pub(super) fn before(&self, state: String) -> String {
        let named = self.0.iter().map(|place| {
            let CreatedPlace { noun, name, id } = place;
            format!("{noun} {name} (id {id})")
        });
        let named: Vec<_> = named.collect();
        match named.len() {
            0 => state,
            1 => format!("{} exists now; {state}", named.concat()),
            _ => format!("{} exist now; {state}", named.join(" and ")),
        }
    }
}

impl State {
    /// Returns the state of a step that creates nothing.
    pub(super) fn certain(text: impl Into<String>) -> Self {
        Self {
            unknown: text.into(),
            without_effect: None,
        }
    }

    pub(super) fn place(noun: &str, name: &str, arguments: &BootstrapArguments) -> Self {
        Self::step(
            format!(
                "{noun} {name} may have been created: run `{}` again, which finds it and completes the setup",
                command(arguments)
            ),
            format!("{noun} {name} was not created"),
        )
    }

    pub(super) fn account(arguments: &BootstrapArguments) -> Self {
        let name = &arguments.name;
        Self::step(
            format!(
                "account {name} may have been created: run `{} --regenerate-secret`, which finds it and creates a new secret for it",
                command(arguments)
            ),
            format!("account {name} was not created"),
        )
    }

    pub(super) fn renewed_secret(
        messages: &SecretMessages,
        arguments: &BootstrapArguments,
    ) -> Self {
        Self::step(
            messages.maybe(),
            format!("the secret of account {} was not replaced", arguments.name),
        )
    }

    pub(super) fn access_rule(arguments: &BootstrapArguments) -> Self {
        Self::step(
            format!(
                "the access rule of the account may have been created: run `{}` again to complete the setup",
                command(arguments)
            ),
            format!(
                "account {} exists, and its access rule was not created",
                arguments.name
            ),
        )
    }

    pub(super) fn sign_in(arguments: &BootstrapArguments) -> Self {
        Self::certain(format!(
            "the account and its access rule exist: run `{}` again to complete the setup",
            command(arguments)
        ))
    }

    pub(super) fn user(email: &str, messages: &SecretMessages) -> Self {
        Self::step(
            messages.maybe(),
            format!("the account and its access rule exist, and user {email} was not created"),
        )
    }

    fn step(unknown: String, without_effect: String) -> Self {
        Self {
            unknown,
            without_effect: Some(without_effect),
        }
    }

    /// Returns the text if the outcome of the step is unknown.
    pub(super) fn unknown(&self) -> &str {
        &self.unknown
    }

    /// Returns the text after a step that had no effect; what the API finds invalid stays so in another run.
    pub(super) fn without_effect(&self, error: &Error, arguments: &BootstrapArguments) -> String {
        let Some(text) = &self.without_effect else {
            return self.unknown.clone();
        };
        match error.status() {
            Some(StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY) => text.clone(),
            _ => format!(
                "{text}: run `{}` again once the cause is fixed",
                command(arguments)
            ),
        }
    }
}
