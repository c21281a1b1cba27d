//! The table of vendors, and any vendor's client behind the methods that all of them have.

mod datasaur;
pub(crate) mod depot;
mod maia;
pub(crate) mod roster;
mod runai;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use auth_core::vendor::{Client, Config, ConfigBuilder, Vendor, VendorInfo};
use auth_core::{
    AccessToken, CacheHealth, Clock, HttpClient, RefreshPolicy, RequestLimits, Result, RetryPolicy,
    SystemClock, TokenSource,
};
use auth_testkit::{Emulator, EmulatorBuilder};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response};

/// The rows.
pub(crate) const VENDORS: &[Row] = &[
    Row::of::<datasaur_auth::Datasaur>(),
    Row::of::<maia_auth::Maia>(),
    Row::of::<runai_auth::Runai>(),
    runai::V2_18,
    runai::V2_22,
    runai::V2_25,
    runai::V3_0,
    Row::of::<depot_auth::Depot>(),
    Row::of::<roster_auth::Roster>(),
];

/// What the suite has to know of a vendor beside its crate; the rest is in its folder of `fixtures`.
pub(crate) trait Contract: Vendor {
    /// The path of the token endpoint below the base URL.
    const TOKEN_PATH: &'static str;

    /// Describes the vendor's emulator.
    fn emulator() -> EmulatorBuilder;

    /// Starts a configuration for everything at one base URL.
    fn builder(base_url: &str) -> ConfigBuilder<Self> {
        Config::builder().base_url(base_url)
    }

    /// A token response that grants this token for an hour.
    fn token_response(token: &str) -> String {
        format!(r#"{{"access_token":"{token}","token_type":"bearer","expires_in":3600}}"#)
    }

    /// One harmless request that the emulator protects.
    fn request() -> Request<Bytes>;

    /// The same as the vendor's own method reads it: a response that is understood, or an error.
    fn call(client: &Client<Self>) -> impl Future<Output = Result<()>> + Send;
}

/// Makes a request of the suite.
pub(crate) fn request(method: Method, path: &'static str, body: &'static str) -> Request<Bytes> {
    let mut request = Request::new(Bytes::from(body));
    *request.method_mut() = method;
    *request.uri_mut() = path.parse().unwrap();
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(CONTENT_TYPE, json);
    request
}

/// A vendor without its type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    info: VendorInfo,
    /// The vendor's name and version, if it has several rows.
    label: Option<&'static str>,
    /// The snapshot of the token request, which rows of one vendor may share.
    token_request: &'static str,
    token_path: &'static str,
    emulator: fn() -> EmulatorBuilder,
    client: fn(Options) -> AnyClient,
    token_response: fn(&str) -> String,
    request: fn() -> Request<Bytes>,
}

/// A vendor's client without its type.
pub(crate) type AnyClient = Arc<dyn DynClient>;

impl Row {
    pub(crate) const fn of<V: Contract>() -> Self {
        Self {
            info: V::INFO,
            label: None,
            token_request: "token_request",
            token_path: V::TOKEN_PATH,
            emulator: V::emulator,
            client: |options| Arc::new(options.client_of::<V>()),
            token_response: V::token_response,
            request: V::request,
        }
    }

    /// Makes the row of another version of the vendor's server.
    const fn version(
        self,
        label: &'static str,
        emulator: fn() -> EmulatorBuilder,
        client: fn(Options) -> AnyClient,
    ) -> Self {
        Self {
            label: Some(label),
            emulator,
            client,
            ..self
        }
    }

    /// Replaces the token API: the path, what it returns, and the snapshot of its request.
    const fn token_api(
        self,
        token_path: &'static str,
        token_response: fn(&str) -> String,
        token_request: &'static str,
    ) -> Self {
        Self {
            token_path,
            token_response,
            token_request,
            ..self
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        self.info.name()
    }

    pub(crate) fn token_request(self) -> &'static str {
        self.token_request
    }

    pub(crate) fn token_path(self) -> &'static str {
        self.token_path
    }

    pub(crate) fn token_response(self, token: &str) -> String {
        (self.token_response)(token)
    }

    /// Returns true if the vendor's call cannot have changed anything, however often it was sent.
    pub(crate) fn is_harmless(self) -> bool {
        (self.request)().method().is_idempotent()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label.unwrap_or(self.as_str()))
    }
}

impl From<Row> for EmulatorBuilder {
    fn from(row: Row) -> Self {
        (row.emulator)()
    }
}

/// What a test may change about a client.
pub(crate) struct Options {
    pub(crate) base_url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) policy: RefreshPolicy,
    pub(crate) clock: SharedClock,
    pub(crate) http: Option<SharedHttp>,
    pub(crate) api_limits: RequestLimits,
    pub(crate) retry_policy: RetryPolicy,
}

/// A clock as a builder takes it.
pub(crate) type SharedClock = Arc<dyn Clock>;

/// An HTTP client as a builder takes it.
pub(crate) type SharedHttp = Arc<dyn HttpClient>;

impl Options {
    /// One attempt per refresh and per call, so that a test's count of requests is the number of refreshes and of calls.
    pub(crate) fn at(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            client_id: "fake-client".to_owned(),
            client_secret: "fake-client-secret".to_owned(),
            policy: RefreshPolicy::new().with_max_attempts(1),
            clock: Arc::new(SystemClock::new()),
            http: None,
            api_limits: RequestLimits::API_REQUEST,
            retry_policy: RetryPolicy::NONE,
        }
    }

    pub(crate) fn of(emulator: &Emulator) -> Self {
        Self {
            client_id: emulator.client_id().to_owned(),
            client_secret: emulator.client_secret().to_owned(),
            ..Self::at(emulator.base_url())
        }
    }

    pub(crate) fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    pub(crate) fn client(self, row: Row) -> AnyClient {
        (row.client)(self)
    }

    pub(crate) fn client_of<V: Contract>(self) -> Client<V> {
        self.client_with(|builder| builder)
    }

    /// As `client_of`, with further settings.
    fn client_with<V: Contract>(
        self,
        set: impl FnOnce(ConfigBuilder<V>) -> ConfigBuilder<V>,
    ) -> Client<V> {
        let mut builder = V::builder(&self.base_url)
            .client_id(self.client_id)
            .client_secret(self.client_secret)
            .refresh_policy(self.policy)
            .clock(self.clock)
            .api_limits(self.api_limits)
            .retry_policy(self.retry_policy);
        if let Some(http) = self.http {
            builder = builder.http_client(http);
        }
        Client::new(set(builder).build().unwrap()).unwrap()
    }
}

/// The methods that the suite needs of any client.
#[async_trait]
pub(crate) trait DynClient: fmt::Debug + Send + Sync {
    fn source(&self) -> &dyn TokenSource;

    fn health(&self) -> CacheHealth;

    async fn token(&self) -> Result<AccessToken> {
        self.source().token().await
    }

    /// Sends the vendor's request as it is.
    async fn send(&self) -> Result<Response<Bytes>>;

    /// Makes the vendor's call.
    async fn call(&self) -> Result<()>;
}

#[async_trait]
impl<V: Contract> DynClient for Client<V> {
    fn source(&self) -> &dyn TokenSource {
        self
    }

    fn health(&self) -> CacheHealth {
        Self::health(self)
    }

    async fn send(&self) -> Result<Response<Bytes>> {
        Self::send(self, V::request()).await
    }

    async fn call(&self) -> Result<()> {
        V::call(self).await
    }
}
