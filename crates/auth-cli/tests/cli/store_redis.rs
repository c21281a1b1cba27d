//! Tests of tokens that runs share through a Redis server, and of servers that are not there or not what they should be.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use auth_testkit::{EmulatedVendor, Emulator};
use serde_json::Value;

use crate::cache_folder::Cached;
use crate::redis_server::{self, RedisServer};
use crate::servers::running::{Running, until};
use crate::support::{SECRET, environment, vauth, with};

/// Starts a server; `None` and a note if it is not installed.
fn start(options: &[&str]) -> Option<RedisServer> {
    redis_server::is_installed().then(|| RedisServer::start(options))
}

#[tokio::test]
async fn runs_share_a_token_through_the_server() {
    let Some(server) = start(&[]) else {
        return;
    };
    let mut cached = Cached::start(EmulatedVendor::Maia).await;
    cached.environment = with(cached.environment, "VAUTH_STORE", &server.url());
    let tokens = cached.tokens_at_once(10);
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    for _ in 0..5 {
        assert_eq!(cached.token(), tokens[0]);
    }
    assert_eq!(cached.emulator.token_requests(), 1);
    assert!(!cached.folder().exists());

    let status = cached.run(&["cache", "status", "maia", "--json"]).stdout();
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["store"], "redis");
    assert_eq!(status["location"], server.url());
    assert_eq!(status["token"]["state"], "stored");
    assert_eq!(status["records"], Value::Null);
    let doctor = cached.run(&["doctor", "maia"]).stdout();
    assert!(
        doctor.contains("token store\tok\tredis unix://"),
        "{doctor}"
    );

    let line = cached.run(&["cache", "clear"]).failure(2);
    assert!(line.contains("name the vendor"), "{line}");
    let cleared = cached.run(&["cache", "clear", "maia"]).stdout();
    assert!(
        cleared.starts_with("deleted 1 token (1 record)"),
        "{cleared}"
    );
    let before = cached.emulator.token_requests();
    assert_ne!(cached.token(), tokens[0]);
    assert_eq!(cached.emulator.token_requests(), before + 1);
}

#[tokio::test]
async fn a_server_uses_a_store_that_starts_after_it() {
    let Some(mut server) = start(&[]) else {
        return;
    };
    server.kill();
    let emulator = Emulator::builder(EmulatedVendor::Maia)
        .token_lifetime(Duration::from_secs(6))
        .start()
        .await
        .unwrap();
    let environment = with(environment(&emulator), "VAUTH_STORE", &server.url());
    let serve = Running::start(&["serve", "maia"], &environment, emulator);
    server.restart();
    // It refreshes its token every few seconds, and then tries the store again.
    until(|| {
        let status = vauth(&["cache", "status", "maia", "--json"], &environment).stdout();
        let status: Value = serde_json::from_str(&status).unwrap();
        status["token"]["state"] == "stored"
    });
    serve.signal(rustix::process::Signal::TERM);
    let (code, log) = serve.ended();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(
        log.matches("this server requests its tokens").count(),
        1,
        "{log}"
    );
}

#[tokio::test]
async fn clear_says_why_there_is_nothing_of_a_token_that_is_never_stored() {
    let Some(server) = start(&[]) else {
        return;
    };
    let mut environment = vec![
        ("RUNAI_BASE_URL".to_owned(), "http://localhost:9".to_owned()),
        ("RUNAI_USERNAME".to_owned(), "fake".to_owned()),
    ];
    environment.push(("RUNAI_PASSWORD".to_owned(), SECRET.to_owned()));
    let environment = with(environment, "VAUTH_STORE", &server.url());
    let clear = ["cache", "clear", "runai"];
    let text = vauth(&clear, &environment).stdout();
    assert!(text.contains("VAUTH_STORE_KEY_FILE"), "{text}");
    let json = vauth(&[&clear[..], &["--json"]].concat(), &environment).stdout();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["records"], 0);
    let problem = json["problem"].as_str().unwrap();
    assert!(problem.contains("VAUTH_STORE_KEY_FILE"), "{problem}");
}

