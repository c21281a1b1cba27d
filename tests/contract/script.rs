//! An HTTP client that signs in by itself, and answers or passes on what goes to the API.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use auth_core::vendor::Client;
use auth_core::{Error, ErrorKind, HttpClient, RequestLimits, ReqwestHttpClient, Result};
use bytes::Bytes;
use http::{Request, Response};

use crate::vendors::{AnyClient, Contract, Options, Row};

/// The token of every scripted sign-in.
pub(crate) const TOKEN: &str = "zq7xw9-fake-token";

/// What the API answers, one after the other, and what it was asked.
#[derive(Debug, Default)]
pub(crate) struct Script {
    answers: Mutex<VecDeque<Response<Bytes>>>,
    requests: Mutex<Vec<Request<Bytes>>>,
    onward: Option<ReqwestHttpClient>,
}

impl Script {
    /// Answers the API's requests from a list, and fails when it is used up.
    pub(crate) fn new(answers: impl IntoIterator<Item = Response<Bytes>>) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            ..Self::default()
        })
    }

    /// Sends the API's requests on to where they go.
    pub(crate) fn onward() -> Arc<Self> {
        Arc::new(Self {
            onward: Some(ReqwestHttpClient::builder().build().unwrap()),
            ..Self::default()
        })
    }

    /// Makes it the HTTP client of a vendor, whose sign-in it knows.
    pub(crate) fn http(self: &Arc<Self>, vendor: Row) -> Arc<dyn HttpClient> {
        Arc::new(SignedIn {
            script: self.clone(),
            vendor,
        })
    }

    pub(crate) fn client(self: &Arc<Self>, vendor: Row) -> AnyClient {
        self.options(vendor).client(vendor)
    }

    pub(crate) fn client_of<V: Contract>(self: &Arc<Self>) -> Client<V> {
        self.options(Row::of::<V>()).client_of()
    }

    fn options(self: &Arc<Self>, vendor: Row) -> Options {
        let mut options = Options::at("https://vendor.example/prefix");
        options.http = Some(self.http(vendor));
        options
    }

    /// Returns the queries that the API was asked with.
    pub(crate) fn queries(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let queries = requests
            .iter()
            .map(|request| request.uri().query().unwrap_or_default().to_owned());
        queries.collect()
    }

    /// Returns the API's requests as they stand on the wire, without the token.
    pub(crate) fn shown(&self) -> String {
        let requests = self.requests.lock().unwrap();
        let requests: Vec<_> = requests.iter().map(show).collect();
        requests.join("\n---\n").replace(TOKEN, "[token]")
    }
}

/// A script behind the sign-in of one vendor.
#[derive(Debug)]
struct SignedIn {
    script: Arc<Script>,
    vendor: Row,
}

#[async_trait]
impl HttpClient for SignedIn {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        if request.uri().path().ends_with(self.vendor.token_path()) {
            let body = self.vendor.token_response(TOKEN);
            return Ok(answer(200, &[("content-type", "application/json")], &body));
        }
        let script = &self.script;
        script.requests.lock().unwrap().push(request.clone());
        if let Some(onward) = &script.onward {
            return onward.send(request, limits).await;
        }
        let next = script.answers.lock().unwrap().pop_front();
        next.ok_or_else(|| Error::new(ErrorKind::Transport, "the script is over"))
    }
}

pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Bytes> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Bytes::from(body.to_owned())).unwrap()
}

fn show(request: &Request<Bytes>) -> String {
    let mut lines = vec![format!("{} {}", request.method(), request.uri())];
    for (name, value) in request.headers() {
        lines.push(format!("{name}: {}", value.to_str().unwrap()));
    }
    lines.push(String::new());
    lines.push(String::from_utf8(request.body().to_vec()).unwrap());
    lines.join("\n")
}
