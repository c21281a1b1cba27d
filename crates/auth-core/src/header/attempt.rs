//! The 401 rules for any kind of call: once with a token, and once more with another if the first was refused.

use std::future::Future;

use crate::error::Error;
use crate::source::TokenSource;
use crate::token::AccessToken;

/// What a call with a token came to.
#[derive(Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "callers make these; there is no third outcome"
)]
pub enum Attempt<T> {
    /// The call was answered; whether it liked the answer is the caller's business.
    Done(T),
    /// The API refused the token; this is its answer, in case there is no other token.
    Refused(T),
}

/// Runs `call` with a token of `source`, and once more with another one if it says that the token was refused.
///
/// For callers with an HTTP client of their own. The source is told of the refused token. If it then gives the same one again,
/// the first answer is returned: the refusal is about rights or audience, and a resend would be a loop.
///
/// # Errors
/// What the source fails with, converted, and what `call` fails with.
///
/// # Examples
/// ```
/// use auth_core::{Attempt, Error, StaticTokenSource, with_token};
///
/// # async fn send(authorization: http::HeaderValue) -> Result<u16, Error> { Ok(200) }
/// # async fn example() -> Result<(), Error> {
/// let source = StaticTokenSource::new("fake-token")?;
/// let status = with_token(&source, async |token| {
///     let status = send(token.authorization()).await?;
///     Ok::<_, Error>(if status == 401 { Attempt::Refused(status) } else { Attempt::Done(status) })
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
pub async fn with_token<S, T, E, F>(
    source: &S,
    mut call: impl FnMut(AccessToken) -> F,
) -> Result<T, E>
where
    S: TokenSource + ?Sized,
    F: Future<Output = Result<Attempt<T>, E>>,
    E: From<Error>,
{
    let token = fetch(source).await?;
    let refusal = match call(token.clone()).await? {
        Attempt::Done(answer) => return Ok(answer),
        Attempt::Refused(answer) => answer,
    };
    source.invalidate(&token);
    let next = fetch(source).await?;
    if next.is_same_token(&token) {
        return Ok(refusal);
    }
    // An unread body would keep the connection, and the second call waiting for it.
    drop(refusal);
    tracing::debug!("the API refused the token, calling once more with another");
    match call(next).await? {
        Attempt::Done(answer) | Attempt::Refused(answer) => Ok(answer),
    }
}

/// A failed sign-in means that the call was not made, or was refused and did nothing.
async fn fetch(source: &(impl TokenSource + ?Sized)) -> Result<AccessToken, Error> {
    source.token().await.map_err(|error| error.with_sent(false))
}
