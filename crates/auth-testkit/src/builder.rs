//! The description of an emulator before it runs.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{Clock, Secret, SystemClock};
use http::Method;

use crate::clients::Clients;
use crate::described::Described;
use crate::emulation::{ApiError, Emulation};
use crate::emulator::Emulator;
use crate::engine::{Engine, Live};
use crate::error::EmulatedError;
use crate::jwt;
use crate::model::Model;
use crate::path_template::PathTemplate;
use crate::reply::Reply;
use crate::request::ReceivedRequest;
use crate::route::{Respond, Route};
use crate::server::Listener;
use crate::token_endpoint::EmulatedTokenEndpoint;

/// Describes an [`Emulator`].
///
/// It begins with a known vendor or with the [`EmulatedTokenEndpoint`] of another one.
///
/// # Examples
///
/// A known vendor, and a route that its emulator does not have:
///
/// ```
/// use std::time::Duration;
/// use auth_testkit::{EmulatedVendor, Emulator, ManualClock, Reply};
/// use http::Method;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let clock = ManualClock::new();
/// let emulator = Emulator::builder(EmulatedVendor::Maia)
///     .token_lifetime(Duration::from_secs(60))
///     .clock(clock.clone())
///     .route(Method::GET, "/dpc/v1/projects/{id}/schedules", |request| {
///         Reply::json(json!({ "project": request.parameter("id"), "results": [] }))
///     })
///     .start()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct EmulatorBuilder {
    model: Box<dyn Model>,
    name: Option<String>,
    port: u16,
    token_lifetime: Duration,
    token_latency: Duration,
    api_latency: Duration,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    clients: Vec<(String, Secret)>,
    endpoints: Vec<EmulatedTokenEndpoint>,
    routes: Vec<NewRoute>,
    api_error: Option<ApiError>,
    clock: Arc<dyn Clock>,
}

impl Emulator {
    /// Describes an emulator: of a known vendor, such as `EmulatedVendor::Maia`, or of one with this [`EmulatedTokenEndpoint`].
    pub fn builder(vendor: impl Into<EmulatorBuilder>) -> EmulatorBuilder {
        vendor.into()
    }

    /// Starts an emulator with defaults on a free port.
    ///
    /// # Errors
    ///
    /// Those of [`EmulatorBuilder::start`].
    pub async fn start(vendor: impl Into<EmulatorBuilder>) -> io::Result<Self> {
        Self::builder(vendor).start().await
    }
}

impl From<EmulatedTokenEndpoint> for EmulatorBuilder {
    fn from(endpoint: EmulatedTokenEndpoint) -> Self {
        Self::new(Described).token_endpoint(endpoint)
    }
}

impl EmulatorBuilder {
    pub(crate) fn new(model: impl Model + 'static) -> Self {
        Self {
            name: None,
            port: 0,
            token_lifetime: model.token_lifetime(),
            token_latency: Duration::ZERO,
            api_latency: Duration::ZERO,
            client_id: None,
            client_secret: None,
            clients: Vec::new(),
            endpoints: Vec::new(),
            routes: Vec::new(),
            api_error: None,
            clock: Arc::new(SystemClock::new()),
            model: Box::new(model),
        }
    }

    /// Sets the vendor's name, which [`Emulator::name`] returns and which begins the default client id.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the port on 127.0.0.1; 0, the default, takes any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets how long tokens live; the default is the vendor's: 3600 s, for Maia 1800 s.
    ///
    /// Responses and tokens state it in whole seconds, rounded down.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Sets how long the token endpoint takes to respond, in real time; the default is not at all.
    pub fn token_latency(mut self, latency: Duration) -> Self {
        self.token_latency = latency;
        self
    }

    /// Sets how long the API takes to respond, in real time; the default is not at all.
    pub fn api_latency(mut self, latency: Duration) -> Self {
        self.api_latency = latency;
        self
    }

