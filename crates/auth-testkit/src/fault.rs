//! What can go wrong at an emulated vendor, and the queues that say when.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::reply::{Reply, final_status, header_value};

/// Describes a faulty response and how often it is returned.
///
/// A fault is queued with [`Emulator::inject_token_fault`](crate::Emulator::inject_token_fault) or
/// [`Emulator::inject_api_fault`](crate::Emulator::inject_api_fault). Each request takes at most one fault, in the order of the queue.
/// A fault applies once unless [`times`](Self::times) or [`forever`](Self::forever) is used.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use auth_testkit::Fault;
///
/// let outage = Fault::status(503).retry_after(Duration::from_secs(2)).times(3);
/// let wrong_host = Fault::html().forever();
/// # let _ = (outage, wrong_host);
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    kind: Kind,
    times: Option<u64>,
    retry_after: Option<Duration>,
}

impl Fault {
    /// Answers with a status and the body that this vendor, or the gateway before it, sends along.
    ///
    /// # Panics
    ///
    /// If `status` is not a final HTTP status (200 to 999).
    #[track_caller]
    pub fn status(status: u16) -> Self {
        Self::new(Kind::Status(final_status(status)))
    }

    /// Rejects the caller's token with this status, with the vendor's own error.
    ///
    /// At Datasaur's GraphQL that is an `AuthenticationError`, which may come with any status, 200 included.
    /// Elsewhere it is the same as [`Fault::status`], and counts as a rejected token whatever the status.
    ///
    /// # Panics
    ///
    /// If `status` is not a final HTTP status (200 to 999).
    #[track_caller]
    pub fn refused_token(status: u16) -> Self {
        Self::new(Kind::RefusedToken(final_status(status)))
    }

    /// Returns 200 with the HTML of the vendor's web interface, as a wrong base URL does.
    pub fn html() -> Self {
        Self::new(Kind::Html)
    }

    /// Returns 200 with an empty body.
    pub fn empty() -> Self {
        Self::new(Kind::Empty)
    }

    /// Returns 302 with a `Location`.
    ///
    /// # Panics
    ///
    /// If `location` contains a control character.
    #[track_caller]
    pub fn redirect(location: &str) -> Self {
        Self::new(Kind::Redirect(header_value(location)))
    }

    /// Returns 200 with JSON of over 1 MiB that would be a usable token response if it were read to its end.
    pub fn oversized() -> Self {
        Self::new(Kind::Oversized)
    }

    /// Answers with any status, content type and body.
    ///
    /// # Panics
    ///
    /// If `status` is not a final HTTP status (200 to 999), or `content_type` contains a control character.
    #[track_caller]
    pub fn body(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(Kind::Body {
            status: final_status(status),
            content_type: header_value(content_type),
            body: Body(body.into()),
        })
    }

    /// Responds normally, but this much later, in addition to the emulator's latency.
    ///
    /// The wait is real time, whatever the emulator's clock.
    pub fn slow(delay: Duration) -> Self {
        Self::new(Kind::Slow(delay))
    }

    /// Sends a `Retry-After` along, in whole seconds, rounded up.
    #[must_use]
    pub fn retry_after(mut self, duration: Duration) -> Self {
        self.retry_after = Some(duration);
        self
    }

    /// Applies the fault to this many requests; 0 is none.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Applies the fault to every request until [`Emulator::clear_faults`](crate::Emulator::clear_faults).
    ///
    /// Faults queued behind it are not reached before that.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    fn new(kind: Kind) -> Self {
        Self {
            kind,
            times: Some(1),
            retry_after: None,
        }
    }

    /// Returns what is sent in place of the proper reply.
    pub(crate) fn instead(&self) -> Instead {
        let reply = match &self.kind {
            Kind::Status(status) if status.as_u16() < 400 => Reply::status_only(*status),
            Kind::Status(status) => return Instead::Failure(*status),
            Kind::RefusedToken(status) => return Instead::InvalidToken(*status),
            Kind::Html => return Instead::FrontEnd,
            Kind::Empty => Reply::empty(),
            Kind::Redirect(location) => Reply::status_only(StatusCode::FOUND)
                .with_header_value(header::LOCATION, location.clone()),
            Kind::Oversized => oversized(),
            Kind::Body {
                status,
                content_type,
                body,
            } => Reply::new(*status, content_type.clone(), body.0.clone()),
            Kind::Slow(_) => return Instead::Proper,
        };
        Instead::Reply(reply)
    }

    /// Adds the fault's effect to every response, even a successful one.
    pub(crate) fn with_retry_after(&self, reply: Reply) -> Reply {
        let Some(duration) = self.retry_after else {
            return reply;
        };
        let seconds = duration
            .as_secs()
            .saturating_add(u64::from(duration.subsec_nanos() > 0));
        reply.with_header_value(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Returns how much later than usual the response goes out.
    pub(crate) fn delay(&self) -> Duration {
        match self.kind {
            Kind::Slow(delay) => delay,
            _ => Duration::ZERO,
        }
    }
}

/// What a fault has the emulator send.
#[derive(Debug)]
pub(crate) enum Instead {
    /// The proper reply, perhaps later.
    Proper,
    /// What the vendor sends with this status, which is 400 or above.
    Failure(StatusCode),
    /// What the vendor sends for an access token that it does not accept, with this status.
    InvalidToken(StatusCode),
    /// The vendor's web interface.
    FrontEnd,
    /// This reply.
    Reply(Reply),
}

#[derive(Debug, Clone)]
enum Kind {
    Status(StatusCode),
    RefusedToken(StatusCode),
    Html,
    Empty,
    Redirect(HeaderValue),
    Oversized,
    Body {
        status: StatusCode,
        content_type: HeaderValue,
        body: Body,
    },
    Slow(Duration),
}

/// A body that is not printed: it may be long, and a test may have put a token in it.
#[derive(Clone)]
struct Body(Vec<u8>);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// Returns faults in the order they came, each as often as it says.
#[derive(Debug, Default)]
pub(crate) struct FaultQueue(VecDeque<Fault>);

impl FaultQueue {
    /// Queues a fault behind those that wait.
    pub(crate) fn push(&mut self, fault: Fault) {
        if fault.times != Some(0) {
            self.0.push_back(fault);
        }
    }

    /// Takes the fault for one request.
    pub(crate) fn take(&mut self) -> Option<Fault> {
        match self.0.front_mut()?.times.as_mut() {
            Some(left) if *left > 1 => *left -= 1,
            Some(_) => return self.0.pop_front(),
            None => {}
        }
        self.0.front().cloned()
    }

    /// Forgets every fault.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

fn oversized() -> Reply {
    let body = json!({
        "access_token": "not-a-real-token",
        "token_type": "bearer",
        "expires_in": 3600,
        "accessToken": "not-a-real-token",
        "expiresIn": 3600,
        "padding": "x".repeat(OVERSIZED),
    });
    Reply::json_with(StatusCode::OK, &body)
}

/// 1 MiB and a little: one byte more than what clients allow for a token response, whatever the other fields take.
const OVERSIZED: usize = (1 << 20) + 1;
