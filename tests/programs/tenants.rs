//! The example of many tenants: a thousand of them, whose secrets rotate while it runs.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};

use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const TENANTS: usize = 1_000;

/// A vendor with many clients: grants tokens for secrets, and serves the API for tokens that are in force.
#[derive(Clone, Default)]
struct Vendor(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    secrets: HashMap<String, String>,
    tokens: HashSet<String>,
    granted: usize,
    rejected: usize,
}

impl Vendor {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Gives these clients new secrets, here and in the database; their tokens are revoked.
    fn rotate(&self, folder: &Path, numbers: impl Iterator<Item = usize>, round: usize) {
        let mut state = self.lock();
        for number in numbers {
            let (client, secret) = (format!("c{number}"), format!("fake-{number}-{round}"));
            std::fs::write(
                folder.join(format!("t{number}")),
                format!("{client}\n{secret}\n"),
            )
            .unwrap();
            let prefix = format!("{client}.");
            state.tokens.retain(|token| !token.starts_with(&prefix));
            state.secrets.insert(client, secret);
        }
    }

    /// Returns how many tokens were granted and how many requests for one were rejected since the last look.
    fn counts(&self) -> (usize, usize) {
        let mut state = self.lock();
        (
            std::mem::take(&mut state.granted),
            std::mem::take(&mut state.rejected),
        )
    }
}

impl Respond for Vendor {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.lock();
        if request.url.path() == "/token" {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            let form: HashMap<_, _> = body
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .collect();
            let client = form["client_id"];
            if state.secrets.get(client).map(String::as_str) != Some(form["client_secret"]) {
                state.rejected += 1;
                let refusal = serde_json::json!({ "error": "invalid_client" });
                return ResponseTemplate::new(401).set_body_json(refusal);
            }
            state.granted += 1;
            let token = format!("{client}.{}", form["client_secret"]);
            state.tokens.insert(token.clone());
            return ResponseTemplate::new(200).set_body_json(serde_json::json!({
                "access_token": token, "token_type": "Bearer", "expires_in": 1800,
            }));
        }
        let header = request.headers["authorization"].to_str().unwrap();
        if state.tokens.contains(header.trim_start_matches("Bearer ")) {
            let page = serde_json::json!({ "results": [], "page": 0, "size": 25, "total": 0 });
            return ResponseTemplate::new(200).set_body_json(page);
        }
        ResponseTemplate::new(401)
            .insert_header("www-authenticate", r#"Bearer error="invalid_token""#)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_tenants_are_served_while_their_secrets_rotate() {
    let vendor = Vendor::default();
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(vendor.clone())
        .mount(&server)
        .await;
    let folder = tempfile::tempdir().unwrap();
    vendor.rotate(folder.path(), 0..TENANTS, 0);
    let mut program = Command::new(env!("CARGO_BIN_EXE_example-maia-tenants"))
        .arg(folder.path())
        .env_clear()
        .env("MAIA_BASE_URL", server.uri())
        .env("MAIA_TOKEN_URL", format!("{}/token", server.uri()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = program.stdin.take().unwrap();
    let mut output = BufReader::new(program.stdout.take().unwrap()).lines();
    let mut round = || {
        input.write_all(b"next\n").unwrap();
        output.next().unwrap().unwrap()
    };
    let all_served = format!("{TENANTS} tenants, 0 failed");

    assert_eq!(round(), all_served);
    assert_eq!(vendor.counts(), (TENANTS, 0), "one token each");
    assert_eq!(round(), all_served);
    assert_eq!(vendor.counts(), (0, 0), "all are at hand");
    for number in 1..=2 {
        let rotated = (0..TENANTS).filter(|tenant| tenant % 2 == number % 2);
        vendor.rotate(folder.path(), rotated, number);
        assert_eq!(round(), all_served);
        // The old secret is rejected once, and the new one is looked up.
        assert_eq!(vendor.counts(), (TENANTS / 2, TENANTS / 2));
    }
    drop(input);
    assert!(program.wait().unwrap().success());
}
