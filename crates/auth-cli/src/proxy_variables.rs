//! The proxy for requests to a URL, without its credentials, and the variable that names it.

use auth_core::ReqwestHttpClient;

use crate::variables::Variables;

/// Returns the proxy that the default client uses for a URL, with its variable, such as `http://proxy:3128 (HTTPS_PROXY)`.
///
/// Returns none for an unusable proxy variable: the request itself fails with the reason.
pub(crate) fn proxy_for(url: &str) -> Option<String> {
    let client = ReqwestHttpClient::builder().build().ok()?;
    let proxy = client.proxy_for(&url.parse().ok()?).ok()??;
    let variables = Variables::of_process();
    let variable = VARIABLES
        .into_iter()
        .find(|variable| variables.non_empty(variable).is_some())?;
    Some(format!("{proxy} ({variable})"))
}

/// Returns true if the request to a URL fails since a proxy variable is not usable.
pub(crate) fn is_proxy_unusable(url: &str) -> bool {
    let client = ReqwestHttpClient::builder().build();
    let Ok(uri) = url.parse() else {
        return false;
    };
    client.and_then(|client| client.proxy_for(&uri)).is_err()
}

/// In the order in which the client reads them.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