    /// Sets the id of the emulator's own client; the default is the vendor's name followed by `-demo-client`.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// Sets the secret of the emulator's own client; the default is random and says that it is not real.
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.client_secret = Some(Secret::from(secret.into()));
        self
    }

    /// Adds a client.
    ///
    /// The first one is the emulator's own, unless [`client_id`](Self::client_id) or
    /// [`client_secret`](Self::client_secret) describes that one.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.clients.push((id.into(), Secret::from(secret.into())));
        self
    }

    /// Adds a token endpoint to those that the vendor has.
    pub fn token_endpoint(mut self, endpoint: EmulatedTokenEndpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    /// Adds a route of the API, which requires an access token of this emulator.
    ///
    /// The path is a template whose parameters are complete segments, such as `/users/{id}`;
    /// [`ReceivedRequest::parameter`] returns them. Among several routes for a path, the one with the fewest parameters
    /// replies. A route takes precedence over the vendor's own paths.
    ///
    /// The closure runs on the thread that serves all requests, so it must not block. If it panics, the response is 500.
    pub fn route(
        self,
        method: Method,
        path: impl Into<String>,
        respond: impl Fn(&ReceivedRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        self.add_route(method, path.into(), true, Arc::new(respond))
    }

    /// Adds a route that requires no access token, such as one for health.
    ///
    /// It is not counted as a request of the API, and takes no faults.
    pub fn public_route(
        self,
        method: Method,
        path: impl Into<String>,
        respond: impl Fn(&ReceivedRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        self.add_route(method, path.into(), false, Arc::new(respond))
    }

    /// Sets the format of the API's errors: an invalid access token, [`Reply::error`], an injected status, and an unknown
    /// path.
    ///
    /// The reply's status is the closure's: [`EmulatedError::status`] is a suggestion. Only an injected fault replaces it.
    /// Without this, errors of routes added to a known vendor have that vendor's format, and those of a described vendor
    /// are `{"error": code, "message": message}`, with a Bearer challenge for an invalid token.
    pub fn api_error(
        mut self,
        format: impl Fn(&EmulatedError) -> Reply + Send + Sync + 'static,
    ) -> Self {
        self.api_error = Some(Arc::new(format));
        self
    }

    /// Sets the clock that tokens age by and responses are dated by; the default is [`SystemClock`].
    ///
    /// Latencies and slow faults are waited for in real time, whatever the clock.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = clock.into_shared();
        self
    }

    /// Binds the port and starts to serve.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if a path is malformed or two clients have one id, and otherwise what the system
    /// reports if the port cannot be bound, such as [`io::ErrorKind::AddrInUse`].
    pub async fn start(mut self) -> io::Result<Emulator> {
        let routes = self
            .routes
            .drain(..)
            .map(NewRoute::check)
            .collect::<io::Result<_>>()?;
        for endpoint in &self.endpoints {
            if check_path(endpoint.path())?.has_parameters() {
                return Err(invalid_path(
                    endpoint.path(),
                    "a token endpoint has no parameters",
                ));
            }
        }
        let clients = Arc::new(self.take_clients()?);
        let mut listeners = vec![Listener::bind(self.port)?];
        for _ in 0..self.model.further_hosts() {
            listeners.push(Listener::bind(0)?);
        }
        let live = Live::new(self.token_lifetime, self.token_latency, self.api_latency);
        let base_url = listeners[0].base_url().to_owned();
        let engine = Engine::new(base_url, self.clock, clients, live);
        self.model.seed(&engine);
        let emulation = Arc::new(Emulation {
            engine,
            model: self.model,
            name: self.name,
            endpoints: self.endpoints,
            routes,
            api_error: self.api_error,
        });
        let mut urls = Vec::new();
        let mut servers = Vec::new();
        for (number, listener) in listeners.into_iter().enumerate() {
            urls.push(listener.base_url().to_owned());
            servers.push(listener.serve(Arc::clone(&emulation), number).await);
        }
        Ok(Emulator::new(emulation, &urls, servers))
    }

    fn add_route(
        mut self,
        method: Method,
        path: String,
        requires_token: bool,
        respond: Respond,
    ) -> Self {
        self.routes.push(NewRoute {
            method,
            path,
            requires_token,
            respond,
        });
        self
    }

    fn take_clients(&mut self) -> io::Result<Clients> {
        let mut others = std::mem::take(&mut self.clients);
        let is_described = self.client_id.is_some() || self.client_secret.is_some();
        let own = if is_described || others.is_empty() {
            let name = self.name.as_deref().unwrap_or_else(|| self.model.name());
            let id = self.client_id.take();
            let secret = self.client_secret.take();
            (
                id.unwrap_or_else(|| format!("{name}-demo-client")),
                secret.unwrap_or_else(|| Secret::from(jwt::fake("not-a-real-secret-"))),
            )
        } else {
            others.remove(0)
        };
        let mut ids = HashSet::from([own.0.as_str()]);
        if let Some((id, _)) = others.iter().find(|(id, _)| !ids.insert(id)) {
            let message = format!("two clients have the id {id}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        Ok(Clients::new(own, others))
    }
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("model", &self.model)
            .field("name", &self.name)
            .field("port", &self.port)
            .field("token_lifetime", &self.token_lifetime)
            .field("token_latency", &self.token_latency)
            .field("api_latency", &self.api_latency)
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret)
            .field("clients", &self.clients)
            .field("endpoints", &self.endpoints)
            .field("routes", &self.routes)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

/// A route whose path has not been checked.
struct NewRoute {
    method: Method,
    path: String,
    requires_token: bool,
    respond: Respond,
}

impl NewRoute {
    fn check(self) -> io::Result<Route> {
        let path = check_path(&self.path)?;
        Ok(Route::new(
            self.method,
            path,
            self.requires_token,
            self.respond,
        ))
    }
}

impl fmt::Debug for NewRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

fn check_path(path: &str) -> io::Result<PathTemplate> {
    PathTemplate::parse(path).map_err(|message| invalid_path(path, message))
}

fn invalid_path(path: &str, message: &str) -> io::Error {
    let message = format!("the path {path:?} is invalid: {message}");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}
