//! The ways in which a test sends a request with the default client: by itself, and as a `tower` service.

use bytes::Bytes;
use http::{Request, Response};

use super::{HttpClient as _, RequestLimits, ReqwestHttpClient};
use crate::error::Result;

#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    Client,
    #[cfg(feature = "tower")]
    Service,
}

pub(super) const WAYS: &[Way] = &[
    Way::Client,
    #[cfg(feature = "tower")]
    Way::Service,
];

/// Sends a GET request.
pub(super) async fn get(
    way: Way,
    client: &ReqwestHttpClient,
    uri: &str,
) -> Result<Response<Bytes>> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = uri.parse().unwrap();
    match way {
        Way::Client => client.send(request, RequestLimits::API_REQUEST).await,
        #[cfg(feature = "tower")]
        Way::Service => {
            use http_body_util::{BodyExt as _, Full};
            use tower_service::Service as _;

            let response = client.service().call(request.map(Full::new)).await?;
            let (head, body) = response.into_parts();
            Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
        }
    }
}
