//! Converts an error of the HTTP stack to one of ours: what happened, at which server, and advice.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::connections::{causes, is_unsent};
use crate::error::{Error, ErrorReason, Sent};

/// An error of the HTTP stack, and what only its type knows.
#[derive(Clone, Copy)]
pub(super) struct StackError<'a> {
    error: &'a (dyn StdError + 'static),
    /// There was no connection.
    is_connect: bool,
    is_timeout: bool,
}

impl<'a> From<&'a reqwest::Error> for StackError<'a> {
    fn from(error: &'a reqwest::Error) -> Self {
        Self {
            error,
            is_connect: error.is_connect(),
            is_timeout: error.is_timeout(),
        }
    }
}

#[cfg(feature = "tower")]
impl<'a> From<&'a hyper_util::client::legacy::Error> for StackError<'a> {
    fn from(error: &'a hyper_util::client::legacy::Error) -> Self {
        Self {
            error,
            is_connect: error.is_connect(),
            is_timeout: is_timeout(error),
        }
    }
}

#[cfg(feature = "tower")]
impl<'a> From<&'a hyper::Error> for StackError<'a> {
    fn from(error: &'a hyper::Error) -> Self {
        Self {
            error,
            is_connect: false,
            is_timeout: is_timeout(error),
        }
    }
}

#[cfg(feature = "tower")]
fn is_timeout(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| {
        let of_system = cause.downcast_ref().map(std::io::Error::kind);
        of_system == Some(std::io::ErrorKind::TimedOut)
    })
}

/// The error for an expired time limit.
pub(super) fn timed_out(origin: &str, elapsed: Duration) -> Error {
    at(
        origin,
        Error::timeout(format!(
            "no complete response from {origin} within {elapsed:.1?}"
        )),
    )
}

/// The error for an expired idle limit.
pub(super) fn paused(origin: &str, limit: Duration) -> Error {
    let message = format!("nothing more of the response from {origin} within {limit:.1?}");
    at(origin, Error::timeout(message).with_sent(Sent::Answered))
}

/// Adds the origin, from a description that may also name a proxy.
fn at(described: &str, error: Error) -> Error {
    match described.split(' ').next() {
        Some(origin) if origin.contains("://") => error.with_origin(origin),
        _ => error,
    }
}

/// Returns our own error that made a request fail, which is that of an upload's body.
pub(super) fn of_body(error: StackError<'_>) -> Option<Error> {
    causes(error.error).find_map(|cause| cause.downcast_ref::<Error>().cloned())
}

/// The error for a failed request; `elapsed` is the time since its start.
pub(super) fn failed<'a>(
    error: impl Into<StackError<'a>>,
    origin: &str,
    elapsed: Duration,
) -> Error {
    let StackError {
        error,
        is_connect,
        is_timeout,
    } = error.into();
    if is_timeout {
        let message = if is_connect {
            format!("no connection to {origin} within {elapsed:.1?}")
        } else {
            format!("no complete response from {origin} within {elapsed:.1?}")
        };
        return at(origin, Error::timeout(message))
            .with_sent(sent_unless(is_connect))
            .with_source(Cause::of(error));
    }
    let what = if is_connect {
        format!("no connection to {origin}")
    } else {
        format!("the connection to {origin} broke before the response was complete")
    };
    let problem = tls_problem(error);
    let message = match problem {
        Some(Problem { advice, .. }) => format!("{what}: {advice}"),
        None => what,
    };
    let mut failure = at(origin, Error::transport(message))
        .with_sent(sent_unless(is_connect || is_unsent(error)))
        .with_source(Cause::of(error));
    let broken = (!is_connect).then_some(ErrorReason::ConnectionBroken);
    if let Some(reason) = problem.map_or(broken, |problem| problem.reason) {
        failure = failure.with_reason(reason);
    }
    match problem {
        // The next attempt would see the same certificate.
        Some(Problem {
            is_lasting: true, ..
        }) => failure.with_retryable(false),
        _ => failure,
    }
}

fn sent_unless(is_unsent: bool) -> Sent {
    if is_unsent { Sent::No } else { Sent::Maybe }
}

/// The reason of a TLS failure, with advice.
#[derive(Clone, Copy)]
struct Problem {
    advice: &'static str,
    /// None if nothing more can be advised.
    reason: Option<ErrorReason>,
    is_lasting: bool,
}

fn tls_problem(error: &(dyn StdError + 'static)) -> Option<Problem> {
    causes(error).find_map(problem_of)
}

#[cfg(feature = "rustls")]
fn problem_of(error: &(dyn StdError + 'static)) -> Option<Problem> {
    use rustls::{AlertDescription, CertificateError};

    let lasting = |advice, reason| Problem {
        advice,
        reason,
        is_lasting: true,
    };
    let invalid = |advice| lasting(advice, Some(ErrorReason::InvalidCertificate));
    Some(match error.downcast_ref::<rustls::Error>()? {
        // An authority that was replaced by another one of its name is as unknown.
        rustls::Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        ) => lasting(UNKNOWN_ISSUER, Some(ErrorReason::UntrustedAuthority)),
        rustls::Error::InvalidCertificate(problem) => invalid(match problem {
            // The verifier reports only the name of this error.
            problem if format!("{problem:?}").contains("CaUsedAsEndEntity") => {
                "its certificate is that of a certificate authority, which a server must not use as its own: have that authority issue a certificate for the server, and trust the authority"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has expired: renew it, or set this machine's clock"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet: set this machine's clock"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "its certificate is for another host: check the host in the URL"
            }
            CertificateError::Revoked => "its certificate was revoked: replace it",
            _ => "its certificate cannot be verified",
        }),
        rustls::Error::NoCertificatesPresented => lasting("it presents no certificate", None),
        rustls::Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied,
        ) => lasting(
            "it rejects this client's certificate or requires one: set client_certificate",
            Some(ErrorReason::ClientCertificate),
        ),
        rustls::Error::InvalidMessage(_) => Problem {
            advice: "it does not speak TLS there: check the scheme and the port",
            reason: Some(ErrorReason::OtherProtocol),
            is_lasting: false,
        },
        _ => return None,
    })
}

/// The platform's library has a different error type on each system; only its message is available.
#[cfg(not(feature = "rustls"))]
fn problem_of(error: &(dyn StdError + 'static)) -> Option<Problem> {
    let text = error.to_string().to_ascii_lowercase();
    let is_about_it = error.source().is_none() && text.contains("certificate");
    is_about_it.then_some(Problem {
        advice: UNKNOWN_ISSUER,
        reason: Some(ErrorReason::UntrustedAuthority),
        is_lasting: true,
    })
}

/// The innermost cause as text: reqwest's own chain repeats itself and would expose its types.
#[derive(Debug)]
struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Cause {}

impl Cause {
    fn of(error: &(dyn StdError + 'static)) -> Self {
        Self(
            causes(error)
                .last()
                .map_or_else(String::new, ToString::to_string),
        )
    }
}

const UNKNOWN_ISSUER: &str = "its certificate is from an untrusted authority: add that authority's PEM bundle to the root certificates, and check whether a proxy inspects TLS";

#[cfg(test)]
mod tests;
