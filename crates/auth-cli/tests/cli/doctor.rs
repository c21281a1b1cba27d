//! Tests of `vauth doctor`: each step by itself, what it says when it fails, and no secret anywhere.

use std::net::Ipv4Addr;
use std::time::Duration;

use auth_testkit::{EmulatedVendor, Fault};
use serde_json::Value;

use crate::nobody::ClosedPort;
use crate::support::{Environment, Run, SECRET, VENDORS, environment, start, vauth, with, without};

fn doctor(vendor: EmulatedVendor, environment: &Environment) -> (Run, Vec<Value>) {
    let run = vauth(&["doctor", vendor.as_str(), "--json"], environment);
    run.assert_no_secret();
    let steps = serde_json::from_str(&run.stdout).unwrap();
    (run, steps)
}

#[track_caller]
fn statuses(steps: &[Value]) -> Vec<&str> {
    steps
        .iter()
        .map(|step| step["status"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_vendor_in_order_passes_every_step() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let (run, steps) = doctor(vendor, &environment(&emulator));
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(statuses(&steps)[..6], ["ok"; 6], "{run:?}");
        // Without a home there is no token store.
        assert_eq!(statuses(&steps)[6..], ["skipped"], "{run:?}");
        assert_eq!(emulator.token_requests(), 1);
    }
}

#[tokio::test]
async fn for_pipes_each_step_is_a_line() {
    let emulator = start(EmulatedVendor::Maia).await;
    let text = vauth(&["doctor", "maia"], &environment(&emulator)).stdout();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 7);
    assert!(lines[4].starts_with("sign-in\tok\t"), "{text}");
    assert!(lines[5].contains("60 project(s)"), "{text}");
}

#[tokio::test]
async fn a_missing_setting_is_named_and_nothing_else_is_tried() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let variable = format!("{}_CLIENT_ID", vendor.as_str().to_uppercase());
        let (run, steps) = doctor(vendor, &without(environment(&emulator), &variable));
        assert_eq!(run.code, Some(1), "{run:?}");
        assert_eq!(statuses(&steps)[0], "failed");
        assert_eq!(statuses(&steps)[1..], ["skipped"; 6]);
        assert!(steps[0]["detail"].as_str().unwrap().contains(&variable));
        assert_eq!(emulator.token_requests(), 0);
    }
}

#[tokio::test]
async fn a_wrong_secret_fails_the_sign_in_alone() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let environment = environment(&emulator);
        emulator.rotate_secret("another-fake-secret");
        let (run, steps) = doctor(vendor, &environment);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert_eq!(
            statuses(&steps),
            ["ok", "ok", "ok", "ok", "failed", "skipped", "skipped"]
        );
        let advice = steps[4]["advice"].as_str().unwrap();
        assert!(advice.contains("client secret"), "{advice}");
        assert_eq!(emulator.api_requests(), 0);
        assert!(run.stderr.starts_with("vauth: 1 of the steps failed"));
    }
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_fails_the_connection() {
    let closed = ClosedPort::new();
    // Maia's token endpoint is elsewhere and works.
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = with(environment(&emulator), "MAIA_BASE_URL", &closed.url);
    let (run, steps) = doctor(EmulatedVendor::Maia, &environment);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(
        statuses(&steps),
        ["ok", "ok", "failed", "skipped", "ok", "skipped", "skipped"]
    );
}

#[tokio::test]
async fn an_api_that_refuses_fails_the_last_step_with_what_to_do() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        emulator.inject_api_fault(Fault::status(403).forever());
        let (run, steps) = doctor(vendor, &environment(&emulator));
        assert_eq!(run.code, Some(1), "{run:?}");
        assert_eq!(statuses(&steps)[5], "failed", "{run:?}");
        let advice = steps[5]["advice"].as_str().unwrap();
        assert!(advice.contains("role"), "{advice}");
    }
}

#[tokio::test]
async fn an_api_that_asks_for_a_pause_is_reported_at_once() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let fault = Fault::status(429).retry_after(Duration::from_secs(50));
        emulator.inject_api_fault(fault.forever());
        let before = emulator.api_requests();
        let (run, steps) = doctor(vendor, &environment(&emulator));
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(emulator.api_requests() - before <= 2, "{vendor}: {run:?}");
        let advice = steps[5]["advice"].as_str().unwrap();
        assert!(advice.contains("try again in 50 s"), "{run:?}");
    }
}

#[tokio::test]
async fn a_clock_that_is_off_is_a_warning_and_no_failure() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let length = stream.read(&mut request).await.unwrap_or_default();
            let is_query = request[..length].starts_with(b"POST /graphql");
            let body = if is_query {
                r#"{"data":{"me":{"id":"1"}}}"#
            } else {
                r#"{"access_token":"0123456789abcdef","token_type":"bearer","expires_in":3600}"#
            };
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let environment: Environment = [
        ("DATASAUR_BASE_URL", url.as_str()),
        ("DATASAUR_CLIENT_ID", "fake-client"),
        ("DATASAUR_CLIENT_SECRET", SECRET),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    // The server runs on this runtime, which must not be blocked by waiting for the command.
    let (run, steps) =
        tokio::task::spawn_blocking(move || doctor(EmulatedVendor::Datasaur, &environment))
            .await
            .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        statuses(&steps),
        ["ok", "ok", "ok", "warning", "ok", "ok", "skipped"],
        "{run:?}"
    );
}

#[tokio::test]
async fn every_failed_step_has_advice() {
    let emulator = start(EmulatedVendor::Maia).await;
    let usable = environment(&emulator);
    for environment in [
        Environment::new(),
        without(usable.clone(), "MAIA_CLIENT_SECRET"),
        with(usable.clone(), "MAIA_BASE_URL", "no url"),
        with(usable.clone(), "MAIA_BASE_URL", "http://127.0.0.1:1"),
        with(usable.clone(), "MAIA_CA_FILE", "/nowhere/ca.pem"),
        with(usable.clone(), "MAIA_CLIENT_SECRET", "wrong"),
        with(
            with(usable, "MAIA_BASE_URL", "https://api.invalid"),
            "HTTPS_PROXY",
            "bad://x",
        ),
    ] {
        let run = vauth(&["doctor", "maia", "--json"], &environment);
        let steps: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
        let failed = steps.iter().filter(|step| step["status"] == "failed");
        let failed: Vec<_> = failed.collect();
        assert!(!failed.is_empty(), "{run:?}");
        for step in failed {
            let [detail, advice] = ["detail", "advice"].map(|key| step[key].as_str().unwrap());
            assert!(!detail.is_empty() && advice.contains(' '), "{step}");
            assert!(!detail.contains(advice), "{step}");
            // The detail alone was said to contain the advice.
            assert!(
                !detail.contains(": set ") && !detail.contains(": write "),
                "{step}"
            );
        }
    }
}
