//! The demo's callers, which share one client and 64 permits, and count what happens.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use auth_core::{Error, Result};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, Uri};
use tokio::sync::Semaphore;

use super::connections::MAX_CONNECTIONS;
use crate::vendor::{Client, Vendor};

/// Calls one vendor's API; clones share the client, the permits and the counts.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    client: Client,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    vendor: Vendor,
    /// Callers queue here and not in the HTTP client, where their timeout would already run.
    places: Semaphore,
    calls: AtomicU64,
    worst_wait_micros: AtomicU64,
    needless_waits: AtomicU64,
    first_failure: Mutex<Option<String>>,
}

impl Caller {
    pub(super) fn new(vendor: Vendor, client: Client) -> Self {
        let shared = Shared {
            vendor,
            places: Semaphore::new(MAX_CONNECTIONS),
            calls: AtomicU64::new(0),
            worst_wait_micros: AtomicU64::new(0),
            needless_waits: AtomicU64::new(0),
            first_failure: Mutex::default(),
        };
        Self {
            client,
            shared: Arc::new(shared),
        }
    }

    /// Returns a caller with another client, and with the same permits and counts.
    pub(super) fn with_client(&self, client: Client) -> Self {
        Self {
            client,
            shared: Arc::clone(&self.shared),
        }
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Gets a token and makes one call with it.
    pub(super) async fn call(&self) {
        let outcome = self.try_call().await;
        self.shared.calls.fetch_add(1, SeqCst);
        if let Err(failure) = outcome {
            self.failure().get_or_insert(failure);
        }
    }

    pub(super) fn calls(&self) -> u64 {
        self.shared.calls.load(SeqCst)
    }

    /// Returns the duration of the longest call, including its wait for a token and excluding its wait for a permit.
    pub(super) fn worst_wait(&self) -> Duration {
        Duration::from_micros(self.shared.worst_wait_micros.load(SeqCst))
    }

    /// Returns how many callers had to wait for a token although a valid one existed.
    pub(super) fn needless_waits(&self) -> u64 {
        self.shared.needless_waits.load(SeqCst)
    }

    /// Takes the reason of the first failed call since the last check, if there is one.
    pub(super) fn take_failure(&self) -> Option<String> {
        self.failure().take()
    }

    /// No code panics while it holds the lock.
    fn failure(&self) -> MutexGuard<'_, Option<String>> {
        let failure = &self.shared.first_failure;
        failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn try_call(&self) -> Result<(), String> {
        let Self { client, shared } = self;
        if self.waits_needlessly() {
            shared.needless_waits.fetch_add(1, SeqCst);
        }
        let asked = Instant::now();
        client.token().await.map_err(|error| error.to_string())?;
        let token_wait = asked.elapsed();
        let _place = shared
            .places
            .acquire()
            .await
            .map_err(|error| error.to_string())?;
        let sent = Instant::now();
        let response = client.send(self.request()?).await;
        let waited = token_wait + sent.elapsed();
        let micros = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
        shared.worst_wait_micros.fetch_max(micros, SeqCst);
        judge(
            shared.vendor,
            &response.map_err(|error: Error| error.to_string())?,
        )
    }

    /// Polls for a token once, without waiting.
    ///
    /// It counts only if the same token existed before and after, so that an expiry in between is no false alarm.
    fn waits_needlessly(&self) -> bool {
        let client = &self.client;
        let Some(before) = client.cached_token() else {
            return false;
        };
        let at_once = pin!(client.token())
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready();
        !at_once
            && client
                .cached_token()
                .is_some_and(|after| after.is_same_token(&before))
    }

    /// A read-only call.
    fn request(&self) -> Result<Request<Bytes>, String> {
        let (path, body) = match self.shared.vendor {
            Vendor::Datasaur => ("/graphql", Some(r#"{"query":"{ me { id } }"}"#)),
            Vendor::Maia => ("/dpc/v1/projects?page=0&size=1", None),
            Vendor::Runai => ("/api/v1/clusters", None),
        };
        let request = match body {
            Some(body) => Request::post(Uri::from_static(path))
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(Bytes::from_static(body.as_bytes())),
            None => Request::get(Uri::from_static(path)).body(Bytes::new()),
        };
        request.map_err(|error| error.to_string())
    }
}

/// Datasaur's GraphQL returns 200 even for errors, and `me` can be null.
fn judge(vendor: Vendor, response: &Response<Bytes>) -> Result<(), String> {
    let status = response.status();
    if !status.is_success() {
        return Err(format!("the API answered with status {}", status.as_u16()));
    }
    let body: serde_json::Value = serde_json::from_slice(response.body())
        .map_err(|_| "the API's response is not JSON".to_owned())?;
    if vendor == Vendor::Datasaur && body["data"]["me"]["id"].is_null() {
        return Err("the API's response names no user".to_owned());
    }
    Ok(())
}
