//! A control plane that answers by a script and writes down what it is asked.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use auth_testkit::ManualClock;
use bytes::Bytes;
use http::{Request, Response};
use runai_auth::admin::Admin;
use runai_auth::auth_core::{Error, ErrorKind, HttpClient, RefreshPolicy, RequestLimits, Result};
use runai_auth::{Client, Config, TokenApi};

/// One request of the API, as it went over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) body: String,
    pub(crate) token: String,
}

impl Sent {
    /// A parameter of the query that is a number.
    pub(crate) fn number(&self, name: &str) -> u64 {
        let (_, query) = self.target.split_once('?').unwrap();
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let value = pairs.find_map(|(key, value)| (key == name).then_some(value));
        value.unwrap().parse().unwrap()
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target)?;
        if !self.body.is_empty() {
            write!(f, " {}", self.body)?;
        }
        Ok(())
    }
}

/// What the API answers.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    content_type: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
    is_cut: bool,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            content_type: "application/json",
            headers: Vec::new(),
            body: body.into(),
            is_cut: false,
        }
    }

    pub(crate) fn html(status: u16) -> Self {
        Self {
            content_type: "text/html",
            ..Self::new(status, "<!DOCTYPE html><html></html>")
        }
    }

    /// The connection breaks before the answer is whole.
    pub(crate) fn cut() -> Self {
        Self {
            is_cut: true,
            ..Self::new(200, "")
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }
}

#[derive(Default)]
struct State {
    sent: Vec<Sent>,
    tokens: u32,
    replies: Vec<Reply>,
    respond: Option<fn(&Sent) -> Reply>,
}

/// Answers each call with the next reply, and the last one for ever.
#[derive(Clone, Default)]
pub(crate) struct Plane(Arc<Mutex<State>>);

impl Plane {
    pub(crate) fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        let plane = Self::default();
        plane.0.lock().unwrap().replies = replies.into_iter().collect();
        plane
    }

    /// Makes each answer of the request.
    pub(crate) fn computing(respond: fn(&Sent) -> Reply) -> Self {
        let plane = Self::default();
        plane.0.lock().unwrap().respond = Some(respond);
        plane
    }

    pub(crate) fn admin(&self) -> Admin {
        self.admin_by(RefreshPolicy::default())
    }

    /// The calls of a client that blames tokens of any age; others keep one that was just issued.
    pub(crate) fn suspicious_admin(&self) -> Admin {
        self.admin_by(RefreshPolicy::default().with_min_age_to_invalidate(Duration::ZERO))
    }

    fn admin_by(&self, policy: RefreshPolicy) -> Admin {
        let config = Config::builder()
            .base_url("http://127.0.0.1:9/prefix")
            .client_id("fake-client")
            .client_secret("fake-secret")
            .options(|options| options.token_api(TokenApi::V2))
            .refresh_policy(policy)
            .http_client(self.clone())
            // Retries wait on it.
            .clock(ManualClock::auto_advancing())
            .build()
            .unwrap();
        Client::new(config).unwrap().admin()
    }

    /// The requests of the API so far, without those for tokens.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.0.lock().unwrap().sent.clone()
    }
}

/// It knows every secret, and the clients that are tested show it in their own `Debug`.
impl fmt::Debug for Plane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plane")
    }
}

#[async_trait]
impl HttpClient for Plane {
    async fn send(&self, request: Request<Bytes>, _: RequestLimits) -> Result<Response<Bytes>> {
        let mut state = self.0.lock().unwrap();
        let path = request.uri().path().to_owned();
        if path == "/prefix/api/v2/token" {
            state.tokens += 1;
            let body = format!(
                r#"{{"access_token":"token-{}","token_type":"bearer","expires_in":3600}}"#,
                state.tokens
            );
            let response = Response::builder().header("content-type", "application/json");
            return Ok(response.body(body.into()).unwrap());
        }
        let header = |name: &str| {
            let value = request.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        let target = request.uri().path_and_query().unwrap().as_str();
        state.sent.push(Sent {
            method: request.method().to_string(),
            target: target.strip_prefix("/prefix").unwrap().to_owned(),
            body: String::from_utf8(request.body().to_vec()).unwrap(),
            token: header("authorization").unwrap_or_default(),
        });
        let at = state.sent.len().min(state.replies.len());
        let reply = match (state.respond, state.sent.last()) {
            (Some(respond), Some(sent)) => respond(sent),
            _ => state.replies[at - 1].clone(),
        };
        if reply.is_cut {
            return Err(Error::new(ErrorKind::Transport, "the connection broke"));
        }
        let mut response = Response::builder()
            .status(reply.status)
            .header("content-type", reply.content_type);
        for (name, value) in reply.headers {
            response = response.header(name, value);
        }
        Ok(response.body(reply.body.into()).unwrap())
    }
}
