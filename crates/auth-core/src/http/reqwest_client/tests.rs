//! Tests of what a proxy variable that cannot be used does to requests.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::error::ErrorKind;
use crate::http::ways::{self, WAYS};

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
        #[cfg(feature = "tower")]
        forwarding: Pools::default(),
        reload: None,
    }))
}

#[tokio::test]
async fn nothing_goes_past_a_proxy_that_cannot_be_used() {
    let client = client(settings("HTTPS_PROXY", "http://fakeproxy:port"));
    for &way in WAYS {
        // Nothing listens there; an attempt to connect would be of kind `Transport`.
        let outcome = ways::get(way, &client, "https://192.0.2.1/").await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{way:?}");
        assert!(error.to_string().starts_with("HTTPS_PROXY"), "{error}");
        let outcome = ways::get(way, &client, "http://127.0.0.1:1/").await;
        let kind = outcome.unwrap_err().kind();
        assert_eq!(kind, ErrorKind::Transport, "{way:?}: it needs no proxy");
    }
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

/// Serves a connection for each way as a proxy that answers `head` to whatever it is asked; returns its URL with credentials.
fn proxy_that_answers(head: &'static [u8]) -> &'static str {
    use std::io::{Read as _, Write as _};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for _ in WAYS {
            let (mut socket, _) = listener.accept().unwrap();
            let _ = socket.read(&mut [0; 4_096]);
            let _ = socket.write_all(head);
        }
    });
    Box::leak(format!("http://fakeuser:fakepassword@127.0.0.1:{port}").into_boxed_str())
}

#[tokio::test]
async fn a_failure_names_the_proxy_that_was_asked_without_its_credentials() {
    for head in [
        &b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"[..],
        b"HTTP/1.1 502 Bad Gateway\r\n\r\n",
        b"no proxy at all\r\n\r\n",
        b"",
    ] {
        let url = proxy_that_answers(head);
        let client = client(settings("HTTPS_PROXY", url));
        for &way in WAYS {
            let outcome = ways::get(way, &client, "https://vendor.example/").await;
            let error = outcome.unwrap_err();
            let port = url.rsplit(':').next().unwrap();
            let expected = format!(
                "no connection to https://vendor.example through the proxy http://127.0.0.1:{port}"
            );
            assert_eq!(error.to_string(), expected, "{way:?}");
            assert!(!format!("{error:?}").contains("fake"), "{way:?}: {error:?}");
            assert!(!error.may_have_been_sent(), "{way:?}");
        }
    }
}

#[tokio::test]
async fn the_time_limit_of_an_upload_from_memory_restarts_with_each_piece() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    const LENGTH: usize = 24 << 20;
    // Long enough for a busy machine; the pace is on tokio's clock, which otherwise runs.
    let limit = Duration::from_secs(60);
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut piece = vec![0; 1 << 20];
        let mut left = LENGTH;
        while left > 0 {
            // The system buffers several pieces, which the client sends at once.
            tokio::time::pause();
            tokio::time::advance(limit / 10).await;
            tokio::time::resume();
            let mut read = 0;
            while read < piece.len() && read < left {
                let count = stream.read(&mut piece[read..]).await.unwrap();
                assert!(count > 0);
                read += count;
            }
            left = left.saturating_sub(read);
        }
        let response = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(response).await.unwrap();
    });
    let body = BodyStream::from(Bytes::from(vec![0; LENGTH]));
    let mut request = Request::new(body);
    *request.method_mut() = http::Method::PUT;
    *request.uri_mut() = format!("http://{address}/").parse().unwrap();
    let started = tokio::time::Instant::now();
    let client = client(Settings::default());
    let limits = RequestLimits::new(limit, 1_000);
    client.send_stream(request, limits).await.unwrap();
    assert!(started.elapsed() > limit, "{:?}", started.elapsed());
    server.abort();
}
