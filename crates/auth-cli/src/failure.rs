//! Failures of a command: the exit code and the line on standard error.

mod hint;

pub(crate) use self::hint::{cause_alone, chain, hint, is_token_rejected, of_set_token};

use std::io;
use std::process::ExitCode;

use auth_core::{Error, ErrorKind};
use http::StatusCode;

use self::hint::{api_hint, chain_of};
use crate::interruption::Interruption;
use crate::names::SettingNames;
use crate::notes::{Level, note};

#[derive(Debug)]
pub(crate) enum Failure {
    /// The crates' own error.
    Auth(Error),
    /// The crates' own error, with other advice than that of its kind.
    Advised(Error, &'static str),
    /// The arguments are invalid; clap reports those that it detects itself.
    Usage(String),
    /// The API returned 400 or above or a redirect, and its body has been printed.
    Api(StatusCode),
    /// The API returned this many GraphQL errors, and each has been printed.
    Graphql(usize),
    /// The body that was written contains this many GraphQL errors.
    GraphqlInBody(usize),
    /// The body that was written, that of a success, rejects the token.
    TokenRejected,
    /// This many parts of a batch failed, and each has been printed with the API's message.
    Batch { failed: usize, of: usize },
    /// This many of doctor's steps failed, and each has been printed with advice.
    Doctor { failed: usize },
    /// This many of the demo's expectations were not met, and each has been printed.
    Demo { failed: usize, of: usize },
    /// What was waited for ended without success, or the wait did.
    Operation(Ending, String),
    /// The command of `exec` could not be run: the shells' exit code, and why.
    Exec { code: u8, message: String },
    /// A system call failed.
    System(&'static str, io::Error),
    /// The reader of standard output closed the pipe.
    NoReader,
    /// A signal arrived; the state says what exists or may exist.
    Interrupted { by: Interruption, state: String },
    /// Something was changed, or may have been, and the state says what the user must know.
    Unfinished { cause: Box<Self>, state: String },
    /// Its message names settings as the user wrote them.
    Named {
        cause: Box<Self>,
        names: SettingNames,
    },
}

/// How something that the vendor does ended, or the wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Failed,
    Cancelled,
    /// It continues.
    TimeLimit,
}

impl Failure {
    /// Writes the line and returns the code.
    pub(crate) fn report(&self) -> ExitCode {
        if let Some(message) = self.message() {
            note(Level::Error, &message);
        }
        ExitCode::from(self.exit_code())
    }

    /// Adds what exists now, or may exist.
    pub(crate) fn unfinished(self, state: String) -> Self {
        match self {
            Self::Interrupted { by, .. } => Self::Interrupted { by, state },
            Self::Unfinished { cause, .. } => Self::Unfinished { cause, state },
            cause => Self::Unfinished {
                cause: Box::new(cause),
                state,
            },
        }
    }

    /// Adds that the output could not be written, if that failed as well; a reader that closed the pipe wants no more.
    pub(crate) fn besides(self, printed: Result<(), Self>) -> Self {
        match printed {
            Err(Self::System(message, error)) => self.unfinished(format!("{message}: {error}")),
            _ => self,
        }
    }

    /// Makes the message name settings as the user wrote them.
    pub(crate) fn in_terms_of(self, names: SettingNames) -> Self {
        Self::Named {
            cause: Box::new(self),
            names,
        }
    }

    /// Returns what happened and what to do; nothing if only the reader of the output is gone.
    pub(crate) fn message(&self) -> Option<String> {
        self.message_with(&SettingNames::default())
    }

    /// Converts a failed write to standard output.
    pub(crate) fn output(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::NoReader,
            _ => Self::System("cannot write to standard output", error),
        }
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::NoReader => 0,
            Self::Interrupted { by, .. } => by.exit_code(),
            // A closed pipe is not a success if something was lost.
            Self::Unfinished { cause, .. } => cause.exit_code().max(1),
            Self::Named { cause, .. } => cause.exit_code(),
            Self::Demo { .. } | Self::Doctor { .. } | Self::System(..) => 1,
            Self::Usage(_) => 2,
            Self::Exec { code, .. } => *code,
            Self::Api(_)
            | Self::Graphql(_)
            | Self::GraphqlInBody(_)
            | Self::TokenRejected
            | Self::Batch { .. } => 22,
            Self::Operation(Ending::Failed, _) => 7,
            Self::Operation(Ending::Cancelled, _) => 8,
            Self::Operation(Ending::TimeLimit, _) => 9,
            Self::Auth(error) | Self::Advised(error, _) => match error.kind() {
                ErrorKind::Config => 2,
                ErrorKind::InvalidCredentials => 3,
                ErrorKind::Unavailable
                | ErrorKind::Transport
                | ErrorKind::Timeout
                | ErrorKind::Throttled => 4,
                ErrorKind::InvalidResponse => 5,
                ErrorKind::TokenRequestRefused => 6,
                ErrorKind::ApiStatus => 22,
                _ => 1,
            },
        }
    }

    fn message_with(&self, names: &SettingNames) -> Option<String> {
        match self {
            Self::NoReader => None,
            Self::Named { cause, names } => cause.message_with(names),
            Self::Interrupted { by, state } => Some(format!("interrupted by {}; {state}", by.name)),
            Self::Unfinished { cause, state } => {
                // The cause's own advice is to try again, which does not apply here.
                let cause = match &**cause {
                    // The state already describes the library's side effect in terms of the command.
                    Self::Auth(error) => Some(chain_of(error, &cause_alone(error))),
                    Self::NoReader => Some("standard output has no reader".to_owned()),
                    other => other.message_with(names),
                };
                Some(format!("{}; {state}", cause.unwrap_or_default()))
            }
            Self::Auth(error) => Some(match hint(error, names) {
                Some(hint) => format!("{}; {hint}", chain(error, names)),
                None => chain(error, names),
            }),
            Self::Advised(error, advice) => Some(format!("{}; {advice}", chain(error, names))),
            Self::Usage(message) | Self::Operation(_, message) | Self::Exec { message, .. } => {
                Some(message.clone())
            }
            Self::Api(status) => Some(format!(
                "the API answered with status {}; {}",
                status.as_u16(),
                api_hint(*status, names)
            )),
            Self::Graphql(1) => Some("the API returned an error, printed above".to_owned()),
            Self::Graphql(count) => Some(format!("the API returned {count} errors, printed above")),
            Self::TokenRejected => Some(format!(
                "the API rejects the token; {}",
                api_hint(StatusCode::UNAUTHORIZED, names)
            )),
            Self::GraphqlInBody(1) => {
                Some("the API returned a GraphQL error; see the response".to_owned())
            }
            Self::GraphqlInBody(count) => Some(format!(
                "the API returned {count} GraphQL errors; see the response"
            )),
            Self::Batch { failed, of } => Some(format!(
                "{failed} of {of} parts of the batch failed or are unknown; the reasons are printed above"
            )),
            Self::Doctor { failed } => {
                Some(format!("{failed} of the steps failed; see their advice"))
            }
            Self::Demo { failed, of } => Some(format!(
                "{failed} of {of} expectations were not met; each is listed in the output"
            )),
            Self::System(message, error) => Some(format!("{message}: {error}")),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Auth(error)
    }
}

#[cfg(test)]
mod tests;
