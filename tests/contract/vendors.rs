//! The table: how each vendor's client is made, and one harmless call to make with it.

use auth_core::{
    AccessToken, ApiRequest, CacheHealth, Clock, HttpClient, RefreshPolicy, RequestLimits, Result,
    RetryPolicy, SystemClock, TokenSource,
};
use auth_testkit::{Emulator, Vendor};
use bytes::Bytes;
use http::{Method, Request, Response};
use serde::de::IgnoredAny;

/// The rows.
pub(crate) const VENDORS: [Vendor; 3] = [Vendor::Datasaur, Vendor::Maia, Vendor::Runai];

/// One vendor's client behind the methods that all of them have.
#[derive(Debug, Clone)]
pub(crate) enum AnyClient {
    Datasaur(datasaur_auth::Client),
    Maia(maia_auth::Client),
    Runai(runai_auth::Client),
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
pub(crate) type SharedClock = std::sync::Arc<dyn Clock>;

/// An HTTP client as a builder takes it.
pub(crate) type SharedHttp = std::sync::Arc<dyn HttpClient>;

impl Options {
    /// One attempt per refresh and per call, so that a test's count of requests is the number of refreshes and of calls.
    pub(crate) fn at(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            client_id: "fake-client".to_owned(),
            client_secret: "fake-client-secret".to_owned(),
            policy: RefreshPolicy::new().with_max_attempts(1),
            clock: std::sync::Arc::new(SystemClock::new()),
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
        self.clock = std::sync::Arc::new(clock);
        self
    }

    pub(crate) fn client(self, vendor: Vendor) -> AnyClient {
        /// The builders are different types with the same methods.
        macro_rules! build {
            ($builder:expr) => {{
                let mut builder = $builder
                    .client_id(self.client_id)
                    .client_secret(self.client_secret)
                    .refresh_policy(self.policy)
                    .clock(self.clock)
                    .api_limits(self.api_limits)
                    .retry_policy(self.retry_policy);
                if let Some(http) = self.http {
                    builder = builder.http_client(http);
                }
                builder.build().unwrap()
            }};
        }
        match vendor {
            Vendor::Datasaur => {
                let builder = datasaur_auth::Config::builder().base_url(self.base_url);
                AnyClient::Datasaur(datasaur_auth::Client::new(build!(builder)).unwrap())
            }
            Vendor::Maia => {
                let token_url = format!("{}/oauth/dpc/token", self.base_url);
                let builder = maia_auth::Config::builder()
                    .base_url(self.base_url)
                    .options(|options| options.token_url(token_url));
                AnyClient::Maia(maia_auth::Client::new(build!(builder)).unwrap())
            }
            Vendor::Runai => {
                let builder = runai_auth::Config::builder().base_url(self.base_url);
                AnyClient::Runai(runai_auth::Client::new(build!(builder)).unwrap())
            }
            other => panic!("{other} has no row"),
        }
    }
}

impl AnyClient {
    pub(crate) async fn token(&self) -> Result<AccessToken> {
        self.source().token().await
    }

    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        match self {
            Self::Datasaur(client) => client.send(request).await,
            Self::Maia(client) => client.send(request).await,
            Self::Runai(client) => client.send(request).await,
        }
    }

    /// The one call that every emulated vendor protects.
    pub(crate) async fn call(&self) -> Result<Response<Bytes>> {
        let (method, path, body) = match self {
            Self::Datasaur(_) => (Method::POST, "/graphql", r#"{"query":"{ me { id } }"}"#),
            Self::Maia(_) => (Method::GET, "/dpc/v1/projects?page=0&size=25", ""),
            Self::Runai(_) => (Method::GET, "/api/v1/apps", ""),
        };
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        let json = http::HeaderValue::from_static("application/json");
        request
            .headers_mut()
            .insert(http::header::CONTENT_TYPE, json);
        self.send(request).await
    }

    /// The same as each vendor's own method reads it: an answer that is understood, or an error.
    pub(crate) async fn ask(&self) -> Result<()> {
        match self {
            Self::Datasaur(client) => client.me().await.map(drop),
            Self::Maia(client) => client.projects().page(0).await.map(drop),
            Self::Runai(client) => {
                let call = ApiRequest::new(Method::GET, "/api/v1/apps");
                client.execute_json::<IgnoredAny>(&call).await.map(drop)
            }
        }
    }

    pub(crate) fn health(&self) -> CacheHealth {
        match self {
            Self::Datasaur(client) => client.health(),
            Self::Maia(client) => client.health(),
            Self::Runai(client) => client.health(),
        }
    }

    pub(crate) fn source(&self) -> &dyn TokenSource {
        match self {
            Self::Datasaur(client) => client,
            Self::Maia(client) => client,
            Self::Runai(client) => client,
        }
    }
}
