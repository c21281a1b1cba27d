//! One event for each exchange of the default client: what was requested, and what came of it.

use std::time::Instant;

use http::{Method, Request, Response, Uri};
use tracing::Level;

use super::base_url::origin_of;
use crate::error::Result;

/// A request whose outcome will be logged.
pub(super) struct Pending {
    started: Instant,
    method: Method,
    uri: Uri,
}

impl Pending {
    /// Notes a request; returns none if nobody reads such events, which costs nothing then.
    pub(super) fn start<B>(request: &Request<B>) -> Option<Box<Self>> {
        tracing::enabled!(Level::DEBUG).then(|| {
            Box::new(Self {
                started: Instant::now(),
                method: request.method().clone(),
                uri: request.uri().clone(),
            })
        })
    }

    /// Logs the outcome, without the query, which may contain anything.
    pub(super) fn end<B>(pending: Option<Box<Self>>, outcome: &Result<Response<B>>) {
        let Some(pending) = pending else {
            return;
        };
        let method = pending.method.as_str();
        let server = origin_of(&pending.uri.to_string()).unwrap_or_default();
        let path = pending.uri.path();
        let elapsed = pending.started.elapsed();
        match outcome {
            Ok(response) => tracing::debug!(
                method,
                server,
                path,
                status = response.status().as_u16(),
                ?elapsed,
                "response received"
            ),
            Err(error) => tracing::debug!(
                method,
                server,
                path,
                kind = error.kind().as_str(),
                ?elapsed,
                "no response"
            ),
        }
    }
}