#[tokio::test]
async fn clear_leaves_what_others_have_on_the_server() {
    let Some(server) = start(&[]) else {
        return;
    };
    let mut cached = Cached::start(EmulatedVendor::Maia).await;
    cached.environment = with(cached.environment, "VAUTH_STORE", &server.url());
    let mut other = Cached::start(EmulatedVendor::Datasaur).await;
    other.environment = with(other.environment, "VAUTH_STORE", &server.url());
    let tokens = [cached.token(), other.token()];
    cached.run(&["cache", "clear", "maia"]).stdout();
    assert_ne!(cached.token(), tokens[0]);
    assert_eq!(other.token(), tokens[1]);
}

#[tokio::test]
async fn a_wrong_password_is_named_without_it() {
    let Some(server) = start(&["--requirepass", "fake-password"]) else {
        return;
    };
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let wrong = format!("{}?pass={}", server.url(), "Zx9qLm-wrong");
    let line = cached.warned(&["--store", &wrong]);
    assert!(
        line.contains("rejected") && line.contains(&server.url()),
        "{line}"
    );
    assert!(!line.contains("pass="), "{line}");
    let line = cached.warned(&["--store", &server.url()]);
    assert!(line.contains("requires a password"), "{line}");
    let run = cached.run(&["doctor", "maia", "--store", &wrong]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("token store\twarning\t"), "{run:?}");
    run.assert_no_secret();
    let line = cached
        .run(&["cache", "status", "maia", "--store", &wrong])
        .failure(2);
    assert!(line.contains("rejected"), "{line}");
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_is_named() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url =
        format!("redis://user:{SECRET}@{}", listener.local_addr().unwrap()).replace(' ', "%20");
    drop(listener);
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let environment = with(cached.environment.clone(), "VAUTH_STORE", &url);
    let run = vauth(&["token", "maia"], &environment);
    assert_eq!(run.code, Some(0), "{run:?}");
    run.assert_no_secret();
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(run.stderr.contains("redis://127.0.0.1:"), "{run:?}");
    assert!(!run.stderr.contains("user"), "{run:?}");
    vauth(&["cache", "status"], &environment).failure(4);
}

#[tokio::test]
async fn something_else_at_the_port_is_named() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1_024]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let line = cached.warned(&["--store", &url]);
    assert!(
        line.contains(&url) && line.contains("Redis protocol"),
        "{line}"
    );
}

#[tokio::test]
async fn a_server_that_never_answers_costs_half_a_second() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let started = Instant::now();
    let line = cached.warned(&["--store", &url]);
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(line.contains("no response"), "{line}");
    drop(listener);
}

#[tokio::test]
async fn a_server_that_no_run_can_write_to_is_unusable() {
    let write = [
        "--user", "default", "on", "nopass", "~*", "&*", "+@all", "-set",
    ];
    for (options, expected) in [
        (&write[..], "lacks a permission"),
        (
            &["--maxmemory", "1", "--maxmemory-policy", "noeviction"],
            "memory limit",
        ),
        (&["--replicaof", "127.0.0.1", "1"], "read-only replica"),
    ] {
        let Some(server) = start(options) else {
            return;
        };
        let cached = Cached::start(EmulatedVendor::Maia).await;
        let status = [
            "cache",
            "status",
            "maia",
            "--json",
            "--store",
            &server.url(),
        ];
        let run = cached.run(&status);
        assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
        let shown: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(shown["state"], "unusable");
        let problem = shown["problem"].as_str().unwrap();
        assert!(problem.contains(expected), "{problem}");
    }
}

#[tokio::test]
async fn the_advice_on_a_store_is_about_the_store() {
    let cached = Cached::start(EmulatedVendor::Maia).await;
    let status = |store: &str, code| {
        cached
            .run(&["cache", "status", "--store", store])
            .failure(code)
    };
    let socket = status("unix:///nowhere/redis.sock", 4);
    assert!(socket.contains("the path of the socket"), "{socket}");
    let plain = status("redis://127.0.0.1:1", 4);
    assert!(plain.contains("the host and the port"), "{plain}");
    for line in [socket, plain] {
        assert!(!line.contains("certificate"), "{line}");
    }
    let encrypted = status("rediss://127.0.0.1:1", 4);
    assert!(encrypted.contains("certificate authorities"), "{encrypted}");
    let Some(server) = start(&[]) else {
        return;
    };
    let line = status(&format!("{}?db=99", server.url()), 2);
    assert!(line.contains("no database of this number"), "{line}");
}
