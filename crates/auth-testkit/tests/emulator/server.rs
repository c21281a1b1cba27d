//! The server itself: its port, its end, its counters under load, its memory.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use auth_testkit::{EmulatedVendor, Emulator};

use crate::support::{Reply, VENDORS, call, send, sign_in};

#[tokio::test]
async fn a_port_can_be_chosen_and_is_refused_if_taken() {
    let first = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let port: u16 = first
        .base_url()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let error = Emulator::builder(EmulatedVendor::Maia)
        .port(port)
        .start()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

#[tokio::test]
async fn dropping_the_emulator_stops_the_server() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let address = emulator
        .base_url()
        .strip_prefix("http://")
        .unwrap()
        .to_owned();
    assert!(TcpStream::connect(&address).is_ok());
    drop(emulator);
    // The server's thread sees the end a moment later.
    let start = Instant::now();
    while TcpStream::connect(&address).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(20), "still listening");
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn counters_are_exact_under_load_and_no_request_goes_astray() {
    // 6,000 requests of 2 KiB each make wiremock drop its copies and its mock a dozen times on the way.
    let emulator = Emulator::start(EmulatedVendor::Datasaur).await.unwrap();
    let token = sign_in(&emulator).token();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..LOAD {
                    assert_eq!(sign_in(&emulator).status, 200);
                    assert_eq!(call(&emulator, &token).status, 200);
                    assert_eq!(call(&emulator, "nonsense").status, 401);
                }
            });
        }
    });
    assert_eq!(emulator.token_requests(), 8 * LOAD + 1);
    assert_eq!(emulator.api_requests(), 16 * LOAD);
    assert_eq!(emulator.unauthorized_responses(), 8 * LOAD);
}

#[tokio::test]
async fn nobody_finds_the_server_empty_while_requests_are_tidied_away() {
    let emulator = Emulator::start(EmulatedVendor::Datasaur).await.unwrap();
    let large = large_request(&emulator);
    let small = format!("{}/api/health", emulator.base_url());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..60).for_each(|_| assert_eq!(large().status, 200)));
        }
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..300 {
                    assert_eq!(send("GET", &small, &[], b"").status, 200);
                }
            });
        }
    });
    assert_eq!(emulator.api_requests(), 120);
}

#[tokio::test]
async fn an_emulator_may_be_dropped_while_requests_are_tidied_away() {
    for _ in 0..20 {
        let emulator = Emulator::start(EmulatedVendor::Datasaur).await.unwrap();
        let large = large_request(&emulator);
        for _ in 0..3 {
            assert_eq!(large().status, 200);
        }
        drop(emulator);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn requests_are_not_kept() {
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    let emulator = Emulator::start(EmulatedVendor::Datasaur).await.unwrap();
    let large = large_request(&emulator);
    let before = resident();
    for _ in 0..400 {
        assert_eq!(large().status, 200);
    }
    let grown = resident().saturating_sub(before) / 1024;
    // 400 MiB were sent; other tests of this process run beside this one and take some tens.
    assert!(grown < 200, "{grown} MiB");
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_413() {
    for vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let body = vec![b'x'; (1 << 20) + 1];
        let reply = send("POST", emulator.token_url(), &[], &body);
        assert_eq!(reply.status, 413, "{vendor}");
        assert!(reply.text().contains("413 Payload Too Large"));
        let reply = send("POST", emulator.token_url(), &[], &body[1..]);
        assert!(matches!(reply.status, 400 | 415), "{vendor}");
        assert_eq!(emulator.token_requests(), 2);
    }
}

/// Makes a request that starts a clean-up by its size alone, and that only the emulator answers with 200:
/// wiremock without a mock says 404. It is as large as the emulator allows.
fn large_request(emulator: &Emulator) -> impl Fn() -> Reply + Sync + use<> {
    let url = format!("{}/graphql", emulator.base_url());
    let body = vec![b'x'; 1 << 20];
    move || send("POST", &url, &[], &body)
}

/// Rounds of each of eight threads: enough for several clean-ups, short enough for a slow machine.
const LOAD: u64 = 250;
