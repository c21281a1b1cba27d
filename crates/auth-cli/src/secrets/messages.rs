//! Messages for a command that ends early: what exists or may exist, and the exact command to get a new secret.

use std::fmt::Write as _;

use crate::arguments::SecretArguments;

/// What a command is about to do, for the messages of its failures.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    action: Action,
}

#[derive(Debug, Clone)]
enum Action {
    /// Creates a thing that has a secret.
    Create { what: String, names: Names },
    /// Replaces the secret of a thing.
    Renew {
        what: String,
        id: String,
        names: Names,
    },
    /// Changes something that has no secret to lose.
    Plain {
        nothing: &'static str,
        maybe: String,
    },
}

/// How the command refers to a kind of thing with a secret.
#[derive(Debug, Clone)]
struct Names {
    kind: Kind,
    /// The secret's destination, as an option of the command.
    option: String,
}

/// A kind of thing with a secret that is shown once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// The noun for one of them.
    pub(crate) noun: &'static str,
    /// The subcommand of `vauth runai`.
    pub(crate) resource: &'static str,
    /// The noun for its secret.
    pub(crate) secret: &'static str,
    /// The subcommand that replaces the secret.
    pub(crate) renew: &'static str,
}

impl Kind {
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

impl Words {
    /// For a command that creates a thing of this name.
    pub(crate) fn create(kind: Kind, name: &str, secret: &SecretArguments) -> Self {
        let action = Action::Create {
            what: format!("{} {name}", kind.noun),
            names: Names::new(kind, secret),
        };
        Self { action }
    }

    /// For a command that replaces the secret of the thing with this id.
    pub(crate) fn renew(kind: Kind, id: &str, secret: &SecretArguments) -> Self {
        let action = Action::Renew {
            what: format!("{} {id}", kind.noun),
            id: id.to_owned(),
            names: Names::new(kind, secret),
        };
        Self { action }
    }

    /// For a command that changes something else.
    pub(crate) fn plain(nothing: &'static str, maybe: String) -> Self {
        let action = Action::Plain { nothing, maybe };
        Self { action }
    }

    /// Returns the message if nothing was changed.
    pub(crate) fn nothing(&self) -> String {
        match &self.action {
            Action::Create { .. } => "nothing was created".to_owned(),
            Action::Renew { names, .. } => format!("the {} was not replaced", names.kind.secret),
            Action::Plain { nothing, .. } => (*nothing).to_owned(),
        }
    }

    /// Returns the message if the outcome of the request is unknown.
    pub(crate) fn maybe(&self) -> String {
        match &self.action {
            Action::Create { what, names } => format!(
                "{what} may have been created: look for it with `vauth runai {} list`; if it exists, {}",
                names.kind.resource,
                names.remedies(None)
            ),
            Action::Renew { what, id, names } => format!(
                "the {secret} of {what} may have been replaced, in which case the old one no longer works: get a new one with `{}`",
                names.renew(Some(id)),
                secret = names.kind.secret
            ),
            Action::Plain { maybe, .. } => maybe.clone(),
        }
    }

    /// Returns the message if it succeeded without delivering the secret; `why` completes "its secret ...".
    pub(crate) fn without_secret(&self, id: Option<&str>, why: &str) -> String {
        match &self.action {
            Action::Create { what, names } => {
                let mut text = format!("{what} exists now");
                if let Some(id) = id {
                    let _ = write!(text, " with the id {id}");
                }
                let _ = write!(text, ", and its {} {why}", names.kind.secret);
                match id {
                    Some(_) => format!("{text}: {}", names.remedies(id)),
                    None => format!(
                        "{text}: find its id with `vauth runai {} list`, and {}",
                        names.kind.resource,
                        names.remedies(None)
                    ),
                }
            }
            Action::Renew { what, id, names } => format!(
                "the {secret} of {what} was replaced, the old one no longer works, and the new one {why}: get another one with `{}`",
                names.renew(Some(id)),
                secret = names.kind.secret
            ),
            // The outcome is as unknown as with a lost response.
            Action::Plain { maybe, .. } => maybe.clone(),
        }
    }

    /// Returns the message if the secret was delivered, but something else failed.
    pub(crate) fn with_secret(&self, id: Option<&str>) -> String {
        match &self.action {
            Action::Create { what, names } => {
                let Kind {
                    secret, resource, ..
                } = names.kind;
                let place = match names.option.strip_prefix("--secret-file ") {
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
            Action::Renew { .. } | Action::Plain { .. } => self.nothing(),
        }
    }
}

impl Names {
    fn new(kind: Kind, secret: &SecretArguments) -> Self {
        let option = match &secret.secret_file {
            Some(path) => format!("--secret-file {}", quoted(&path.to_string_lossy())),
            None => "--show-secret".to_owned(),
        };
        Self { kind, option }
    }

    fn renew(&self, id: Option<&str>) -> String {
        let Kind {
            resource, renew, ..
        } = self.kind;
        let id = id.map_or_else(|| "ID".to_owned(), quoted);
        format!("vauth runai {resource} {renew} {id} {}", self.option)
    }

    fn remedies(&self, id: Option<&str>) -> String {
        let Kind {
            resource, secret, ..
        } = self.kind;
        let named = id.map_or_else(|| "ID".to_owned(), quoted);
        format!(
            "get a new {secret} with `{}`, or remove it with `vauth runai {resource} delete {named}`",
            self.renew(id)
        )
    }
}

/// Quotes text so that a shell reads it as one word, whatever it contains.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./:@%+=,".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
