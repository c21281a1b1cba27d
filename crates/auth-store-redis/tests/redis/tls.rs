//! TLS: certificates made in the test, verified always.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use super::contract::Tested;
use super::*;
use auth_testkit::store::contract;

/// Installs a provider, as a program does at its start.
pub(crate) fn provide() {
    // Fails only if another test was faster.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A certificate authority, and a certificate of `localhost` and 127.0.0.1 that it signed.
struct Authority {
    root: String,
    certificate: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        provide();
        let mut params = CertificateParams::new([]).unwrap();
        // A subject of its own: otherwise a certificate that it signs looks like one that signed itself.
        params
            .distinguished_name
            .push(DnType::CommonName, "the authority of a test");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let params = CertificateParams::new(names).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        Self {
            root: issuer.pem(),
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    /// Starts a server with TLS on a loopback port; with `"yes"` it wants certificates of its clients.
    fn server(
        &self,
        engine: &'static str,
        wants_client: &str,
    ) -> (RedisServer, u16, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let root = file("root.pem", &self.root);
        let certificate = file("certificate.pem", &self.certificate);
        let key = file("key.pem", &self.key);
        let options = [
            "--port",
            "0",
            "--tls-port",
            "PORT",
            "--tls-ca-cert-file",
            &root,
            "--tls-cert-file",
            &certificate,
            "--tls-key-file",
            &key,
            "--tls-auth-clients",
            wants_client,
        ];
        let (server, port) = RedisServer::start_on_a_port(engine, &options);
        (server, port, folder)
    }
}

#[tokio::test]
async fn a_server_with_tls_and_an_authority_of_its_own() {
    for engine in engines() {
        let authority = Authority::new();
        let (server, port, _folder) = authority.server(engine, "no");
        let store = RedisTokenStore::builder(&format!("rediss://localhost:{port}"))
            .root_certificates(authority.root.clone())
            .build()
            .unwrap();
        contract::records(&Tested {
            store,
            server: &server,
        })
        .await;
    }
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_is_not_trusted() {
    for engine in engines() {
        let authority = Authority::new();
        let (_server, port, _folder) = authority.server(engine, "no");
        let url = format!("rediss://localhost:{port}");
        let others = RedisTokenStore::builder(&url).root_certificates(Authority::new().root);
        for store in [others.build(), RedisTokenStore::from_url(&url)] {
            let store = store.unwrap();
            let error = store.get(&key(RecordKind::Token)).await.unwrap_err();
            assert!(format!("{error:?}").contains("certificate"), "{error:?}");
            assert_eq!(token(&process(&store, "own")).await, "own");
        }
    }
}

#[tokio::test]
async fn a_client_certificate_is_presented() {
    for engine in engines() {
        let authority = Authority::new();
        let (_server, port, _folder) = authority.server(engine, "yes");
        let url = format!("rediss://localhost:{port}");
        let builder = || RedisTokenStore::builder(&url).root_certificates(authority.root.clone());
        let without = builder().build().unwrap();
        assert!(without.get(&key(RecordKind::Token)).await.is_err());
        let with =
            builder().client_certificate(authority.certificate.clone(), authority.key.as_str());
        let with = with.build().unwrap();
        assert_eq!(with.get(&key(RecordKind::Token)).await.unwrap(), None);
    }
}
