//! Tests of what a TLS server with a bad certificate becomes: an error that says what to do and is not tried again at once.

#![cfg(feature = "rustls")]

use std::net::TcpListener;
use std::sync::Arc;

use bytes::Bytes;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig, ServerConnection};

use super::*;
use crate::error::ErrorKind;
use crate::http::ReqwestHttpClient;
use crate::http::ways::{self, WAYS, Way};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/", $name)).as_slice()
    };
}

/// Serves one connection on loopback with a certificate, and returns the port.
fn serve(certificate: &[u8], key: &[u8], demands_client: bool) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = if demands_client {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(fixture!("ca.pem")).unwrap())
            .unwrap();
        builder.with_client_cert_verifier(
            rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .unwrap(),
        )
    } else {
        builder.with_no_client_auth()
    };
    let config = builder
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(certificate).unwrap()],
            PrivateKeyDer::from_pem_slice(key).unwrap(),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};

        let (mut socket, _) = listener.accept().unwrap();
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = rustls::Stream::new(&mut connection, &mut socket);
        let mut request = [0; 4_096];
        if stream.read(&mut request).is_ok() {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
        } else {
            // Sends the alert that says why.
            let _ = stream.flush();
        }
    });
    port
}

async fn get(way: Way, port: u16, roots: Option<&[u8]>) -> Result<http::Response<Bytes>, Error> {
    let mut builder = ReqwestHttpClient::builder();
    if let Some(roots) = roots {
        builder = builder.add_root_certificates(roots);
    }
    let client = builder.build().unwrap();
    ways::get(way, &client, &format!("https://localhost:{port}/")).await
}

#[tokio::test]
async fn a_good_certificate_is_taken() {
    for &way in WAYS {
        let port = serve(fixture!("good.pem"), fixture!("good.key"), false);
        let response = get(way, port, Some(fixture!("ca.pem"))).await.unwrap();
        assert_eq!(response.body(), "{}", "{way:?}");
    }
}

#[tokio::test]
async fn a_bad_certificate_says_what_to_do_and_is_not_tried_again_at_once() {
    let ca = fixture!("ca.pem");
    for (certificate, key, roots, said, reason) in [
        (
            fixture!("authority.pem"),
            fixture!("authority.key"),
            Some(fixture!("authority.pem")),
            "is that of a certificate authority",
            ErrorReason::InvalidCertificate,
        ),
        (
            fixture!("good.pem"),
            fixture!("good.key"),
            None,
            "from an untrusted authority",
            ErrorReason::UntrustedAuthority,
        ),
        (
            fixture!("expired.pem"),
            fixture!("expired.key"),
            Some(ca),
            "has expired",
            ErrorReason::InvalidCertificate,
        ),
        (
            fixture!("elsewhere.pem"),
            fixture!("elsewhere.key"),
            Some(ca),
            "is for another host",
            ErrorReason::InvalidCertificate,
        ),
    ] {
        for &way in WAYS {
            let port = serve(certificate, key, false);
            let error = get(way, port, roots).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
            assert!(error.to_string().contains(said), "{way:?}: {error:?}");
            assert_eq!(error.reason(), Some(reason), "{way:?}");
            let origin = format!("https://localhost:{port}");
            assert_eq!(error.origin(), Some(&*origin), "{way:?}");
            assert!(!error.is_retryable(), "{way:?}: {error}");
            assert!(!error.may_have_been_sent(), "{way:?}: {error}");
        }
    }
}

#[tokio::test]
async fn a_missing_client_certificate_is_named() {
    for &way in WAYS {
        let port = serve(fixture!("good.pem"), fixture!("good.key"), true);
        let error = get(way, port, Some(fixture!("ca.pem"))).await.unwrap_err();
        assert!(
            error.to_string().contains("client_certificate"),
            "{way:?}: {error:?}"
        );
        assert_eq!(error.reason(), Some(ErrorReason::ClientCertificate));
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn a_server_without_tls_is_named_and_may_be_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};

        for _ in WAYS {
            let (mut socket, _) = listener.accept().unwrap();
            // Unread bytes would reset the connection.
            let _ = socket.read(&mut [0; 4_096]);
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    for &way in WAYS {
        let error = get(way, port, None).await.unwrap_err();
        assert!(
            error.to_string().contains("does not speak TLS"),
            "{way:?}: {error:?}"
        );
        assert_eq!(error.reason(), Some(ErrorReason::OtherProtocol));
        assert!(error.is_retryable());
    }
}

#[test]
fn a_timeout_names_the_server_and_the_time_that_passed() {
    for (elapsed, shown) in [(120, "120.0ms"), (10_040, "10.0s")] {
        let error = timed_out("https://vendor.example", Duration::from_millis(elapsed));
        assert_eq!(
            error.to_string(),
            format!("no complete response from https://vendor.example within {shown}")
        );
        assert_eq!(error.origin(), Some("https://vendor.example"));
    }
}

#[test]
fn the_origin_is_that_of_the_server_whatever_the_request_goes_through() {
    let through = "https://vendor.example through the proxy http://127.0.0.1:3128";
    for (described, origin) in [
        (through, Some("https://vendor.example")),
        ("the server", None),
    ] {
        let error = paused(described, Duration::from_secs(1));
        assert_eq!(error.origin(), origin);
    }
}
