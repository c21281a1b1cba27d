//! Tests of which proxy variables are taken and how mistakes in them are named.

use super::*;
use crate::error::ErrorKind;

fn read(pairs: &[(&str, &str)]) -> Result<ProxySettings> {
    ProxySettings::from_lookup(|variable| {
        let (_, value) = pairs.iter().find(|(name, _)| *name == variable)?;
        Some(OsString::from(value))
    })
}

fn proxy(pairs: &[(&str, &str)]) -> Option<String> {
    read(pairs).unwrap().proxy.map(|proxy| proxy.to_string())
}

#[test]
fn the_first_variable_that_is_set_to_something_counts() {
    let (upper, lower) = (
        ("HTTPS_PROXY", "http://upper:1"),
        ("https_proxy", "http://lower:1"),
    );
    let all = ("ALL_PROXY", "http://all:1");
    assert_eq!(
        proxy(&[upper, lower, all]).as_deref(),
        Some("http://upper:1")
    );
    assert_eq!(
        proxy(&[("HTTPS_PROXY", ""), lower, all]).as_deref(),
        Some("http://lower:1")
    );
    assert_eq!(proxy(&[all]).as_deref(), Some("http://all:1"));
    assert_eq!(
        proxy(&[("HTTP_PROXY", "http://plain:1"), ("https_proxy", "")]),
        None
    );
    assert_eq!(proxy(&[]), None);
}

#[test]
fn a_url_that_is_usable_is_taken() {
    for (text, taken) in [
        ("proxy", "http://proxy"),
        ("proxy:3128", "http://proxy:3128"),
        (
            "fakeuser:fake%40password@proxy:3128",
            "http://fakeuser:fake%40password@proxy:3128",
        ),
        ("https://proxy:3128/", "https://proxy:3128"),
        ("http://[::1]:3128", "http://[::1]:3128"),
    ] {
        assert_eq!(proxy(&[("HTTPS_PROXY", text)]).as_deref(), Some(taken));
        let settings = read(&[("HTTPS_PROXY", text)]).unwrap();
        let builder = crate::http::tls::Tls::default().apply_none(reqwest::Client::builder());
        let client = settings.apply(builder.unwrap()).unwrap().build().unwrap();
        assert!(!format!("{client:?}").contains("password"), "{client:?}");
    }
}

