//! Tests of which proxy is named, and that its credentials are not.

use super::*;

fn matcher() -> Matcher {
    let builder = Matcher::builder().https("http://user:fake-password@proxy.example.com:3128");
    builder.no("direct.example.com").build()
}

#[test]
fn a_proxy_is_named_without_its_credentials() {
    let named = named(&matcher(), "https://api.example.com/prefix");
    assert_eq!(named.as_deref(), Some("http://proxy.example.com:3128"));
}

#[test]
fn what_is_reached_directly_has_no_proxy() {
    for url in [
        "https://direct.example.com",
        "http://api.example.com",
        "https://127.0.0.1:8443",
        "https://[::1]:8443",
        "https://localhost",
    ] {
        assert_eq!(named(&matcher(), url), None, "{url}");
    }
    assert_eq!(
        named(&Matcher::builder().build(), "https://api.example.com"),
        None
    );
}
