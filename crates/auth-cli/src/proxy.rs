//! The proxy for requests to a URL, without its credentials.

use auth_core::ReqwestHttpClient;

/// Returns the proxy that the default client uses for a URL.
///
/// Returns none for an unusable proxy variable: the request itself fails with the reason.
pub(crate) fn proxy_for(url: &str) -> Option<String> {
    let client = ReqwestHttpClient::builder().build().ok()?;
    client.proxy_for(&url.parse().ok()?).ok()?
}
