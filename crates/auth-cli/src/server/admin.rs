//! `/healthz` and `/metrics`.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Response, StatusCode};
use serde::Serialize;

use super::metrics::Metrics;
use super::refusal::Refusal;
use crate::vendor::Client;

pub(super) const HEALTH: &str = "/healthz";
pub(super) const METRICS: &str = "/metrics";

/// Returns true for the paths that are answered here.
pub(super) fn is_admin(path: &str) -> bool {
    path == HEALTH || path == METRICS
}

pub(super) fn respond(
    method: &Method,
    path: &str,
    client: &Client,
    metrics: &Metrics,
) -> Result<Response<Bytes>, Refusal> {
    if *method != Method::GET && *method != Method::HEAD {
        return Err(Refusal::method("GET, HEAD", "use GET"));
    }
    match path {
        HEALTH => Ok(health(client)),
        METRICS => Ok(text(
            StatusCode::OK,
            "text/plain; version=0.0.4; charset=utf-8",
            metrics.render(),
        )),
        _ => Err(Refusal::new(
            StatusCode::NOT_FOUND,
            "path",
            "only /healthz and /metrics are served here",
        )),
    }
}

/// The body of `/healthz`.
#[derive(Serialize)]
struct Health {
    status: &'static str,
    /// The kind of the error that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
}

/// Never waits, and starts the refresh of a missing token, so that a probe cannot prevent what it waits for.
fn health(client: &Client) -> Response<Bytes> {
    let (status, health) = match client.try_token() {
        Ok(Some(_)) => (StatusCode::OK, ("ok", None)),
        Ok(None) => (StatusCode::SERVICE_UNAVAILABLE, ("starting", None)),
        Err(error) => {
            let kind = Some(error.kind().as_str());
            (StatusCode::SERVICE_UNAVAILABLE, ("unavailable", kind))
        }
    };
    let (word, kind) = health;
    let json = serde_json::to_string(&Health { status: word, kind });
    text(status, "application/json", json.unwrap_or_default() + "\n")
}

fn text(status: StatusCode, content_type: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
