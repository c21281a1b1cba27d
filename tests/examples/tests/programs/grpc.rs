//! The gRPC client, against a health service that wants a token.

use std::process::Command;
use std::sync::{Arc, Mutex};

use auth_testkit::{EmulatedTokenEndpoint, Emulator};
use futures_util::stream;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::{Request, Status};
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::HealthService;

/// Starts a service that rejects this many calls, whatever their token; returns its URL and the headers of all calls.
async fn service(rejections: usize) -> (String, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let calls = Arc::clone(&seen);
    let check = move |request: Request<()>| {
        let token = request.metadata().get("authorization");
        let token = token.and_then(|it| it.to_str().ok()).unwrap_or_default();
        let mut calls = calls.lock().unwrap();
        calls.push(token.to_owned());
        match calls.len() <= rejections {
            true => Err(Status::unauthenticated("the token was revoked")),
            false => Ok(request),
        }
    };
    let (reporter, _) = tonic_health::server::health_reporter();
    let health = HealthService::from_health_reporter(reporter);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let incoming = stream::unfold(listener, async |listener| {
        let accepted = listener.accept().await.map(|(stream, _)| stream);
        Some((accepted, listener))
    });
    let routes = Server::builder().add_service(HealthServer::with_interceptor(health, check));
    tokio::spawn(routes.serve_with_incoming(incoming));
    (url, seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_has_a_token_and_is_repeated_once() {
    for rejections in [0, 1, 2] {
        let emulator = Emulator::builder(EmulatedTokenEndpoint::oauth("/token"))
            .start()
            .await
            .unwrap();
        let (url, seen) = service(rejections).await;
        let output = Command::new(env!("CARGO_BIN_EXE_grpc-health"))
            .arg(&url)
            .env_clear()
            .env("TOKEN_URL", emulator.token_url())
            .env("CLIENT_ID", emulator.client_id())
            .env("CLIENT_SECRET", emulator.client_secret())
            .output()
            .unwrap();
        if rejections < 2 {
            assert_eq!(super::text(output), "SERVING\n");
        } else {
            assert!(!output.status.success(), "{output:?}");
        }
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), (rejections + 1).min(2));
        assert!(seen.iter().all(|token| token.len() > "Bearer ".len()));
    }
}
