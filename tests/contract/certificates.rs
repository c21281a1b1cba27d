//! Certificates of every vendor's client, in files that variables name, and that are replaced while the client runs.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use auth_core::vendor::{Client, Config, Environment};
use auth_testkit::Emulator;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::vendors::Contract;

/// A certificate authority; all have the same name, as one that was replaced has.
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

    /// Returns a certificate and its key.
    fn issue(&self) -> (String, String) {
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// Has a certificate of this authority, and demands one of its clients.
    fn server(&self) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(der(&self.pem)).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let (certificate, key) = self.issue();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(
                vec![der(&certificate)],
                PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
            )
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    /// Replaces the files in one step each.
    fn write(&self, folder: &Path) {
        let (certificate, key) = self.issue();
        for (name, text) in [
            ("CA_FILE", &self.pem),
            ("CLIENT_CERT_FILE", &certificate),
            ("CLIENT_KEY_FILE", &key),
        ] {
            let new = folder.join("new");
            std::fs::write(&new, text).unwrap();
            std::fs::rename(new, folder.join(name)).unwrap();
        }
    }
}

/// A server in front of an emulator, whose certificates can be replaced.
struct Front {
    url: String,
    acceptor: Arc<Mutex<TlsAcceptor>>,
    accepted: Arc<AtomicUsize>,
}

impl Front {
    async fn start(authority: &Authority, behind: &Emulator) -> Self {
        let behind = behind.base_url().strip_prefix("http://").unwrap();
        let behind: SocketAddr = behind.parse().unwrap();
        let acceptor = Arc::new(Mutex::new(authority.server()));
        let accepted = Arc::new(AtomicUsize::new(0));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "https://localhost:{}",
            listener.local_addr().unwrap().port()
        );
        let (current, count) = (Arc::clone(&acceptor), Arc::clone(&accepted));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let acceptor = current.lock().unwrap().clone();
                let count = Arc::clone(&count);
                tokio::spawn(async move {
                    let Ok(mut near) = acceptor.accept(socket).await else {
                        return;
                    };
                    count.fetch_add(1, Ordering::Relaxed);
                    let mut far = TcpStream::connect(behind).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Self {
            url,
            acceptor,
            accepted,
        }
    }

    fn replace(&self, authority: &Authority) {
        *self.acceptor.lock().unwrap() = authority.server();
        self.accepted.store(0, Ordering::Relaxed);
    }
}

fn der(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}

/// The files are looked at once a second, on a clock that otherwise runs.
async fn a_second_passes() {
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    tokio::time::resume();
}

async fn check<V: Contract>() {
    let emulator = V::emulator().start().await.unwrap();
    let (first, second) = (Authority::new(), Authority::new());
    let front = Front::start(&first, &emulator).await;
    let folder = TempDir::new().unwrap();
    first.write(folder.path());
    let prefix = format!("{}_", V::INFO.name().to_uppercase());
    let lookup = |variable: &str| -> Option<OsString> {
        let name = variable.strip_prefix(&prefix)?;
        Some(match name {
            "BASE_URL" => front.url.clone().into(),
            "TOKEN_URL" => format!("{}{}", front.url, V::TOKEN_PATH).into(),
            "CLIENT_ID" => emulator.client_id().into(),
            "CLIENT_SECRET" => emulator.client_secret().into(),
            "CA_FILE" | "CLIENT_CERT_FILE" | "CLIENT_KEY_FILE" => folder.path().join(name).into(),
            _ => return None,
        })
    };
    let config = Config::<V>::from_environment(&Environment::new(&lookup)).unwrap();
    let client = Client::new(config).unwrap();
    V::call(&client).await.unwrap();
    assert!(front.accepted.load(Ordering::Relaxed) > 0);

    front.replace(&second);
    second.write(folder.path());
    a_second_passes().await;
    V::call(&client).await.unwrap();
    assert!(
        front.accepted.load(Ordering::Relaxed) > 0,
        "the files were not read again"
    );

    // Only those that the files contain.
    front.replace(&first);
    second.write(folder.path());
    a_second_passes().await;
    let error = V::call(&client).await.unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("its certificate is from an untrusted authority"),
        "{message}"
    );
    assert!(message.contains(&front.url), "{message}");
}

#[tokio::test]
async fn every_vendor_reads_replaced_certificates_again() {
    check::<datasaur_auth::Datasaur>().await;
    check::<maia_auth::Maia>().await;
    check::<runai_auth::Runai>().await;
}
