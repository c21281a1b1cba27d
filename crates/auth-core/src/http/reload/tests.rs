//! Tests of certificates that are replaced while the client runs, against a server that demands a client certificate.

#![cfg(feature = "rustls")]

mod looks;

use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, StatusCode};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::PAUSE;
use crate::error::{ErrorKind, Result};
use crate::http::{HttpClient as _, RequestLimits, ReqwestHttpClient};

/// Advances tokio's clock, which otherwise runs, so that connections do not time out.
async fn pass(duration: std::time::Duration) {
    tokio::time::pause();
    tokio::time::advance(duration).await;
    tokio::time::resume();
}

/// A certificate authority of the test's own.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { pem, issuer }
    }

    /// Returns a certificate for a name, and its key.
    fn issue(&self, name: &str) -> (String, String) {
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

/// A server on loopback that demands a client certificate, and notes those that it sees.
struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Server {
    /// Has a certificate of `own`, and accepts clients of `clients`.
    async fn start(own: &Authority, clients: &Authority) -> Self {
        let (certificate, key) = own.issue("localhost");
        let mut roots = RootCertStore::empty();
        roots.add(der(&clients.pem)).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(
                vec![der(&certificate)],
                PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
            )
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, noted) = (acceptor.clone(), Arc::clone(&noted));
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(socket).await else {
                        return;
                    };
                    let client = stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
                    noted.lock().unwrap().push(client);
                    // Kept open, as servers do.
                    let mut request = [0; 4_096];
                    while stream.read(&mut request).await.is_ok_and(|count| count > 0) {
                        let response = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                        let _ = stream.write_all(response).await;
                    }
                });
            }
        });
        Self { port, seen }
    }

    async fn get(&self, client: &ReqwestHttpClient) -> Result<StatusCode> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = format!("https://localhost:{}/", self.port).parse().unwrap();
        let response = client.send(request, RequestLimits::API_REQUEST).await?;
        Ok(response.status())
    }

    fn seen(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().clone()
    }
}

fn der(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

/// The three files of a client.
struct Files(TempDir);

impl Files {
    fn new(authority: &Authority, certificate: &(String, String)) -> Self {
        let files = Self(TempDir::new().unwrap());
        files.write("ca.pem", &authority.pem);
        files.write_pair(certificate);
        files
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    /// Replaces a file in one step, as Kubernetes and careful programs do.
    fn write(&self, name: &str, text: &str) {
        let new = self.path("new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.path(name)).unwrap();
    }

    fn write_pair(&self, (certificate, key): &(String, String)) {
        self.write("client.pem", certificate);
        self.write("client.key", key);
    }

    fn client(&self) -> Result<ReqwestHttpClient> {
        ReqwestHttpClient::builder()
            .root_certificates_file(self.path("ca.pem"))
            .client_certificate_files(self.path("client.pem"), self.path("client.key"))
            .build()
    }
}

#[tokio::test]
async fn a_replaced_client_certificate_is_presented_from_the_next_look_on() {
    let authority = Authority::new();
    let server = Server::start(&authority, &authority).await;
    let [first, second] = [authority.issue("first"), authority.issue("second")];
    let files = Files::new(&authority, &first);
    let client = files.client().unwrap();
    for _ in 0..2 {
        assert_eq!(server.get(&client).await.unwrap(), StatusCode::OK);
    }
    assert_eq!(server.seen(), [der(&first.0).to_vec()], "one connection");
    files.write_pair(&second);
    pass(PAUSE).await;
    for _ in 0..2 {
        assert_eq!(server.get(&client).await.unwrap(), StatusCode::OK);
    }
    let expected = [der(&first.0).to_vec(), der(&second.0).to_vec()];
    assert_eq!(server.seen(), expected);
}

#[tokio::test]
async fn replaced_authorities_are_trusted_and_the_old_ones_no_longer() {
    let [old, new] = [Authority::new(), Authority::new()];
    let [before, after] = [
        Server::start(&old, &old).await,
        Server::start(&new, &old).await,
    ];
    let files = Files::new(&old, &old.issue("client"));
    let client = files.client().unwrap();
    assert!(before.get(&client).await.is_ok());
    let error = after.get(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    files.write("ca.pem", &new.pem);
    pass(PAUSE).await;
    assert!(after.get(&client).await.is_ok());
    assert!(before.get(&client).await.is_err());
}

#[tokio::test]
async fn unusable_new_files_leave_the_old_ones_until_they_are_usable() {
    let authority = Authority::new();
    let server = Server::start(&authority, &authority).await;
    let [first, second] = [authority.issue("first"), authority.issue("second")];
    let files = Files::new(&authority, &first);
    let client = files.client().unwrap();
    assert!(server.get(&client).await.is_ok());
    // A certificate with the key of another one, a file that is not PEM, and one that is gone.
    files.write("client.pem", &second.0);
    pass(PAUSE).await;
    assert!(server.get(&client).await.is_ok());
    files.write("client.key", "half");
    pass(PAUSE).await;
    assert!(server.get(&client).await.is_ok());
    std::fs::remove_file(files.path("client.key")).unwrap();
    pass(PAUSE).await;
    assert!(server.get(&client).await.is_ok());
    assert_eq!(server.seen(), [der(&first.0).to_vec()]);
    files.write("client.key", &second.1);
    pass(PAUSE).await;
    assert!(server.get(&client).await.is_ok());
    assert_eq!(server.seen().last(), Some(&der(&second.0).to_vec()));
}

#[tokio::test]
async fn a_file_that_is_unusable_at_first_is_an_error_at_once() {
    let authority = Authority::new();
    let files = Files::new(&authority, &authority.issue("client"));
    for (name, text) in [
        ("ca.pem", "not PEM"),
        ("client.key", ""),
        ("client.pem", "x"),
    ] {
        let good = std::fs::read_to_string(files.path(name)).unwrap();
        files.write(name, text);
        assert_eq!(files.client().unwrap_err().kind(), ErrorKind::Config);
        files.write(name, &good);
    }
    std::fs::remove_file(files.path("ca.pem")).unwrap();
    let error = files.client().unwrap_err().to_string();
    assert!(
        error.contains(&*Path::new("ca.pem").to_string_lossy()),
        "{error}"
    );
    // Without a client certificate the server refuses.
    files.write("ca.pem", &authority.pem);
    let server = Server::start(&authority, &authority).await;
    let builder = ReqwestHttpClient::builder().root_certificates_file(files.path("ca.pem"));
    assert!(server.get(&builder.build().unwrap()).await.is_err());
}
