//! What is logged at the lowest level, by every crate below us as well; alone in its process, since a subscriber is for all of it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test that calls them"
)]

#[path = "../contract/vendors.rs"]
#[expect(
    dead_code,
    reason = "the table serves the contract suite first; this test needs a part of it"
)]
mod vendors;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_testkit::{Emulator, ManualClock};

use crate::vendors::{Options, VENDORS};

const SECRET: &str = "zq7xw9-fake-secret-of-a-client";

/// Collects what is logged.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn no_log_line_of_any_crate_shows_a_secret_or_a_token() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut secrets = Vec::new();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    runtime.block_on(async {
        for vendor in VENDORS {
            let clock = ManualClock::new();
            let emulator = Emulator::builder(vendor)
                .client_secret(SECRET)
                .clock(Arc::new(clock.clone()))
                .start()
                .await
                .unwrap();
            let client = Options::of(&emulator).clock(clock.clone()).client(vendor);
            client.call().await.unwrap();
            secrets.push(client.token().await.unwrap().expose().to_owned());
            clock.advance(Duration::from_secs(60));
            emulator.revoke_tokens();
            client.call().await.unwrap();
            secrets.push(client.token().await.unwrap().expose().to_owned());
            clock.advance(Duration::from_secs(2 * 60 * 60));
            emulator.rotate_secret("fake-other-secret");
            client.token().await.unwrap_err();
        }
    });
    let shown = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    for line in [
        "token refreshed",
        "token discarded",
        "calling once more",
        "token refresh failed",
        "token_refresh{source=",
    ] {
        assert!(
            shown.contains(line),
            "the log was not caught: no {line:?} in {shown}"
        );
    }
    let mut secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    secrets.push(SECRET);
    // The first six characters of a JWT are the same in every JWT.
    for secret in secrets {
        assert!(!shown.contains(secret), "a log line shows a secret");
    }
}