#[test]
fn what_cannot_be_used_is_an_error_that_names_the_variable_alone() {
    for text in [
        "http://fakeproxy:port",
        "http://fakeproxy:99999",
        "http://",
        "http:// fakeproxy",
        " http://fakeproxy",
        "http://fakeproxy\n",
        "http//fakeproxy:3128",
        "://fakeproxy",
        "http:/fakeproxy:3128",
        "socks5://fakeproxy:1080",
        "socks5h://fakeproxy:1080",
        "SOCKS4://fakeproxy:1080",
        "ftp://fakeproxy",
        "file:///fakeproxy",
        "http://fakeuser:fake@fake@fakeproxy:3128",
        "http://fakeproxy/path",
        "http://fakeproxy?fake",
        "DIRECT fakeproxy",
        "fakeproxy:",
        "[::1",
    ] {
        for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let Err(error) = read(&[(variable, text)]) else {
                panic!("{text:?} is taken");
            };
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().starts_with(variable), "{text:?}: {error}");
            assert!(!format!("{error:?}").contains("fake"), "{error:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf8_is_named() {
    use std::os::unix::ffi::OsStringExt as _;

    let lookup = |variable: &str| (variable == "ALL_PROXY").then(|| OsString::from_vec(vec![0xff]));
    let error = ProxySettings::from_lookup(lookup).err().unwrap();
    assert!(error.to_string().starts_with("ALL_PROXY"), "{error}");
}

#[test]
fn hosts_are_bypassed_in_the_spellings_that_other_programs_take() {
    let read = |list: &str| read(&[("HTTPS_PROXY", "proxy:1"), ("NO_PROXY", list)]).unwrap();
    assert_eq!(
        read("a.example, .b.example").bypassed,
        "a.example,.b.example"
    );
    assert_eq!(
        read("a.example b.example\tc.example").bypassed,
        "a.example,b.example,c.example"
    );
    assert_eq!(read("*.a.example").bypassed, ".a.example");
    assert_eq!(read("*").bypassed, "*");
    // The dot at the end of a whole name.
    assert_eq!(
        read("a.example.,*.b.example.").bypassed,
        "a.example,.b.example"
    );
    assert_eq!(
        read("10.0.0.0/8,[::1],fe80::/10").bypassed,
        "10.0.0.0/8,::1,fe80::/10"
    );
    assert_eq!(
        read("10.*,192.168.*.*,172.16.1.*").bypassed,
        "10.0.0.0/8,192.168.0.0/16,172.16.1.0/24"
    );
    let settings = read("a.example.:8443,.b.example:443,[::1]:9");
    assert_eq!(settings.bypassed, "");
    for (target, is_bypassed) in [
        ("https://a.example:8443/", true),
        ("https://x.A.example:8443/", true),
        ("https://a.example/", false),
        ("https://nota.example:8443/", false),
        ("https://x.b.example/", true),
        ("https://[::1]:9/", true),
    ] {
        assert_eq!(
            settings.bypasses_port(&target.parse().unwrap()),
            is_bypassed,
            "{target}"
        );
    }
}

#[test]
fn an_entry_that_would_bypass_nothing_is_named() {
    for list in [
        "https://fake.example",
        "fake.example/path",
        "10.0.0.0/fake",
        "fake*example",
        "a;fake",
        "10.0.0.0/33",
        "fe80::/129",
        "10.0.0.0/8:443",
        "*:443",
        ".",
        ".:443",
    ] {
        let pairs = [("HTTPS_PROXY", "proxy:1"), ("no_proxy", list)];
        let error = read(&pairs).err().unwrap();
        assert!(error.to_string().starts_with("no_proxy"), "{error}");
        assert!(!error.to_string().contains("fake"), "{error}");
        assert!(read(&pairs[1..]).is_ok(), "there is no proxy to bypass");
    }
}

#[test]
fn the_proxy_is_named_without_its_credentials_where_it_is_used() {
    let settings = read(&[
        (
            "HTTPS_PROXY",
            "http://user:fake-password@proxy.example:3128/",
        ),
        (
            "NO_PROXY",
            "direct.example,*.wild.example,port.example:8443,10.*",
        ),
    ])
    .unwrap();
    for (target, is_proxied) in [
        ("https://api.example/v1", true),
        ("https://port.example/", true),
        ("https://notdirect.example/", true),
        ("https://direct.example/", false),
        ("https://x.direct.example/", false),
        ("https://x.wild.example/", false),
        ("https://port.example:8443/", false),
        ("https://10.1.2.3/", false),
    ] {
        let named = settings.named(&target.parse().unwrap());
        let expected = is_proxied.then_some("http://proxy.example:3128");
        assert_eq!(named.as_deref(), expected, "{target}");
    }
    let none = read(&[("NO_PROXY", "a.example")]).unwrap();
    assert_eq!(none.named(&"https://api.example".parse().unwrap()), None);
}

#[test]
fn every_proxy_that_is_accepted_is_used() {
    let target = "https://vendor.example/".parse().unwrap();
    let long = format!("http://{}@proxy:3128", "u".repeat(70_000));
    for odd in [
        "http://user:pa{ss@proxy:3128",
        "http://u}^|\"<>`[]:p@proxy:3128",
        "http://us\u{e4}r:p\u{e4}ss@proxy:3128",
        "http:///proxy:3128",
        "http://pr\u{f6}xy:3128",
        "http://pro%2exy:3128",
        &long,
    ] {
        let lookup = |name: &str| (name == "HTTPS_PROXY").then(|| odd.into());
        // An error is as good: what must not be is a request without the proxy.
        if let Ok(settings) = ProxySettings::from_lookup(lookup) {
            let matcher = settings.matcher().unwrap();
            assert!(matcher.intercept(&target).is_some(), "{odd}");
            assert!(settings.named(&target).is_some(), "{odd}");
        }
    }
    let lookup =
        |name: &str| (name == "HTTPS_PROXY").then(|| "http://us{r:p%40ss@proxy:3128".into());
    let matcher = ProxySettings::from_lookup(lookup)
        .unwrap()
        .matcher()
        .unwrap();
    let found = matcher.intercept(&target).unwrap();
    let credentials = found.basic_auth().unwrap().to_str().unwrap();
    // The base64 of `us{r:p@ss`.
    assert_eq!(credentials, "Basic dXN7cjpwQHNz");
}
