//! The parts of one exchange with the HTTP stack: the outgoing request, the time limit, and the complete response.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH};
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use url::Url;

use super::coding::{Body, too_large};
use super::connections::is_hang_up;
use crate::error::{Error, Result};

/// The reason for a failed exchange; its message is formatted only when it is needed.
pub(super) enum Failure {
    TimedOut,
    OfStack(reqwest::Error),
    Ours(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// Creates the stack's request: with the headers that the stack does not set, and without the HTTP version of a forwarded request.
pub(super) fn outgoing(request: &Request<Bytes>, target: Url) -> reqwest::Request {
    let mut outgoing = reqwest::Request::new(request.method().clone(), target);
    let headers = outgoing.headers_mut();
    request.headers().clone_into(headers);
    // The stack sets the length only for a non-empty body; some servers reject a POST without a length (RFC 9110 section 8.6).
    let has_length = matches!(
        *request.method(),
        Method::POST | Method::PUT | Method::PATCH
    );
    if has_length && request.body().is_empty() {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    headers
        .entry(ACCEPT_ENCODING)
        .or_insert(HeaderValue::from_static("identity"));
    *outgoing.body_mut() = Some(request.body().clone().into());
    outgoing
}

/// Completes with the exchange, or with a failure at the time limit.
///
/// The exchange is pinned by the caller because moving a large future copies it.
pub(super) async fn within<T>(
    limit: Duration,
    mut exchange: Pin<&mut impl Future<Output = std::result::Result<T, Failure>>>,
) -> std::result::Result<T, Failure> {
    let mut deadline = pin!(tokio::time::sleep(limit));
    poll_fn(|context| {
        if let Poll::Ready(outcome) = exchange.as_mut().poll(context) {
            return Poll::Ready(outcome);
        }
        let over = deadline.as_mut().poll(context);
        over.map(|()| Err(Failure::TimedOut))
    })
    .await
}

/// Parses the URL of a request; this is the only place that does.
pub(super) fn url_of(target: &Uri) -> Result<Url> {
    let (scheme, authority, path) = (
        target.scheme_str(),
        target.authority(),
        target.path_and_query(),
    );
    let text = [
        scheme.unwrap_or_default(),
        if scheme.is_some() { "://" } else { "" },
        authority.map_or("", Authority::as_str),
        path.map_or("", PathAndQuery::as_str),
    ];
    Url::parse(&text.concat())
        .map_err(|error| Error::config("the request cannot be sent").with_source(error))
}

/// Returns true if an exchange on a kept connection met its end.
pub(super) fn was_closed(outcome: &reqwest::Result<reqwest::Response>) -> bool {
    match outcome {
        Ok(response) => is_farewell(response.status(), response.headers()),
        Err(error) => is_hang_up(error),
    }
}

/// Returns true for a response that belongs to no request, but announces the end of the connection.
///
/// Some servers send a 408 into an idle connection before they close it; it answers no request (RFC 9110 section 15.5.9).
/// A 408 on a connection that stays open answers this one, and is left to the retry policy.
pub(super) fn is_farewell(status: StatusCode, headers: &HeaderMap) -> bool {
    status == StatusCode::REQUEST_TIMEOUT && closes(headers)
}

fn closes(headers: &HeaderMap) -> bool {
    let values = headers.get_all(CONNECTION).iter();
    let mut options = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    options.any(|option| option.trim().eq_ignore_ascii_case("close"))
}

/// Reads a response's body.
///
/// The status of an unsuccessful response matters more than its body: one that is too large or cannot be decoded is left out.
pub(super) async fn read(
    response: &mut reqwest::Response,
    max_body: usize,
) -> std::result::Result<Response<Bytes>, Failure> {
    let mut headers = std::mem::take(response.headers_mut());
    let body = match read_body(response, &mut headers, max_body).await {
        Err(Failure::Ours(_)) if !response.status().is_success() => Bytes::new(),
        body => body?,
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = response.status();
    *answer.version_mut() = response.version();
    *answer.headers_mut() = headers;
    Ok(answer)
}

async fn read_body(
    response: &mut reqwest::Response,
    headers: &mut HeaderMap,
    max_body: usize,
) -> std::result::Result<Bytes, Failure> {
    let is_too_long =
        |length: u64| usize::try_from(length).map_or(true, |length| length > max_body);
    if response.content_length().is_some_and(is_too_long) {
        return Err(too_large(max_body).into());
    }
    let mut body = Body::new(response.status(), headers, max_body)?;
    while let Some(chunk) = response.chunk().await.map_err(of_stack)? {
        body.push(chunk)?;
    }
    Ok(body.finish(headers)?)
}

pub(super) fn of_stack(error: reqwest::Error) -> Failure {
    Failure::OfStack(error.without_url())
}
