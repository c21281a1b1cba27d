//! Messages for a command that ends early: what exists or may exist, and the exact command to get a new secret.

use std::fmt::Write as _;

use crate::arguments::SecretArguments;
use crate::quoting::quoted;
use crate::work::Messages;

/// What a command is about to do with a secret, for the messages of its failures.
#[derive(Debug, Clone)]
pub(crate) struct SecretMessages {
    action: Action,
}

#[derive(Debug, Clone)]
enum Action {
    /// Creates a thing that has a secret.
    Create { what: String, recovery: Recovery },
    /// Replaces the secret of a thing.
    Renew {
        what: String,
        id: String,
        recovery: Recovery,
    },
}

/// How to replace a secret that was lost, or to remove what has it.
#[derive(Debug, Clone)]
struct Recovery {
    holder: SecretHolder,
    /// The secret's destination, as an option of the command.
    option: String,
}

/// A kind of thing with a secret that is shown once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SecretHolder {
    /// The noun for one of them.
    pub(crate) noun: &'static str,
    /// The subcommand of `vauth runai`.
    pub(crate) resource: &'static str,
    /// The noun for its secret.
    pub(crate) secret: &'static str,
    /// The subcommand that replaces the secret.
    pub(crate) renew: &'static str,
}

impl SecretHolder {
    /// A client for programs, or a key.
    pub(crate) const fn client(noun: &'static str, resource: &'static str) -> Self {
        Self {
            noun,
            resource,
            secret: "secret",
            renew: "regenerate-secret",
        }
    }

    pub(crate) const APPLICATION: Self = Self::client("application", "apps");

    pub(crate) const SERVICE_ACCOUNT: Self = Self::client("service account", "service-accounts");

    pub(crate) const USER: Self = Self {
        noun: "user",
        resource: "users",
        secret: "password",
        renew: "reset-password",
    };
}

impl SecretMessages {
    /// For a command that creates a thing of this name.
    pub(crate) fn create(holder: SecretHolder, name: &str, secret: &SecretArguments) -> Self {
        let action = Action::Create {
            what: format!("{} {name}", holder.noun),
            recovery: Recovery::new(holder, secret),
        };
        Self { action }
    }

    /// For a command that replaces the secret of the thing with this id.
    pub(crate) fn renew(holder: SecretHolder, id: &str, secret: &SecretArguments) -> Self {
        let action = Action::Renew {
            what: format!("{} {id}", holder.noun),
            id: id.to_owned(),
            recovery: Recovery::new(holder, secret),
        };
        Self { action }
    }

    /// Returns the message if nothing was changed.
    pub(crate) fn nothing(&self) -> String {
        match &self.action {
            Action::Create { .. } => "nothing was created".to_owned(),
            Action::Renew { recovery, .. } => {
                format!("the {} was not replaced", recovery.holder.secret)
            }
        }
    }

    /// Returns the message if the outcome of the request is unknown.
    pub(crate) fn maybe(&self) -> String {
        match &self.action {
            Action::Create { what, recovery } => format!(
                "{what} may have been created: look for it with `vauth runai {} list`; if it exists, {}",
                recovery.holder.resource,
                recovery.remedies(None)
            ),
            Action::Renew { what, id, recovery } => format!(
                "the {secret} of {what} may have been replaced, in which case the old one no longer works: get a new one with `{}`",
                recovery.renew(Some(id)),
                secret = recovery.holder.secret
            ),
        }
    }

    /// Returns the messages for a command that ends before the outcome is known.
    pub(crate) fn without_outcome(&self) -> Messages {
        Messages {
            nothing: self.nothing(),
            maybe: self.maybe(),
        }
    }

    /// Returns the message if it succeeded without delivering the secret; `why` completes "its secret ...".
    pub(crate) fn without_secret(&self, id: Option<&str>, why: &str) -> String {
        match &self.action {
            Action::Create { what, recovery } => {
                let mut text = format!("{what} exists now");
                if let Some(id) = id {
                    let _ = write!(text, " with the id {id}");
                }
                let _ = write!(text, ", and its {} {why}", recovery.holder.secret);
                match id {
                    Some(_) => format!("{text}: {}", recovery.remedies(id)),
                    None => format!(
                        "{text}: find its id with `vauth runai {} list`, and {}",
                        recovery.holder.resource,
                        recovery.remedies(None)
                    ),
                }
            }
            Action::Renew { what, id, recovery } => format!(
                "the {secret} of {what} was replaced, the old one no longer works, and the new one {why}: get another one with `{}`",
                recovery.renew(Some(id)),
                secret = recovery.holder.secret
            ),
        }
    }

    /// Returns the message if the secret was delivered, but something else failed.
    pub(crate) fn with_secret(&self, id: Option<&str>) -> String {
        match &self.action {
            Action::Create { what, recovery } => {
                let SecretHolder {
                    secret, resource, ..
                } = recovery.holder;
                let place = match recovery.option.strip_prefix("--secret-file ") {
                    Some(path) => format!("is in {path}"),
                    None => "was printed".to_owned(),
                };
                match id {
                    Some(id) => {
                        format!("{what} exists now with the id {id}, and its {secret} {place}")
                    }
                    None => format!(
                        "{what} exists now, and its {secret} {place}: find its id with `vauth runai {resource} list`"
                    ),
                }
            }
            Action::Renew { .. } => self.nothing(),
        }
    }
}

impl Recovery {
    fn new(holder: SecretHolder, secret: &SecretArguments) -> Self {
        let option = match &secret.secret_file {
            Some(path) => format!("--secret-file {}", quoted(&path.to_string_lossy())),
            None => "--show-secret".to_owned(),
        };
        Self { holder, option }
    }

    fn renew(&self, id: Option<&str>) -> String {
        let SecretHolder {
            resource, renew, ..
        } = self.holder;
        let id = id.map_or_else(|| "ID".to_owned(), quoted);
        format!("vauth runai {resource} {renew} {id} {}", self.option)
    }

    fn remedies(&self, id: Option<&str>) -> String {
        let SecretHolder {
            resource, secret, ..
        } = self.holder;
        let named = id.map_or_else(|| "ID".to_owned(), quoted);
        format!(
            "get a new {secret} with `{}`, or remove it with `vauth runai {resource} delete {named}`",
            self.renew(id)
        )
    }
}

#[cfg(test)]
mod tests;
