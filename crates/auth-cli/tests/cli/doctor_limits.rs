//! Tests of `vauth doctor` against servers that hang: which host it names, and how long it takes.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use auth_testkit::{EmulatedVendor, Fault};
use serde_json::Value;

use crate::home::Home;
use crate::nobody::ClosedPort;
use crate::support::{Environment, environment, start, vauth, with};

/// A server that accepts connections and never answers.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn doctor(vendor: EmulatedVendor, environment: &Environment) -> Vec<Value> {
    let started = Instant::now();
    let run = vauth(&["doctor", vendor.as_str(), "--json"], environment);
    assert!(started.elapsed() < Duration::from_secs(60), "{run:?}");
    assert_eq!(run.code, Some(1), "{run:?}");
    run.assert_no_secret();
    serde_json::from_str(&run.stdout).unwrap()
}

#[tokio::test]
async fn servers_that_hang_at_every_step_are_named_within_a_minute() {
    let (_api, api) = silent();
    let (_token, token) = silent();
    let environment = [
        ("MAIA_BASE_URL", api.as_str()),
        ("MAIA_TOKEN_URL", token.as_str()),
        ("MAIA_CLIENT_ID", "fake-client"),
        ("MAIA_CLIENT_SECRET", "fake-secret"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let steps = doctor(EmulatedVendor::Maia, &environment.into());
    for (step, host) in [(2, &api), (4, &token)] {
        assert_eq!(steps[step]["status"], "failed", "{steps:?}");
        let detail = steps[step]["detail"].as_str().unwrap();
        assert!(detail.contains(host.as_str()), "{detail}");
        assert!(steps[step]["advice"].is_string(), "{steps:?}");
    }
}

#[tokio::test]
async fn an_api_that_hangs_after_the_sign_in_is_named() {
    let emulator = start(EmulatedVendor::Runai).await;
    emulator.inject_api_fault(Fault::slow(Duration::from_secs(600)).forever());
    let steps = doctor(EmulatedVendor::Runai, &environment(&emulator));
    let failed = steps
        .iter()
        .find(|step| step["status"] == "failed")
        .unwrap();
    let detail = failed["detail"].as_str().unwrap();
    assert!(detail.contains(emulator.base_url()), "{detail}");
}

#[tokio::test]
async fn the_host_of_the_token_endpoint_is_named_if_only_it_fails() {
    let emulator = start(EmulatedVendor::Maia).await;
    let closed = ClosedPort::new();
    let steps = doctor(
        EmulatedVendor::Maia,
        &with(environment(&emulator), "MAIA_TOKEN_URL", &closed.url),
    );
    assert_eq!(steps[2]["status"], "ok");
    assert_eq!(steps[4]["status"], "failed");
    let detail = steps[4]["detail"].as_str().unwrap();
    assert!(detail.contains(&closed.url), "{detail}");
}

#[test]
fn a_configuration_file_that_cannot_be_used_fails_the_first_step() {
    let home = Home::new();
    home.write("[profiles.default]\nvendor = 'maia'\nregoin = 'eu1'\n");
    let steps = doctor(EmulatedVendor::Maia, &home.environment);
    assert_eq!(steps[0]["status"], "failed");
    let advice = steps[0]["advice"].as_str().unwrap();
    assert!(advice.contains("did you mean region?"), "{advice}");
}
