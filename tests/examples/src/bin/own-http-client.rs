//! Sends everything through another HTTP stack, `ureq` here: the crates need no reqwest.
//!
//! In a program of your own, disable the default features: `maia-auth = { version = "0.1", default-features = false }`.
//!
//! ```sh
//! MAIA_REGION=eu1 MAIA_CLIENT_ID=id MAIA_CLIENT_SECRET=secret cargo run -p examples --bin own-http-client
//! ```

#![expect(clippy::print_stdout, reason = "examples print")]

use std::error::Error as StdError;
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use maia_auth::auth_core::{Error, HttpClient, RequestLimits, Result};
use maia_auth::{Client, ConfigBuilder};

/// `ureq` blocks, so each request has a thread of tokio's.
#[derive(Debug, Clone)]
struct Ureq(ureq::Agent);

impl Ureq {
    fn new() -> Self {
        // A redirect would carry the token along, and a status is no failure of the transport.
        let config = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false);
        Self(config.build().new_agent())
    }

    fn send_now(&self, request: Request<Bytes>, limits: RequestLimits) -> Result<Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let request = self
            .0
            .configure_request(Request::from_parts(parts, body.to_vec()))
            .timeout_global(Some(limits.timeout()))
            .build();
        let (parts, mut body) = self.0.run(request).map_err(failure)?.into_parts();
        let body = body
            .with_config()
            .limit(u64::try_from(limits.max_body()).unwrap_or(u64::MAX))
            .read_to_vec()
            .map_err(failure)?;
        Ok(Response::from_parts(parts, body.into()))
    }
}

#[async_trait]
impl HttpClient for Ureq {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let started = Instant::now();
        let client = self.clone();
        let response = tokio::task::spawn_blocking(move || client.send_now(request, limits))
            .await
            .map_err(|error| Error::transport("the request panicked").with_source(error))??;
        // Without the query, which may be secret.
        println!(
            "{method} {path}: {} in {:?}",
            response.status(),
            started.elapsed()
        );
        Ok(response)
    }
}

/// The kinds decide what is retried; the message of `ureq` may name the URL, so it is not passed on.
fn failure(error: ureq::Error) -> Error {
    match error {
        ureq::Error::Timeout(_) => Error::timeout("no complete response arrived in time"),
        ureq::Error::BodyExceedsLimit(_) => Error::invalid_response("the response is too large"),
        ureq::Error::HostNotFound => Error::transport("the host does not exist"),
        _ => Error::transport("the connection failed"),
    }
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn StdError>> {
    let config = ConfigBuilder::from_env()?
        .http_client(Ureq::new())
        .build()?;
    let client = Client::new(config)?;
    let page = client.projects().page(0).await?;
    println!("{} projects", page.items().len());
    Ok(())
}
