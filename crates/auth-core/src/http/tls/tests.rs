//! Tests of what is negotiated with a TLS server: the version of HTTP, by every implementation there is.

#![cfg(feature = "rustls")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
#[cfg(feature = "http2")]
use http::Request;
use http::{Response, Version};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::*;
use crate::http::ReqwestHttpClient;
use crate::http::ways::{self, WAYS, Way};

/// A server on loopback that speaks both versions of HTTP, and closes a connection after so many responses.
struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start(responses: usize) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let certificate = include_bytes!("../failure/fixtures/good.pem");
        let key = include_bytes!("../failure/fixtures/good.key");
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from_pem_slice(certificate).unwrap()],
                PrivateKeyDer::from_pem_slice(key).unwrap(),
            )
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let opened = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, opened) = (acceptor.clone(), Arc::clone(&opened));
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(socket).await else {
                        return;
                    };
                    opened.fetch_add(1, Ordering::SeqCst);
                    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                        serve_two(stream, responses).await;
                    } else {
                        serve_one(stream).await;
                    }
                });
            }
        });
        Self { port, connections }
    }

    fn client(&self, backend: TlsBackend) -> ReqwestHttpClient {
        ReqwestHttpClient::builder()
            .tls_backend(backend)
            .add_root_certificates(include_bytes!("../failure/fixtures/ca.pem"))
            .build()
            .unwrap()
    }

    #[cfg(feature = "http2")]
    async fn get(&self, client: &ReqwestHttpClient) -> Result<Response<Bytes>> {
        self.get_by(Way::Client, client).await
    }

    async fn get_by(&self, way: Way, client: &ReqwestHttpClient) -> Result<Response<Bytes>> {
        ways::get(way, client, &format!("https://localhost:{}/", self.port)).await
    }
}

/// HTTP/2: answers as often as it is allowed to, and then says goodbye.
async fn serve_two(stream: TlsStream<TcpStream>, responses: usize) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    let mut left = responses;
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        if left == 0 {
            respond.send_reset(h2::Reason::REFUSED_STREAM);
            connection.graceful_shutdown();
            continue;
        }
        left -= 1;
        if !request.body().is_end_stream() {
            tokio::spawn(count(request.into_body(), respond));
            continue;
        }
        let mut body = respond.send_response(Response::new(()), false).unwrap();
        body.send_data(Bytes::from_static(b"{}"), true).unwrap();
    }
}

/// HTTP/2: answers with the length of the body.
async fn count(mut body: h2::RecvStream, mut respond: h2::server::SendResponse<Bytes>) {
    let mut count = 0;
    while let Some(Ok(piece)) = body.data().await {
        count += piece.len();
        body.flow_control().release_capacity(piece.len()).unwrap();
    }
    let mut response = respond.send_response(Response::new(()), false).unwrap();
    let count = Bytes::from(count.to_string());
    response.send_data(count, true).unwrap();
}

/// HTTP/1.1: answers once.
async fn serve_one(mut stream: TlsStream<TcpStream>) {
    let mut request = [0; 4_096];
    let _ = stream.read(&mut request).await;
    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    let _ = stream.write_all(response).await;
    let _ = stream.shutdown().await;
}

const BACKENDS: &[TlsBackend] = &[
    TlsBackend::Rustls,
    #[cfg(feature = "native-tls")]
    TlsBackend::NativeTls,
];

#[tokio::test]
async fn every_implementation_negotiates_what_the_features_say() {
    let server = Server::start(100).await;
    let expected = if cfg!(feature = "http2") {
        Version::HTTP_2
    } else {
        Version::HTTP_11
    };
    for backend in BACKENDS {
        let client = server.client(*backend);
        for &way in WAYS {
            let response = server.get_by(way, &client).await.unwrap();
            assert_eq!(response.version(), expected, "{backend:?}, {way:?}");
            assert_eq!(*response.body(), "{}", "{backend:?}, {way:?}");
        }
    }
    // One for each way of each client.
    let opened = server.connections.load(Ordering::SeqCst);
    assert_eq!(opened, BACKENDS.len() * WAYS.len());
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn one_connection_serves_many_requests_at_once() {
    let server = Server::start(100).await;
    for (number, backend) in BACKENDS.iter().enumerate() {
        let client = server.client(*backend);
        server.get(&client).await.unwrap();
        let (first, second) = (server.get(&client), server.get(&client));
        let (first, second) = tokio::join!(first, second);
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(server.connections.load(Ordering::SeqCst), number + 1);
    }
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn a_large_body_arrives_whole() {
    use crate::http::{HttpClient as _, RequestLimits};

    let server = Server::start(100).await;
    for backend in BACKENDS {
        let client = server.client(*backend);
        for length in [100, 64 << 10, 5_000_000] {
            let mut request = Request::new(Bytes::from(vec![0; length]));
            *request.method_mut() = http::Method::PUT;
            *request.uri_mut() = format!("https://localhost:{}/", server.port)
                .parse()
                .unwrap();
            let response = client.send(request, RequestLimits::API_REQUEST).await;
            let response = response.unwrap();
            assert_eq!(*response.body(), length.to_string(), "{backend:?}");
        }
    }
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn a_request_that_a_closing_connection_did_not_take_is_sent_once_more() {
    for &way in WAYS {
        let server = Server::start(1).await;
        let client = server.client(TlsBackend::Rustls);
        server.get_by(way, &client).await.unwrap();
        server.get_by(way, &client).await.unwrap();
        assert_eq!(server.connections.load(Ordering::SeqCst), 2, "{way:?}");
    }
}

#[cfg(not(feature = "native-tls"))]
#[test]
fn an_implementation_that_is_not_there_is_an_error_that_names_its_feature() {
    let error = ReqwestHttpClient::builder()
        .tls_backend(TlsBackend::NativeTls)
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), crate::error::ErrorKind::Config);
    assert!(error.to_string().contains("`native-tls`"), "{error}");
}

#[test]
fn a_builder_shows_no_private_key() {
    let key = include_bytes!("../failure/fixtures/good.key");
    let builder = ReqwestHttpClient::builder().client_certificate(b"fake", key);
    let shown = format!("{builder:#?}");
    assert!(
        !shown.contains("45, 45") && !shown.contains("PRIVATE"),
        "{shown}"
    );
}
