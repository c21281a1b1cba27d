//! What is logged at the lowest level, by every crate below us as well; alone in its process, since a subscriber is for all of it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod log;
#[path = "../contract/vendors/mod.rs"]
#[expect(
    dead_code,
    reason = "the table serves the contract suite first; this test needs a part of it"
)]
mod vendors;

use std::time::Duration;

use auth_testkit::{Emulator, ManualClock};

use crate::log::Log;
use crate::vendors::{Options, VENDORS};

#[test]
fn no_log_line_of_any_crate_shows_a_secret_or_a_token() {
    let log = Log::install();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut tokens = Vec::new();
    runtime.block_on(async {
        for &vendor in VENDORS {
            for secret in SECRETS {
                let clock = ManualClock::new();
                let emulator = Emulator::builder(vendor)
                    .client_secret(secret)
                    .clock(clock.clone())
                    .start()
                    .await
                    .unwrap();
                let client = Options::of(&emulator).clock(clock.clone()).client(vendor);
                client.send().await.unwrap();
                tokens.push(client.token().await.unwrap().expose_secret().to_owned());
                clock.advance(Duration::from_secs(60));
                emulator.revoke_tokens();
                client.send().await.unwrap();
                tokens.push(client.token().await.unwrap().expose_secret().to_owned());
                clock.advance(Duration::from_secs(2 * 60 * 60));
                emulator.rotate_secret("fake-other-secret");
                client.token().await.unwrap_err();
            }
        }
    });
    let shown = log.text();
    for line in [
        "response received",
        "token refreshed",
        "token discarded",
        "resending with another one",
        "token refresh failed",
        "token_refresh{source=",
    ] {
        assert!(
            shown.contains(line),
            "the log was not caught: no {line:?} in {shown}"
        );
    }
    let starts = SECRETS.iter().map(|secret| start(secret));
    let encoded = SECRETS.iter().map(|secret| encoded(start(secret)));
    let escaped = SECRETS.iter().map(|secret| escaped(start(secret)));
    // The first characters of a JWT are the same in every JWT; the last ones are its signature's.
    let ends = tokens.iter().map(|token| &token[token.len() - 6..]);
    let searched: Vec<String> = starts
        .chain(ends)
        .map(str::to_owned)
        .chain(encoded)
        .chain(escaped)
        .collect();
    for part in searched {
        assert!(!shown.contains(&part), "a log line shows {part}");
    }
}

/// The first six characters, which is more than anybody may see.
fn start(secret: &str) -> &str {
    let end = secret
        .char_indices()
        .nth(6)
        .map_or(secret.len(), |(end, _)| end);
    &secret[..end]
}

/// As a form spells it.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// As `Debug` spells bytes.
fn escaped(text: &str) -> String {
    text.as_bytes().escape_ascii().to_string()
}

/// One of them is cut within a character if it is cut by bytes.
const SECRETS: [&str; 2] = ["zq7xw9-fake-secret-of-a-client", "жq7éü9ß-fake-secret"];
