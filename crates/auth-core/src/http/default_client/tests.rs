//! Tests of what a proxy variable that cannot be used does to requests.

use super::*;
use crate::error::ErrorKind;

fn request(uri: &str) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = uri.parse().unwrap();
    request
}

fn settings(variable: &'static str, value: &'static str) -> Settings {
    let lookup = |name: &str| (name == variable).then(|| value.into());
    Settings {
        proxy: ProxySettings::from_lookup(lookup),
        ..Settings::default()
    }
}

fn client(settings: Settings) -> ReqwestHttpClient {
    ReqwestHttpClient(Arc::new(Inner {
        settings,
        pools: Pools::default(),
    }))
}

#[tokio::test]
async fn nothing_goes_past_a_proxy_that_cannot_be_used() {
    let client = client(settings("HTTPS_PROXY", "http://fakeproxy:port"));
    // Nothing listens there; an attempt to connect would be of kind `Transport`.
    let error = client
        .send(request("https://192.0.2.1/"), RequestLimits::TOKEN_REQUEST)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().starts_with("HTTPS_PROXY"), "{error}");
    let error = client
        .send(request("http://127.0.0.1:1/"), RequestLimits::TOKEN_REQUEST)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport, "it needs no proxy");
    assert!(!format!("{client:?}").contains("fakeproxy"), "{client:?}");
}

#[test]
fn a_usable_proxy_is_for_https_beyond_this_machine() {
    let settings = settings("all_proxy", "proxy:3128");
    for (uri, route) in [
        ("https://vendor.example/", Route::Proxied),
        ("https://localhost/", Route::Direct),
        ("http://vendor.example/", Route::Plain),
    ] {
        assert_eq!(
            settings.route(&uri.parse().unwrap()).unwrap(),
            route,
            "{uri}"
        );
    }
    let client = client(settings);
    let proxy = |uri: &str| client.proxy_for(&uri.parse().unwrap()).unwrap();
    assert_eq!(
        proxy("https://vendor.example/").as_deref(),
        Some("http://proxy:3128")
    );
    assert_eq!(proxy("https://localhost/"), None);
    assert_eq!(proxy("http://vendor.example/"), None);
}
