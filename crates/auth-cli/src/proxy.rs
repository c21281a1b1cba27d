//! Names the proxy that requests to a URL go through, without its credentials.

use auth_core::ReqwestHttpClient;

/// Returns the proxy that the default client uses for a URL.
///
/// A proxy variable that cannot be used has none: the request itself fails with what is wrong with it.
pub(crate) fn proxy_for(url: &str) -> Option<String> {
    let client = ReqwestHttpClient::builder().build().ok()?;
    client.proxy_for(&url.parse().ok()?).ok()?
}
