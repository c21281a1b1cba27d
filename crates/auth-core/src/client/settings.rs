//! The settings of an authorized client, in one place that the clients of many tenants share.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;

use super::response::ErrorReader;
use super::{ForwardHeaders, RetryPolicy};
use crate::clock::Clock;
use crate::http::{BaseUrl, HttpClient, RequestLimits};

/// Everything but the token's source and the budget for retries, which one tenant must not use up for the others.
#[derive(Clone)]
pub(crate) struct ClientSettings {
    pub(super) http: Arc<dyn HttpClient>,
    pub(super) base_url: BaseUrl,
    pub(super) origins: Vec<BaseUrl>,
    pub(super) limits: RequestLimits,
    pub(super) forward: ForwardHeaders,
    pub(super) is_invalid_token: fn(&Response<Bytes>) -> bool,
    pub(super) reader: ErrorReader,
    pub(super) retry_policy: RetryPolicy,
    pub(super) clock: Arc<dyn Clock>,
}
