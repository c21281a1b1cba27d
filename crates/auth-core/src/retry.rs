//! What an HTTP response means for a retry: transient statuses, `Retry-After`, and back-off.

use std::time::{Duration, SystemTime};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::error::ErrorKind;

/// Returns the kind of a transient status, or `None` if a retry would get the same response.
pub(crate) fn transient_kind(status: StatusCode) -> Option<ErrorKind> {
    match status {
        StatusCode::REQUEST_TIMEOUT => Some(ErrorKind::Timeout),
        StatusCode::TOO_MANY_REQUESTS => Some(ErrorKind::Throttled),
        StatusCode::TOO_EARLY => Some(ErrorKind::Unavailable),
        status if status.is_server_error() => Some(ErrorKind::Unavailable),
        _ => None,
    }
}

/// Returns the server's own time from the `Date` header.
pub(crate) fn server_date(headers: &HeaderMap) -> Option<SystemTime> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

/// Reads `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date relative to the server's own `Date`, else to `now`.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let wait = |value: &HeaderValue| {
        let text = value.to_str().ok()?.trim();
        if let Some(wait) = seconds(text) {
            return Some(wait);
        }
        let moment = http_date(text)?;
        let now = server_date(headers).unwrap_or(now);
        let wait = moment.duration_since(now).unwrap_or_default();
        Some(wait.min(MAX_RETRY_AFTER))
    };
    // A gateway may add its own: the longer one satisfies both.
    headers.get_all(RETRY_AFTER).iter().filter_map(wait).max()
}

/// Reads a number of seconds, with a fraction as some servers send, and of any size: an enormous wait is still a wait.
fn seconds(text: &str) -> Option<Duration> {
    let is_number = text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds: f64 = text.parse().ok().filter(|_| is_number)?;
    Some(Duration::from_secs_f64(
        seconds.min(MAX_RETRY_AFTER.as_secs_f64()),
    ))
}

/// Returns the wait before attempt `attempt + 1`: full jitter over a doubling ceiling.
///
/// `draw` is the jitter's draw from `[0, 1)`; `attempt` counts from 1.
pub(crate) fn backoff(base: Duration, attempt: u32, draw: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(MAX_DOUBLINGS);
    let ceiling = base.saturating_mul(1 << doublings).min(MAX_BACKOFF);
    ceiling.mul_f64(draw)
}

fn http_date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

/// Callers add this to a clock reading; a request to wait for more than a day is a mistake of the server.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Prevents an overflow when multiplying by a draw; every refresh ends long before.
const MAX_BACKOFF: Duration = Duration::from_secs(24 * 60 * 60);

/// Beyond this, the ceiling exceeds any deadline in use; the shift stays far from overflow.
const MAX_DOUBLINGS: u32 = 16;

#[cfg(test)]
mod tests;
