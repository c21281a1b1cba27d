//! The one error type of every crate in this workspace.

mod kind;
mod reason;
mod sent;
mod side_effect;
mod text;

pub use kind::ErrorKind;
pub use reason::ErrorReason;
pub use sent::Sent;
pub use side_effect::SideEffect;
pub(crate) use text::is_invisible;
pub use text::{MAX_DISPLAY_CHARS, display_list, display_text};

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

/// The result of every fallible call of this crate and the vendor crates.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Describes what failed, whether trying again can help, and when.
///
/// Cheap to clone: all callers that waited for an outcome get a clone.
/// No message, field or source of this type contains a secret, a token, a body or a URL's query.
/// `{}` prints only the message, `{:?}` the message with its causes, `{:#?}` everything.
///
/// # Examples
/// ```
/// use auth_core::{Error, ErrorKind};
///
/// fn advice(error: &Error) -> String {
///     match error.kind() {
///         ErrorKind::Config => format!("correct the setting: {error}"),
///         ErrorKind::InvalidCredentials => format!("check the secret: {error}"),
///         _ if error.is_retryable() => format!("try again in {:?}: {error}", error.retry_after()),
///         _ => format!("{error:?}"),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    vendor: Option<&'static str>,
    status: Option<StatusCode>,
    error_code: Option<String>,
    retry_after: Option<Duration>,
    retryable: bool,
    sent: Sent,
    reason: Option<ErrorReason>,
    origin: Option<Arc<str>>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    side_effect: Option<Arc<SideEffect>>,
}

