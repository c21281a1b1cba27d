//! What to say when a command is cut short: what exists now or may exist, and the exact command that gets a new secret.

use std::fmt::Write as _;

use crate::arguments::SecretArguments;

/// What a command is about to do, in the words for its failures.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    deed: Deed,
}

#[derive(Debug, Clone)]
enum Deed {
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

/// How the command calls a kind of thing with a secret.
#[derive(Debug, Clone)]
struct Names {
    kind: Kind,
    /// Where the secret was to go, as an option of the command.
    option: String,
}

/// A kind of thing that has a secret which is shown once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// What people call one of them.
    pub(crate) noun: &'static str,
    /// What comes after `vauth runai`.
    pub(crate) resource: &'static str,
    /// What they sign in with.
    pub(crate) secret: &'static str,
    /// The subcommand that replaces it.
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
        let deed = Deed::Create {
            what: format!("{} {name}", kind.noun),
            names: Names::new(kind, secret),
        };
        Self { deed }
    }

    /// For a command that replaces the secret of the thing with this id.
    pub(crate) fn renew(kind: Kind, id: &str, secret: &SecretArguments) -> Self {
        let deed = Deed::Renew {
            what: format!("{} {id}", kind.noun),
            id: id.to_owned(),
            names: Names::new(kind, secret),
        };
        Self { deed }
    }

    /// For a command that changes something else.
    pub(crate) fn plain(nothing: &'static str, maybe: String) -> Self {
        let deed = Deed::Plain { nothing, maybe };
        Self { deed }
    }

    /// Nothing was sent that changes anything.
    pub(crate) fn nothing(&self) -> String {
        match &self.deed {
            Deed::Create { .. } => "nothing was created".to_owned(),
            Deed::Renew { names, .. } => format!("the {} was not replaced", names.kind.secret),
            Deed::Plain { nothing, .. } => (*nothing).to_owned(),
        }
    }

    /// The request may have arrived, and what came of it is not known.
    pub(crate) fn maybe(&self) -> String {
        match &self.deed {
            Deed::Create { what, names } => format!(
                "{what} may have been created: look for it with `vauth runai {} list`; if it is there, {}",
                names.kind.resource,
                names.remedies(None)
            ),
            Deed::Renew { what, id, names } => format!(
                "the {secret} of {what} may have been replaced, and then the old one no longer works: get a new one with `{}`",
                names.renew(Some(id)),
                secret = names.kind.secret
            ),
            Deed::Plain { maybe, .. } => maybe.clone(),
        }
    }

    /// It was done, and the secret is lost or never came; `why` says which, as in "its secret is lost".
    pub(crate) fn without_secret(&self, id: Option<&str>, why: &str) -> String {
        match &self.deed {
            Deed::Create { what, names } => {
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
            Deed::Renew { what, id, names } => format!(
                "the {secret} of {what} was replaced, the old one no longer works, and the new one {why}: get another one with `{}`",
                names.renew(Some(id)),
                secret = names.kind.secret
            ),
            // What came of it is as little known as if the response were lost.
            Deed::Plain { maybe, .. } => maybe.clone(),
        }
    }

    /// It was done and the secret is in its place, but something else failed.
    pub(crate) fn with_secret(&self, id: Option<&str>) -> String {
        match &self.deed {
            Deed::Create { what, names } => {
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
            Deed::Renew { .. } | Deed::Plain { .. } => self.nothing(),
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

/// Writes a word such that a shell reads it as one word, whatever a server or a user put into it.
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
