//! Tests of certificates: every vendor trusts those in its file and presents its own, and a failure is named with what to do.

use std::fs;

use auth_testkit::{Datasaur, EmulatedVendor, Emulator};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Environment, Run, VENDORS, environment, start, vauth, with};
use crate::tls::{Authority, Certificate, front};

/// Files of certificates, and the variables that name them.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn trusting(
        &self,
        authority: &Authority,
        environment: Environment,
        vendor: &str,
    ) -> Environment {
        let path = self.write("ca.pem", &authority.pem);
        with(environment, &format!("{vendor}_CA_FILE"), &path)
    }

    fn presenting(&self, own: &Certificate, environment: Environment, vendor: &str) -> Environment {
        let pem = self.write("client.pem", &own.pem);
        let key = self.write("client.key", &own.key);
        let environment = with(environment, &format!("{vendor}_CLIENT_CERT_FILE"), &pem);
        with(environment, &format!("{vendor}_CLIENT_KEY_FILE"), &key)
    }
}

fn prefix(vendor: EmulatedVendor) -> String {
    vendor.as_str().to_uppercase()
}

/// Points everything at a server in front of the emulator.
fn behind(emulator: &Emulator, url: &str) -> Environment {
    let vendor = emulator.name().to_uppercase();
    let path = emulator.token_url().strip_prefix(emulator.base_url());
    let token_url = format!("{url}{}", path.unwrap());
    let environment = with(environment(emulator), &format!("{vendor}_BASE_URL"), url);
    match vendor.as_str() {
        "MAIA" => with(environment, "MAIA_TOKEN_URL", &token_url),
        _ => environment,
    }
}

/// The server is on the test's runtime, which must not be blocked by waiting for the command.
async fn run(arguments: &[&str], environment: &Environment) -> Run {
    let arguments: Vec<_> = arguments.iter().map(|one| (*one).to_owned()).collect();
    let environment = environment.clone();
    let run = tokio::task::spawn_blocking(move || {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        vauth(&arguments, &environment)
    });
    run.await.unwrap()
}

async fn doctor(vendor: EmulatedVendor, environment: &Environment) -> (Run, Vec<Value>) {
    let run = run(&["doctor", vendor.as_str(), "--json"], environment).await;
    run.assert_no_secret();
    let steps = serde_json::from_str(&run.stdout).unwrap();
    (run, steps)
}

/// Returns the detail and the advice of the connection, which failed.
///
/// In TLS 1.3 a server rejects a client after the client's handshake. If that arrives before the request is written, the reason is lost
/// in the HTTP library; so another attempt may say more.
async fn refused(vendor: EmulatedVendor, environment: &Environment) -> String {
    let mut line = refused_once(vendor, environment).await;
    for _ in 0..20 {
        if line.contains("connection was not ready") {
            line = refused_once(vendor, environment).await;
        }
    }
    line
}

async fn refused_once(vendor: EmulatedVendor, environment: &Environment) -> String {
    let (run, steps) = doctor(vendor, environment).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    let step = &steps[2];
    assert_eq!(step["step"], "connection");
    assert_eq!(step["status"], "failed", "{run:?}");
    let advice = step["advice"].as_str().unwrap_or_default();
    format!("{} | {advice}", step["detail"].as_str().unwrap())
}

