//! A web service that calls Maia: readiness, metrics, and a shutdown that lets running requests end.
//!
//! ```sh
//! MAIA_REGION=eu1 MAIA_CLIENT_ID=id MAIA_CLIENT_SECRET_FILE=/run/secrets/maia cargo run -p examples --bin axum-service
//! ```
//!
//! `GET /projects` calls the API, `GET /ready` is the readiness check, `GET /metrics` is for Prometheus.

#![expect(clippy::print_stdout, reason = "examples print")]

use std::error::Error;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use maia_auth::Client;
use maia_auth::auth_core::{self, ErrorKind};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

#[derive(Clone)]
struct Service {
    client: Client,
    metrics: PrometheusHandle,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let client = Client::from_env()?;
    // A wrong secret ends the program now; in an outage it starts, and is ready once that is over.
    if let Err(error) = client.warm_up().await {
        if !error.is_retryable() {
            return Err(error.into());
        }
        println!("not ready yet: {error}");
    }
    // The token is refreshed even while nobody calls, so that the first call after a quiet night is as fast as any other.
    let background = client.clone();
    let keeping = tokio::spawn(async move { background.keep_fresh().await });

    let routes = Router::new()
        .route("/projects", get(projects))
        .route("/ready", get(ready))
        .route(
            "/metrics",
            get(async |State(service): State<Service>| service.metrics.render()),
        )
        .with_state(Service {
            client: client.clone(),
            metrics,
        });
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, routes)
        .with_graceful_shutdown(stopped())
        .await?;

    // The client is last: the requests that have just ended needed its tokens.
    client.shutdown().await;
    keeping.await?;
    println!("stopped");
    Ok(())
}

async fn projects(State(service): State<Service>) -> Result<String, (StatusCode, String)> {
    let page = service.client.projects().page(0).await.map_err(failure)?;
    let names = page.items().iter().map(|project| project.name());
    Ok(names.collect::<Vec<_>>().join("\n"))
}

/// Never waits: an orchestrator's check has a time limit of its own.
async fn ready(State(service): State<Service>) -> (StatusCode, String) {
    match service.client.try_token() {
        Ok(Some(_)) => (StatusCode::OK, "ready".to_owned()),
        Ok(None) => (StatusCode::SERVICE_UNAVAILABLE, "starting".to_owned()),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
    }
}

/// What a caller of this service is told about a failure of the service behind it.
fn failure(error: auth_core::Error) -> (StatusCode, String) {
    let status = match error.kind() {
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        _ if error.is_retryable() => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_GATEWAY,
    };
    (status, error.to_string())
}

/// Completes when the orchestrator, or a person, wants the program to end.
async fn stopped() {
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signals) => drop(signals.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
