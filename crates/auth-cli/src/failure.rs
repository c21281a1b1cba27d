//! Failures of a command: the exit code and the line on standard error.

use std::error::Error as StdError;
use std::io;
use std::process::ExitCode;

use auth_core::{Error, ErrorKind};
use http::StatusCode;

use crate::interruption::Interruption;
use crate::names::Names;
use crate::notes::{Level, note};
use crate::proxy_variables::proxy_for;

#[derive(Debug)]
pub(crate) enum Failure {
    /// The crates' own error.
    Auth(Error),
    /// The arguments are invalid; clap reports those that it detects itself.
    Usage(String),
    /// The API returned 400 or above or a redirect, and its body has been printed.
    Api(StatusCode),
    /// The API returned this many GraphQL errors, and each has been printed.
    Graphql(usize),
    /// The body that was written contains this many GraphQL errors.
    GraphqlInBody(usize),
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
    Named { cause: Box<Self>, names: Names },
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

    /// Makes the message name settings as the user wrote them.
    pub(crate) fn in_terms_of(self, names: Names) -> Self {
        Self::Named {
            cause: Box::new(self),
            names,
        }
    }

    /// Returns what happened and what to do; nothing if only the reader of the output is gone.
    pub(crate) fn message(&self) -> Option<String> {
        self.message_with(&Names::default())
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
            Self::Api(_) | Self::Graphql(_) | Self::GraphqlInBody(_) | Self::Batch { .. } => 22,
            Self::Operation(Ending::Failed, _) => 7,
            Self::Operation(Ending::Cancelled, _) => 8,
            Self::Operation(Ending::TimeLimit, _) => 9,
            Self::Auth(error) => match error.kind() {
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

    fn message_with(&self, names: &Names) -> Option<String> {
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
            Self::Usage(message) | Self::Operation(_, message) | Self::Exec { message, .. } => {
                Some(message.clone())
            }
            Self::Api(status) => Some(format!(
                "the API answered with status {}; {}",
                status.as_u16(),
                api_hint(*status)
            )),
            Self::Graphql(1) => Some("the API returned an error, printed above".to_owned()),
            Self::Graphql(count) => Some(format!("the API returned {count} errors, printed above")),
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

/// Returns the messages of an error and its causes, joined.
pub(crate) fn chain(error: &Error, names: &Names) -> String {
    let text = chain_of(error, &error.to_string());
    match error.kind() {
        ErrorKind::Config => names.apply(&text),
        // The builder's method is not what the user of a command sets.
        ErrorKind::Transport => text.replace(": set client_certificate", ""),
        _ => text,
    }
}

/// Returns the error's own message, without its side effect.
fn cause_alone(error: &Error) -> String {
    let text = error.to_string();
    let Some(side_effect) = error.side_effect() else {
        return text;
    };
    let suffix = format!("; {side_effect}");
    text.strip_suffix(&suffix).unwrap_or(&text).to_owned()
}

fn chain_of(error: &Error, message: &str) -> String {
    let mut text = message.to_owned();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// Returns advice, unless the message itself contains it.
pub(crate) fn hint(error: &Error, names: &Names) -> Option<String> {
    let text = chain(error, names);
    if text.contains(OF_ANOTHER_RUN) {
        let wait = error.retry_after().unwrap_or_default().as_secs_f64();
        return Some(format!(
            "try again in {} s, or pass --store none to try now",
            wait.ceil()
        ));
    }
    let proxy = proxy_in(&text);
    if proxy.is_none() && text.contains(": check ") {
        // The message itself contains advice.
        return None;
    }
    if text.contains(UNTRUSTED) {
        return Some("pass the bundle with --root-certificates-file".to_owned());
    }
    if text.contains(WITHOUT_CERTIFICATE) {
        return Some(
            "pass one that it accepts with --client-certificate-file and --client-key-file"
                .to_owned(),
        );
    }
    if error.kind() == ErrorKind::Transport && text.contains(": its certificate ") {
        return None;
    }
    let hint = match error.kind() {
        ErrorKind::InvalidCredentials if names.is_user() => {
            "check the user name and the password, and whether the user is local and enabled"
        }
        ErrorKind::InvalidCredentials => {
            "check the client id and the client secret: they may have been regenerated, disabled or confused"
        }
        ErrorKind::TokenRequestRefused => {
            "check the token URL, the base URL and the other settings"
        }
        ErrorKind::InvalidResponse => {
            "check that the URLs are the API's and not the web interface's"
        }
        ErrorKind::Transport => {
            return Some(match proxy {
                Some(proxy) => format!(
                    "check the host, the proxy {proxy} that the request goes through, and the certificate authorities"
                ),
                None => "check the host and the certificate authorities".to_owned(),
            });
        }
        ErrorKind::Throttled | ErrorKind::Timeout | ErrorKind::Unavailable => {
            return Some(match error.retry_after() {
                // Rounded up: a second too early would be rejected again.
                Some(wait) => format!("try again in {} s", wait.as_secs_f64().ceil()),
                None => match proxy {
                    Some(proxy) if error.kind() == ErrorKind::Timeout => {
                        format!(
                            "try again later, and check the proxy {proxy} that the request goes through"
                        )
                    }
                    _ => "try again later".to_owned(),
                },
            });
        }
        ErrorKind::ApiStatus => {
            let wait = error.retry_after()?;
            return Some(format!("try again in {} s", wait.as_secs_f64().ceil()));
        }
        // A message about a setting contains its own advice.
        _ => return None,
    };
    Some(hint.to_owned())
}

/// Returns the proxy for the origin in a message about the connection.
fn proxy_in(text: &str) -> Option<String> {
    let origin = text
        .split_whitespace()
        .find(|word| word.starts_with("https://"))?;
    proxy_for(origin.trim_end_matches([':', ',', ';']))
}

/// The library's message for a failure that the token store keeps for some seconds.
const OF_ANOTHER_RUN: &str = "the token request of another process failed";

/// The library's advice, which names no setting.
const UNTRUSTED: &str = "PEM bundle to the root certificates";

/// The library's message about a server that demands a client certificate.
const WITHOUT_CERTIFICATE: &str = "it rejects this client's certificate or requires one";

fn api_hint(status: StatusCode) -> &'static str {
    match status.as_u16() {
        300..=399 => "redirects are not followed: check the path and the base URL",
        401 => "the token is fresh, so check that the API accepts tokens of this client",
        403 => "the client lacks the permission for this call, or this IP address is not allowed",
        404 => "check the path and the base URL",
        429 => "wait before trying again",
        500.. => "try again later",
        _ => "read its body for the reason",
    }
}

#[cfg(test)]
mod tests;
