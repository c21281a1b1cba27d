//! Tests of the rules for callers.

use std::net::Ipv4Addr;

use http::Request;

use super::*;

const LOOPBACK: Transport = Transport::Tcp(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080));
const SECRET: &str = "fake-secret-of-the-callers";

fn head(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::get(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn kind(callers: &Callers, headers: &[(&str, &str)], transport: Transport) -> &'static str {
    match callers.check(&head("/", headers), transport) {
        Ok(()) => "ok",
        Err(refusal) => refusal.kind,
    }
}

#[test]
fn a_web_page_is_refused_everywhere() {
    let open = Callers::new(None).unwrap();
    let locked = Callers::new(Some(SECRET.into())).unwrap();
    let pages = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    for page in pages {
        for transport in [LOOPBACK, Transport::Unix] {
            let headers = [("host", "localhost"), ("vauth-secret", SECRET), page];
            // The refusal names the header that was sent.
            let refusal = open.check(&head("/", &headers), transport).unwrap_err();
            let message = refusal.message.to_lowercase();
            assert!(
                message.contains(&format!("no {} header", page.0)),
                "{message}"
            );
            assert_eq!(kind(&open, &headers, transport), "browser", "{page:?}");
            assert_eq!(kind(&locked, &headers, transport), "browser", "{page:?}");
        }
    }
    for site in ["none", "same-origin"] {
        let headers = [("host", "localhost"), ("sec-fetch-site", site)];
        assert_eq!(kind(&open, &headers, LOOPBACK), "ok", "{site}");
    }
}

#[test]
fn without_a_secret_the_host_is_a_name_of_this_machine() {
    let callers = Callers::new(None).unwrap();
    for host in [
        "localhost",
        "LOCALHOST:9",
        "127.0.0.1",
        "127.0.0.1:8080",
        "127.9.9.9",
        "[::1]:8080",
    ] {
        assert_eq!(kind(&callers, &[("host", host)], LOOPBACK), "ok", "{host}");
    }
    for host in [
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "localhost@evil.example",
        "127.0.0.1.evil.example",
        "evil.example@localhost",
        "10.0.0.1",
        "",
        "::1",
        "localhost:80:90",
        "[127.0.0.1]",
        "[::1",
        "[::1]x:80",
    ] {
        assert_eq!(
            kind(&callers, &[("host", host)], LOOPBACK),
            "host",
            "{host}"
        );
        assert_eq!(kind(&callers, &[("host", host)], Transport::Unix), "ok");
    }
    assert_eq!(kind(&callers, &[], LOOPBACK), "host");
    let two = [("host", "localhost"), ("host", "evil.example")];
    assert_eq!(kind(&callers, &two, LOOPBACK), "host");
}

#[test]
fn with_a_secret_it_is_required_and_any_name_is_right() {
    let callers = Callers::new(Some(SECRET.into())).unwrap();
    let bearer = format!("bearer {SECRET}");
    for transport in [LOOPBACK, Transport::Unix] {
        for right in [("vauth-secret", SECRET), ("authorization", &bearer)] {
            let headers = [("host", "sidecar.example"), right];
            assert_eq!(kind(&callers, &headers, transport), "ok", "{right:?}");
        }
        let longer = format!("{SECRET}x");
        for wrong in [
            ("vauth-secret", ""),
            ("vauth-secret", &SECRET[1..]),
            ("vauth-secret", &longer),
            ("authorization", SECRET),
            ("authorization", "Bearer"),
            ("authorization", "Basic fake"),
            ("x-other", SECRET),
        ] {
            let headers = [("host", "localhost"), wrong];
            assert_eq!(
                kind(&callers, &headers, transport),
                "caller_secret",
                "{wrong:?}"
            );
        }
    }
}

#[test]
fn a_secret_that_is_short_or_no_header_value_is_an_error() {
    for wrong in [
        "",
        "short",
        "fake secret of callers",
        "fäke-secret-of-callers",
    ] {
        assert!(Callers::new(Some(wrong.into())).is_err(), "{wrong}");
    }
}