impl Error {
    /// Creates an error of a kind with a message: one lower-case phrase without a full stop and without secrets.
    ///
    /// Timeouts, transport failures, throttling, 5xx and unusable responses are retryable by default.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            vendor: None,
            status: None,
            error_code: None,
            retry_after: None,
            retryable: kind.is_transient(),
            sent: Sent::by(kind),
            reason: None,
            origin: None,
            source: None,
            side_effect: None,
        }))
    }

    /// Creates an error of kind [`ErrorKind::Config`] whose message names the setting and what to do.
    pub fn config(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// Creates an error of kind [`ErrorKind::InvalidResponse`], for a response that arrived and cannot be used.
    pub fn invalid_response(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidResponse, message)
    }

    /// Creates an error of kind [`ErrorKind::Transport`], for a request that may have been sent; see [`Error::with_sent`].
    pub fn transport(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Transport, message)
    }

    /// Creates an error of kind [`ErrorKind::Timeout`], for a request that may have been sent; see [`Error::with_sent`].
    pub fn timeout(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Timeout, message)
    }

    /// Creates an error of kind [`ErrorKind::Unavailable`], for a service that cannot serve now.
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Unavailable, message)
    }

    /// Creates an error of kind [`ErrorKind::InvalidCredentials`], for credentials that the token endpoint rejected.
    pub fn invalid_credentials(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidCredentials, message)
    }

    /// Returns the class of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns true if the same call may succeed later and is safe to repeat.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Returns how far the request got.
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// Returns true unless [`Error::sent`] is [`Sent::No`].
    ///
    /// After a create that may have been sent, check whether the thing exists before you send it again.
    pub fn may_have_been_sent(&self) -> bool {
        self.0.sent != Sent::No
    }

    /// Returns true unless the request certainly changed nothing: it was not sent, or was refused.
    ///
    /// A refusal is a status of 400 to 499, except 408, or a redirect.
    pub fn may_have_taken_effect(&self) -> bool {
        let is_refusal = self.0.status.is_some_and(|status| {
            (status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT)
                || status.is_redirection()
        });
        self.may_have_been_sent() && !is_refusal
    }

    /// Returns what the call created, or may have created, although it failed.
    ///
    /// Set for calls that create something or replace a secret, unless they certainly had no effect.
    pub fn side_effect(&self) -> Option<&SideEffect> {
        self.0.side_effect.as_deref()
    }

    /// Returns how long to wait before another attempt can succeed, if known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the HTTP status of the response, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// Returns what exactly failed, where that calls for other advice than the kind.
    pub fn reason(&self) -> Option<ErrorReason> {
        self.0.reason
    }

    /// Returns the origin of the server, such as `https://example.com`, if the connection to it failed.
    pub fn origin(&self) -> Option<&str> {
        self.0.origin.as_deref()
    }

    /// Returns true if the API refused because the thing already exists (409).
    pub fn is_conflict(&self) -> bool {
        self.0.kind == ErrorKind::ApiStatus && self.0.status == Some(StatusCode::CONFLICT)
    }

    /// Returns the server's error code, such as `invalid_client` (RFC 6749 section 5.2).
    pub fn error_code(&self) -> Option<&str> {
        self.0.error_code.as_deref()
    }

    /// Returns the vendor, such as `maia`.
    pub fn vendor(&self) -> Option<&'static str> {
        self.0.vendor
    }

    /// Sets the vendor, unless one is set.
    #[must_use]
    pub fn with_vendor(self, vendor: &'static str) -> Self {
        self.change(|inner| {
            inner.vendor.get_or_insert(vendor);
        })
    }

    /// Sets the HTTP status of the response, so that [`Error::sent`] is [`Sent::Answered`].
    #[must_use]
    pub fn with_status(self, status: StatusCode) -> Self {
        self.change(|inner| {
            inner.status = Some(status);
            inner.sent = Sent::Answered;
        })
    }

    /// Sets the server's error code.
    #[must_use]
    pub fn with_error_code(self, error_code: impl Into<String>) -> Self {
        self.change(|inner| inner.error_code = Some(error_code.into()))
    }

    /// Sets how long to wait before another attempt.
    #[must_use]
    pub fn with_retry_after(self, retry_after: Duration) -> Self {
        self.change(|inner| inner.retry_after = Some(retry_after))
    }

    /// Overrides [`Error::is_retryable`].
    #[must_use]
    pub fn with_retryable(self, retryable: bool) -> Self {
        self.change(|inner| inner.retryable = retryable)
    }

    /// Sets how far the request got; the default depends on the kind.
    #[must_use]
    pub fn with_sent(self, sent: Sent) -> Self {
        self.change(|inner| inner.sent = sent)
    }

    /// Sets what exactly failed.
    #[must_use]
    pub fn with_reason(self, reason: ErrorReason) -> Self {
        self.change(|inner| inner.reason = Some(reason))
    }

    /// Sets the origin of the server to which the connection failed.
    #[must_use]
    pub fn with_origin(self, origin: &str) -> Self {
        self.change(|inner| inner.origin = Some(origin.into()))
    }

    /// Restricts the error to what is safe for its request: one that is not idempotent is retryable only if it was never sent.
    #[must_use]
    pub(crate) fn of_request(self, is_idempotent: bool) -> Self {
        match is_idempotent || self.sent() == Sent::No {
            true => self,
            false => self.with_retryable(false),
        }
    }

    /// Adds what the call created, or may have created, although it failed; such a call is not retryable.
    #[must_use]
    pub fn with_side_effect(self, side_effect: SideEffect) -> Self {
        self.change(|inner| {
            inner.side_effect = Some(Arc::new(side_effect));
            inner.retryable = false;
            if inner.sent == Sent::No {
                inner.sent = Sent::Maybe;
            }
        })
    }

    /// Adds the cause, whose text the message must not repeat.
    #[must_use]
    pub fn with_source(self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.change(|inner| inner.source = Some(Arc::new(source)))
    }

    /// Wraps the error in a message that says what could not be done; kind, status and everything else stay.
    ///
    /// The error becomes the [source](StdError::source) of the new one, so the message must not repeat it.
    #[must_use]
    pub fn with_context(self, message: impl Into<Cow<'static, str>>) -> Self {
        let outer = self.clone().change(|inner| inner.message = message.into());
        outer.with_source(self.into_cause())
    }

    /// Prepares it to be the source of another error, which shows the vendor and the side effect once.
    #[must_use]
    pub(crate) fn into_cause(self) -> Self {
        self.change(|inner| {
            inner.vendor = None;
            inner.side_effect = None;
        })
    }

    /// Prefixes the message with the name of the wrong setting.
    pub(crate) fn in_setting(self, setting: &str) -> Self {
        self.change(|inner| inner.message = format!("{setting}: {}", inner.message).into())
    }

    fn change(mut self, edit: impl FnOnce(&mut Inner)) -> Self {
        edit(Arc::make_mut(&mut self.0));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(vendor) = self.0.vendor {
            write!(f, "{vendor}: ")?;
        }
        f.write_str(&self.0.message)?;
        match &self.0.side_effect {
            Some(side_effect) => write!(f, "; {side_effect}"),
            None => Ok(()),
        }
    }
}

/// `{:?}` is the message with its causes, since that is what a `main` that returns the error prints; `{:#?}` shows every field.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            write!(f, "{self}")?;
            let causes = std::iter::successors(self.source(), |&cause| cause.source());
            for cause in causes {
                write!(f, ": {cause}")?;
            }
            return Ok(());
        }
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("vendor", &self.0.vendor)
            .field("status", &self.0.status)
            .field("error_code", &self.0.error_code)
            .field("retry_after", &self.0.retry_after)
            .field("retryable", &self.0.retryable)
            .field("sent", &self.0.sent)
            .field("reason", &self.0.reason)
            .field("origin", &self.0.origin)
            .field("source", &self.0.source)
            .field("side_effect", &self.0.side_effect)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests;
