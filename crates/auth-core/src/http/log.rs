//! One event for each exchange of the default client: what was requested, and what came of it.

use std::time::Instant;

use http::{Method, Request, Response, Uri};
use tracing::Level;

use super::base_url::origin_of;
use crate::error::Result;

/// A request whose outcome will be logged, also if it is dropped before there is one.
pub(super) struct Pending {
    started: Instant,
    method: Method,
    uri: Uri,
    is_logged: bool,
}

impl Pending {
    /// Notes a request; returns none if nobody reads such events, which costs nothing then.
    pub(super) fn start<B>(request: &Request<B>) -> Option<Box<Self>> {
        tracing::enabled!(Level::DEBUG).then(|| {
            Box::new(Self {
                started: Instant::now(),
                method: request.method().clone(),
                uri: request.uri().clone(),
                is_logged: false,
            })
        })
    }

    /// Logs the outcome.
    pub(super) fn end<B>(pending: Option<Box<Self>>, outcome: &Result<Response<B>>) {
        let Some(mut pending) = pending else {
            return;
        };
        pending.is_logged = true;
        match outcome {
            Ok(response) => tracing::debug!(
                method = pending.method.as_str(),
                server = pending.server(),
                path = pending.path(),
                status = response.status().as_u16(),
                elapsed = ?pending.started.elapsed(),
                "response received"
            ),
            Err(error) => tracing::debug!(
                method = pending.method.as_str(),
                server = pending.server(),
                path = pending.path(),
                kind = error.kind().as_str(),
                elapsed = ?pending.started.elapsed(),
                "no response"
            ),
        }
    }

    fn server(&self) -> String {
        origin_of(&self.uri.to_string()).unwrap_or_default()
    }

    /// Returns the path only at the lowest level: it may contain ids, mail addresses and the signature of an upload. The query never appears.
    fn path(&self) -> Option<&str> {
        tracing::enabled!(Level::TRACE).then(|| self.uri.path())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        // A subscriber is foreign code, and must not panic while another panic unwinds.
        if self.is_logged || std::thread::panicking() {
            return;
        }
        tracing::debug!(
            method = self.method.as_str(),
            server = self.server(),
            path = self.path(),
            elapsed = ?self.started.elapsed(),
            "request cancelled"
        );
    }
}

#[cfg(test)]
mod tests;
