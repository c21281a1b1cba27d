//! A token endpoint with many clients, and the database that a program keeps their secrets in.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use auth_core::{HttpClient, RequestLimits, Result};
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, Response};

use super::*;

/// Grants tokens to the clients it knows, by their secrets; everything else is the API, which returns the caller's name.
#[derive(Clone)]
pub(crate) struct Endpoint(Arc<Mutex<State>>, ManualClock);

#[derive(Default)]
struct State {
    secrets: HashMap<String, String>,
    requests: HashMap<String, u32>,
    takes: Duration,
    running: usize,
    most: usize,
    hosts: HashSet<String>,
}

impl Endpoint {
    pub(crate) fn new(clock: ManualClock) -> Self {
        Self(Arc::default(), clock)
    }

    /// Makes a client known, or gives it another secret.
    pub(crate) fn set(&self, client: &str, secret: &str) {
        self.lock().secrets.insert(client.into(), secret.into());
    }

    /// Lets every token request take so long from now on.
    pub(crate) fn take(&self, time: Duration) {
        self.lock().takes = time;
    }

    /// Returns how many token requests there were with this id.
    pub(crate) fn requests(&self, client: &str) -> u32 {
        self.lock().requests.get(client).copied().unwrap_or(0)
    }

    /// Returns the most token requests that there were at once.
    pub(crate) fn most(&self) -> usize {
        self.lock().most
    }

    /// Returns the hosts of all API requests.
    pub(crate) fn hosts(&self) -> HashSet<String> {
        self.lock().hosts.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    async fn grant(&self, form: &str) -> Response<Bytes> {
        let field = |name: &str| {
            let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
            let found = pairs.into_iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| value.to_owned()).unwrap()
        };
        let (client, secret) = (field("client_id"), field("client_secret"));
        let takes = {
            let mut state = self.lock();
            state.running += 1;
            state.most = state.most.max(state.running);
            *state.requests.entry(client.clone()).or_default() += 1;
            state.takes
        };
        if !takes.is_zero() {
            self.1.sleep(takes).await;
        }
        let mut state = self.lock();
        state.running -= 1;
        if state.secrets.get(&client) == Some(&secret) {
            let number = state.requests[&client];
            json(
                200,
                format!(
                    r#"{{"access_token":"{client}-{number}","token_type":"Bearer","expires_in":1800}}"#
                ),
            )
        } else {
            json(401, r#"{"error":"invalid_client"}"#.to_owned())
        }
    }
}

#[async_trait]
impl HttpClient for Endpoint {
    async fn send(&self, request: Request<Bytes>, _: RequestLimits) -> Result<Response<Bytes>> {
        if request.uri().path().ends_with("/token") {
            let form = String::from_utf8(request.body().to_vec()).unwrap();
            return Ok(self.grant(&form).await);
        }
        let host = request.uri().host().unwrap().to_owned();
        self.lock().hosts.insert(host);
        let caller = request.headers()[AUTHORIZATION].to_str().unwrap();
        Ok(json(200, format!("{caller:?}")))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Endpoint")
    }
}

fn json(status: u16, body: String) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

/// The tenants' rows, and what the next queries do.
#[derive(Debug, Clone)]
pub(crate) struct Database(Arc<Mutex<Table>>, ManualClock);

#[derive(Debug, Default)]
struct Table {
    rows: HashMap<String, Row>,
    queries: HashMap<String, u32>,
    takes: Duration,
    is_down: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) secret: String,
}

/// What a database's driver fails with.
#[derive(Debug)]
pub(crate) struct Down;

impl Database {
    pub(crate) fn new(clock: ManualClock) -> Self {
        Self(Arc::default(), clock)
    }

    pub(crate) fn set(&self, tenant: &str, secret: &str) {
        let row = Row {
            secret: secret.to_owned(),
        };
        self.lock().rows.insert(tenant.into(), row);
    }

    pub(crate) fn delete(&self, tenant: &str) {
        self.lock().rows.remove(tenant);
    }

    /// Lets every query take so long from now on.
    pub(crate) fn take(&self, time: Duration) {
        self.lock().takes = time;
    }

    pub(crate) fn fail(&self, is_down: bool) {
        self.lock().is_down = is_down;
    }

    /// Returns how often a tenant was looked up.
    pub(crate) fn queries(&self, tenant: &str) -> u32 {
        self.lock().queries.get(tenant).copied().unwrap_or(0)
    }

    pub(crate) async fn row(&self, tenant: &str) -> std::result::Result<Option<Row>, Down> {
        let takes = {
            let mut table = self.lock();
            *table.queries.entry(tenant.to_owned()).or_default() += 1;
            table.takes
        };
        if !takes.is_zero() {
            self.1.sleep(takes).await;
        }
        let table = self.lock();
        if table.is_down {
            return Err(Down);
        }
        Ok(table.rows.get(tenant).cloned())
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap()
    }
}

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no connection")
    }
}

impl std::error::Error for Down {}
