//! The 401 rules for any kind of call: once with a token, and again with another if the first was rejected.

use std::future::Future;

use http::Response;

use super::verdict;
use crate::error::{Error, Result, Sent};
use crate::source::{TokenSource, Verdict};
use crate::token::AccessToken;

/// The outcome of a call with a token.
#[derive(Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "callers make these; an API cannot say more about a token"
)]
pub enum Attempt<T> {
    /// The call completed, and its response says nothing about the token.
    Complete(T),
    /// The API processed the call with the token.
    Accepted(T),
    /// The API rejected the token with a bare 401; this is its response, in case there is no other token.
    Unauthorized(T),
    /// The API called the token invalid (RFC 6750 section 3.1); this is its response, in case there is no other token.
    InvalidToken(T),
}

impl<T> Attempt<T> {
    /// Replaces the answer.
    pub(super) fn map<U>(self, replace: impl FnOnce(T) -> U) -> Attempt<U> {
        match self {
            Self::Complete(answer) => Attempt::Complete(replace(answer)),
            Self::Accepted(answer) => Attempt::Accepted(replace(answer)),
            Self::Unauthorized(answer) => Attempt::Unauthorized(replace(answer)),
            Self::InvalidToken(answer) => Attempt::InvalidToken(replace(answer)),
        }
    }
}

impl<B> Attempt<Response<B>> {
    /// Determines from the status and the challenge of a response what it says about the token.
    ///
    /// A success accepts it, and [`is_invalid_token`](crate::is_invalid_token) determines which responses reject it. Every other status says nothing:
    /// a 403 is about permissions, and a 404 or a 503 may come from a gateway that never checked the token.
    pub fn from_response(response: Response<B>) -> Self {
        match verdict(response.status(), response.headers()) {
            Some(Verdict::Accepted) => Self::Accepted(response),
            Some(Verdict::Unauthorized) => Self::Unauthorized(response),
            Some(Verdict::InvalidToken) => Self::InvalidToken(response),
            None => Self::Complete(response),
        }
    }
}

/// Runs `call` with a token of `source`, and again with another one if it reports that the token was rejected.
///
/// For callers with their own HTTP client. The API's verdict on each token is reported to the source. If the source then returns the rejected token again,
/// the first response is returned: the rejection is about permissions or audience, and a resend would cause a loop.
///
/// The future is `Send` if those of `call` are. A `call` that must lend a mutable value, such as the extensions of a middleware,
/// cannot be written as a closure: use [`token_after`] there.
///
/// # Errors
/// The source's errors, converted, and the errors of `call`.
///
/// # Examples
/// ```
/// use auth_core::{Attempt, Error, StaticTokenSource, call_with_token};
///
/// # async fn send(authorization: http::HeaderValue) -> Result<http::Response<String>, Error> { Ok(http::Response::default()) }
/// # async fn example() -> Result<(), Error> {
/// let source = StaticTokenSource::new("fake-token")?;
/// let response = call_with_token(&source, async |token| {
///     let response = send(token.authorization_header()).await?;
///     Ok::<_, Error>(Attempt::from_response(response))
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
pub async fn call_with_token<S, T, E, F>(
    source: &S,
    mut call: impl FnMut(AccessToken) -> F,
) -> Result<T, E>
where
    S: TokenSource + ?Sized,
    F: Future<Output = Result<Attempt<T>, E>>,
    E: From<Error>,
{
    let token = fetch(source).await?;
    let outcome = call(token.clone()).await?;
    let refusal = match report(source, &token, outcome) {
        Ok(answer) => return Ok(answer),
        Err(refusal) => refusal,
    };
    let Some(next) = another(source, &token).await? else {
        return Ok(refusal);
    };
    // An unread body would block the connection, and with it the second call.
    drop(refusal);
    tracing::debug!("the API rejected the token, resending with another one");
    let outcome = call(next.clone()).await?;
    match report(source, &next, outcome) {
        Ok(answer) | Err(answer) => Ok(answer),
    }
}

/// Reports to a source that the API rejected a token, and returns another one if the source has one.
///
/// For callers that send their requests themselves and cannot use [`call_with_token`], such as the middleware of an HTTP client:
/// send the request with a token, and after a 401 again with the token that this returns. `None` means that the source returned the
/// rejected token again, so that a resend would fail as well: return the 401.
///
/// The rejection counts as a bare 401. If the challenge says `error="invalid_token"`, first call [`TokenSource::report`] with
/// [`Verdict::InvalidToken`].
///
/// # Errors
/// The source's errors.
///
/// # Examples
/// ```
/// use auth_core::{Result, TokenSource, token_after};
///
/// # struct Next;
/// # impl Next { async fn run(&mut self, authorization: http::HeaderValue) -> Result<u16> { Ok(200) } }
/// async fn handle(source: &dyn TokenSource, next: &mut Next) -> Result<u16> {
///     let token = source.token().await?;
///     let status = next.run(token.authorization_header()).await?;
///     if status != 401 {
///         return Ok(status);
///     }
///     match token_after(source, &token).await? {
///         Some(other) => next.run(other.authorization_header()).await,
///         None => Ok(status),
///     }
/// }
/// ```
pub async fn token_after(
    source: &(impl TokenSource + ?Sized),
    rejected: &AccessToken,
) -> Result<Option<AccessToken>> {
    source.invalidate(rejected);
    another(source, rejected).await
}

/// Returns a token that is not the rejected one.
pub(super) async fn another(
    source: &(impl TokenSource + ?Sized),
    rejected: &AccessToken,
) -> Result<Option<AccessToken>> {
    let next = fetch(source).await?;
    Ok((!next.is_same_token(rejected)).then_some(next))
}

/// Reports the verdict on its token to the source; a response that rejects it is returned as the error.
pub(super) fn report<T>(
    source: &(impl TokenSource + ?Sized),
    token: &AccessToken,
    outcome: Attempt<T>,
) -> Result<T, T> {
    let (answer, verdict) = match outcome {
        Attempt::Complete(answer) => return Ok(answer),
        Attempt::Accepted(answer) => {
            source.accept(token);
            return Ok(answer);
        }
        Attempt::Unauthorized(answer) => (answer, Verdict::Unauthorized),
        Attempt::InvalidToken(answer) => (answer, Verdict::InvalidToken),
    };
    source.report(token, verdict);
    Err(answer)
}

/// A failed sign-in means that the call was not made, or was rejected without an effect.
pub(super) async fn fetch(source: &(impl TokenSource + ?Sized)) -> Result<AccessToken> {
    source
        .token()
        .await
        .map_err(|error| error.with_sent(Sent::No))
}

#[cfg(test)]
mod tests;
