//! Tests of `vauth` behind a proxy that looks names up itself: the proxy is named, and its credentials are not.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};

use serde_json::Value;

use crate::support::{Environment, vauth};

/// A proxy that opens no tunnel; returns its address.
fn closed_proxy() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 502 x\r\ncontent-length: 0\r\n\r\n");
        }
    });
    address
}

/// The name ends in a domain that no name server knows (RFC 6761).
fn environment(proxy: &str) -> Environment {
    [
        ("DATASAUR_BASE_URL", "https://api.invalid".to_owned()),
        ("DATASAUR_CLIENT_ID", "fake-client".to_owned()),
        ("DATASAUR_CLIENT_SECRET", "fake-secret".to_owned()),
        (
            "HTTPS_PROXY",
            format!("http://fake-user:fake-password@{proxy}"),
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

#[test]
fn a_name_that_only_the_proxy_knows_is_no_failure_and_the_proxy_is_named() {
    let proxy = closed_proxy();
    let run = vauth(&["doctor", "datasaur", "--json"], &environment(&proxy));
    let steps: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    // With the variable that names it.
    let named = format!("http://{proxy} (HTTPS_PROXY)");
    assert_eq!(steps[1]["status"], "skipped", "{run:?}");
    assert!(
        steps[1]["detail"].as_str().unwrap().contains(&named),
        "{run:?}"
    );
    assert_eq!(steps[2]["status"], "failed", "{run:?}");
    for step in [2, 4] {
        let advice = steps[step]["advice"].as_str().unwrap();
        assert!(advice.contains(&named), "{run:?}");
    }
    for secret in ["fake-user", "fake-password", "fake-secret"] {
        assert!(!run.stdout.contains(secret), "{run:?}");
    }
}

#[test]
fn a_failed_request_names_the_proxy() {
    let proxy = closed_proxy();
    let line = vauth(&["token", "datasaur"], &environment(&proxy)).failure(4);
    assert!(
        line.contains(&format!("http://{proxy} (HTTPS_PROXY)")),
        "{line}"
    );
    assert!(!line.contains("fake-"), "{line}");
}

#[test]
fn without_a_proxy_for_it_the_name_is_looked_up_here() {
    let proxy = closed_proxy();
    let mut environment = environment(&proxy);
    environment.push(("NO_PROXY".to_owned(), "invalid".to_owned()));
    let run = vauth(&["doctor", "datasaur", "--json"], &environment);
    let steps: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(steps[1]["status"], "failed", "{run:?}");
    assert!(
        !run.stdout.contains(&proxy) && !run.stdout.contains("the proxy"),
        "{run:?}"
    );
}

#[test]
fn a_proxy_that_is_not_usable_is_not_a_misspelt_host() {
    let mut environment = environment("unused");
    environment.retain(|(name, _)| name != "HTTPS_PROXY");
    environment.push(("https_proxy".to_owned(), "bad://x".to_owned()));
    let run = vauth(&["doctor", "datasaur", "--json"], &environment);
    let steps: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(steps[1]["status"], "skipped", "{run:?}");
    assert_eq!(steps[2]["status"], "failed", "{run:?}");
    assert!(!run.stdout.contains("spelling"), "{run:?}");
    let advice = steps[2]["advice"].as_str().unwrap();
    assert!(advice.contains("http://host:port"), "{run:?}");
}