#[tokio::test]
async fn every_vendor_reads_the_files_that_its_variables_name() {
    let authority = Authority::named("the company");
    let server = authority.issue("localhost");
    for vendor in VENDORS {
        let (emulator, files, name) = (start(vendor).await, Files::new(), prefix(vendor));
        let url = front(&server, Some(&authority), emulator.base_url()).await;
        let environment = files.trusting(&authority, behind(&emulator, &url), &name);
        let environment = files.presenting(&authority.issue("client"), environment, &name);
        let (run, steps) = doctor(vendor, &environment).await;
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(steps[2]["detail"].as_str().unwrap().ends_with("over TLS"));
        let details = steps[0]["detail"].as_str().unwrap();
        assert!(details.contains(&format!("{name}_CA_FILE")), "{details}");
        // A replaced file counts from then on, also if the new authority has the name of the old one.
        for other in [Authority::new(), Authority::named("the company")] {
            files.write("ca.pem", &other.pem);
            let line = refused(vendor, &environment).await;
            assert!(line.contains("an untrusted authority"), "{line}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_said_with_the_host_and_what_to_do() {
    let authority = Authority::new();
    let client = authority.issue("client");
    for vendor in VENDORS {
        let (emulator, name) = (start(vendor).await, prefix(vendor));
        for (certificate, is_trusted, clients, words) in [
            (
                authority.issue_expired("localhost"),
                true,
                None,
                ["its certificate has expired", "set this machine's clock"],
            ),
            (
                authority.issue("elsewhere.example.com"),
                true,
                None,
                [
                    "its certificate is for another host",
                    "elsewhere.example.com",
                ],
            ),
            (
                authority.issue("localhost"),
                false,
                None,
                ["an untrusted authority", "--root-certificates-file"],
            ),
            (
                authority.issue("localhost"),
                true,
                Some(&authority),
                ["requires one", "--client-certificate-file"],
            ),
        ] {
            let files = Files::new();
            let url = front(&certificate, clients, emulator.base_url()).await;
            let mut environment = behind(&emulator, &url);
            if is_trusted {
                environment = files.trusting(&authority, environment, &name);
            }
            let line = refused(vendor, &environment).await;
            for words in words.into_iter().chain([url.as_str()]) {
                assert!(line.contains(words), "{vendor}: {words}: {line}");
            }
            assert!(!line.contains("client_certificate:"), "{line}");
        }
        // A certificate of an authority that the server does not know is as good as none.
        let files = Files::new();
        let others = Authority::new();
        let url = front(
            &authority.issue("localhost"),
            Some(&others),
            emulator.base_url(),
        )
        .await;
        let environment = files.trusting(&authority, behind(&emulator, &url), &name);
        let environment = files.presenting(&client, environment, &name);
        let line = refused(vendor, &environment).await;
        assert!(line.contains("rejects this client's certificate"), "{line}");
    }
}

#[tokio::test]
async fn options_that_an_advice_names_exist() {
    let (emulator, files) = (start(EmulatedVendor::Maia).await, Files::new());
    let authority = Authority::new();
    let url = front(
        &authority.issue("localhost"),
        Some(&authority),
        emulator.base_url(),
    )
    .await;
    let own = authority.issue("client");
    let arguments = [
        "token",
        "maia",
        "--root-certificates-file",
        &files.write("ca.pem", &authority.pem),
        "--client-certificate-file",
        &files.write("client.pem", &own.pem),
        "--client-key-file",
        &files.write("client.key", &own.key),
    ];
    let run = run(&arguments, &behind(&emulator, &url)).await;
    assert!(!run.stdout().is_empty());
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_named() {
    for vendor in VENDORS {
        let (emulator, files, name) = (start(vendor).await, Files::new(), prefix(vendor));
        let own = Authority::new().issue("client");
        for (variable, text) in [
            ("CA_FILE", "not a certificate"),
            ("CLIENT_CERT_FILE", "not a certificate"),
            ("CLIENT_KEY_FILE", "not a key"),
        ] {
            let environment = files.presenting(&own, environment(&emulator), &name);
            let path = files.write("wrong.pem", text);
            let variable = format!("{name}_{variable}");
            let (run, steps) = doctor(vendor, &with(environment, &variable, &path)).await;
            assert_eq!(run.code, Some(1), "{run:?}");
            let failed = steps.iter().find(|step| step["status"] == "failed");
            let detail = failed.unwrap()["detail"].as_str().unwrap();
            assert!(detail.contains("wrong.pem"), "{variable}: {detail}");
        }
    }
}

#[tokio::test]
async fn the_host_that_receives_files_is_checked_as_well() {
    let authority = Authority::new();
    let builder = Emulator::builder(Datasaur::new().separate_hosts());
    let emulator = builder
        .client_secret(crate::support::SECRET)
        .start()
        .await
        .unwrap();
    let upload = emulator.upload_url().unwrap();
    let origin = upload.strip_suffix("/api/static/proxy/upload").unwrap();
    let environment = with(
        environment(&emulator),
        "DATASAUR_TOKEN_URL",
        emulator.token_url(),
    );
    let whole = with(environment.clone(), "DATASAUR_UPLOAD_URL", upload);
    let (run, steps) = doctor(EmulatedVendor::Datasaur, &whole).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(steps.len(), 8);
    assert_eq!(steps[7]["step"], "upload host");
    assert!(steps[7]["detail"].as_str().unwrap().contains(origin));

    let url = front(&authority.issue_expired("localhost"), None, origin).await;
    let files = Files::new();
    let environment = files.trusting(&authority, environment, "DATASAUR");
    let broken = with(environment, "DATASAUR_UPLOAD_URL", &format!("{url}/upload"));
    let (run, steps) = doctor(EmulatedVendor::Datasaur, &broken).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        steps[..6].iter().all(|step| step["status"] == "ok"),
        "{run:?}"
    );
    let detail = steps[7]["detail"].as_str().unwrap();
    assert!(
        detail.contains(&url) && detail.contains("has expired"),
        "{detail}"
    );
}
