//! The default HTTP client: reqwest without redirects, retries and implicit behaviour.

mod builder;
mod stream;
#[cfg(feature = "tower")]
mod service;

pub use builder::ReqwestHttpClientBuilder;
#[cfg(feature = "tower")]
pub use service::{ForwardingBody, ForwardingService};

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, Uri};
use reqwest::redirect::Policy;
use tokio::runtime::Handle;
use url::Url;

use super::base_url::{LOCALHOST, origin_of};
use super::connections::{MAX_IDLE, NoteOpened, watch};
use super::exchange::{Failure, of_stack, outgoing, read, url_of, was_closed, within};
use super::failure::{failed, timed_out};
use super::log::Pending;
use super::pools::{LOOPBACK, Pools, Reuse, Route};
use super::proxy::ProxySettings;
use super::release::WINDOW;
use super::reload::Reload;
use super::runtime::or_error;
use super::tls::Tls;
use super::transfer::Progress;
use super::{BodyStream, HttpClient, NewConnection, RequestLimits};
use crate::error::{Error, Result};

/// The default HTTP client: feature `reqwest`.
///
/// It follows no redirects, trusts the system's certificate authorities plus the ones you add,
/// and honours the proxy variables (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`) for https targets only;
/// loopback and plain http targets are reached directly, and `localhost` is not looked up.
/// An unusable proxy variable fails the requests that it applies to, with kind `Config`.
/// Unless a request says otherwise, it requests responses without a content coding; a response that comes with gzip anyway is decoded
/// with the feature `gzip`, and is an error without it.
/// It never resends a request, with one exception: if a pooled connection ends before the response head is complete, the server had most
/// likely closed it already, and an idempotent request is resent once on a new connection.
/// A token request always uses a new connection.
/// When a call ends before its request was sent completely, because it was dropped, timed out or answered early, the source of an upload is
/// dropped and the connection closed, even if the server does not read. Only what the operating system and the TLS library took before,
/// at most the last 64 KiB of the body (with `native-tls` about 400 KiB), may keep an HTTP/1 connection open until the server reads it or the system gives up.
/// With the feature `http2` it offers HTTP/2 to https servers, and HTTP/1.1 as well.
/// Clones share connections. It can be used from several tokio runtimes, in sequence or concurrently.
///
/// # Examples
/// ```
/// use std::sync::Arc;
///
/// use auth_core::{HttpClient, ReqwestHttpClient};
///
/// let http: Arc<dyn HttpClient> = Arc::new(ReqwestHttpClient::builder().build()?);
/// # drop(http);
/// # Ok::<(), auth_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReqwestHttpClient(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    pools: Pools<reqwest::Client>,
    #[cfg(feature = "tower")]
    forwarding: Pools<service::Client>,
    /// Set if certificates come from files; this client is then the one until they change.
    reload: Option<Reload>,
}

#[derive(Clone)]
struct Settings {
    user_agent: String,
    connect_timeout: Duration,
    tls: Arc<Tls>,
    /// Read when the settings are created; a mistake in it only affects requests that it applies to.
    proxy: Result<ProxySettings>,
}

impl ReqwestHttpClient {
    /// Starts a builder.
    pub fn builder() -> ReqwestHttpClientBuilder {
        ReqwestHttpClientBuilder::default()
    }

    /// Returns the proxy for a request to this target, as `http://host:port`, without its credentials;
    /// `None` if the target is reached directly.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a proxy variable that the request depends on cannot be used.
    pub fn proxy_for(&self, target: &Uri) -> Result<Option<String>> {
        let settings = &self.0.settings;
        // No request can be sent to anything else.
        let Ok(url) = url_of(target) else {
            return Ok(None);
        };
        match (settings.route(&url)?, &settings.proxy) {
            (Route::Proxied, Ok(proxy)) => Ok(proxy.named(target)),
            _ => Ok(None),
        }
    }
}

#[async_trait]
impl HttpClient for ReqwestHttpClient {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        self.send_copy(&request, limits).await
    }

    async fn send_copy(
        &self,
        request: &Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        let pending = Pending::start(request);
        let outcome = self.current().await.exchange(request, limits).await;
        Pending::end(pending, &outcome);
        outcome
    }

    async fn send_stream(
        &self,
        request: Request<BodyStream>,
        limits: RequestLimits,
    ) -> Result<Response<BodyStream>> {
        let pending = Pending::start(&request);
        let outcome = self.current().await.stream(request, limits).await;
        Pending::end(pending, &outcome);
        outcome
    }
}

impl ReqwestHttpClient {
    /// Returns the client for the certificate files as they were a moment ago.
    async fn current(&self) -> Self {
        match &self.0.reload {
            None => self.clone(),
            // Boxed because it is rarely needed and would make the future of every exchange larger.
            Some(reload) => Box::pin(reload.current(self)).await,
        }
    }

    #[cfg(all(test, feature = "rustls"))]
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    async fn exchange(
        &self,
        request: &Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        let runtime = Handle::try_current().map_err(|_| {
            Error::config("no tokio runtime is running here: call this from within one")
        })?;
        let runtime = runtime.id();
        let started = Instant::now();
        let target = url_of(request.uri())?;
        let route = self.0.settings.route(&target)?;
        let reuse = match request.extensions().get::<NewConnection>() {
            Some(_) => Reuse::Never,
            None => Reuse::Kept,
        };
        let may_repeat = reuse == Reuse::Kept && request.method().is_idempotent();
        let exchange = pin!(async {
            // Until the end of the response.
            let mut _release = None;
            let outcome = if request.body().len() > WINDOW {
                // The time limit is for the whole exchange, so nobody looks at its progress.
                let progress = Progress::new();
                let sent = self.send_large(request, runtime, route, reuse, &progress);
                let sent = Box::pin(sent).await?;
                _release = Some(sent.1);
                sent.0
            } else if may_repeat {
                let sent = self.execute(runtime, route, reuse, outgoing(request, target))?;
                let (outcome, is_new) = watch(sent).await;
                if is_new || !was_closed(&outcome) {
                    outcome
                } else {
                    drop(outcome);
                    // Boxed because it is rarely needed and would make the future of every exchange larger.
                    Box::pin(self.repeat(request, runtime, route)).await?
                }
            } else {
                self.execute(runtime, route, reuse, outgoing(request, target))?
                    .await
            };
            // Borrowed by `read`: an async function stores its arguments twice.
            let mut response = outcome.map_err(of_stack)?;
            read(&mut response, limits.max_body()).await
        });
        let outcome = or_error(pin!(within(limits.timeout(), exchange))).await;
        outcome.map_err(|failure| match failure {
            Failure::TimedOut => timed_out(&self.described(request.uri()), started.elapsed()),
            Failure::OfStack(error) => {
                failed(&error, &self.described(request.uri()), started.elapsed())
            }
            Failure::Ours(error) => error,
        })
    }

    /// Resends a request on a new connection.
    async fn repeat(
        &self,
        request: &Request<Bytes>,
        runtime: tokio::runtime::Id,
        route: Route,
    ) -> Result<reqwest::Result<reqwest::Response>> {
        tracing::debug!("the server had closed the connection, resending");
        let again = outgoing(request, url_of(request.uri())?);
        Ok(self.execute(runtime, route, Reuse::Never, again)?.await)
    }

    fn execute(
        &self,
        runtime: tokio::runtime::Id,
        route: Route,
        reuse: Reuse,
        request: reqwest::Request,
    ) -> Result<impl Future<Output = reqwest::Result<reqwest::Response>> + use<>> {
        let Inner {
            settings, pools, ..
        } = &*self.0;
        let make = || settings.client(route, reuse);
        pools.with_client(runtime, route, reuse, make, |client| {
            client.execute(request)
        })
    }

    /// Describes a target for a message, without the path and the query, which may contain anything.
    fn described(&self, target: &Uri) -> String {
        let origin = origin_of(&target.to_string()).unwrap_or_else(|| "the server".to_owned());
        match self.proxy_for(target) {
            Ok(Some(proxy)) => format!("{origin} through the proxy {proxy}"),
            _ => origin,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: ReqwestHttpClientBuilder::CONNECT_TIMEOUT,
            tls: Arc::default(),
            proxy: ProxySettings::from_env(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The proxy's URL may contain a password.
        f.debug_struct("Settings")
            .field("user_agent", &self.user_agent)
            .field("connect_timeout", &self.connect_timeout)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// An unusable proxy is an error here, before anything is sent directly.
    fn route(&self, target: &Url) -> Result<Route> {
        match Route::to(target) {
            Route::Proxied => match &self.proxy {
                Ok(proxy) if proxy.bypasses_port(target) => Ok(Route::Direct),
                Ok(_) => Ok(Route::Proxied),
                Err(error) => Err(error.clone()),
            },
            route => Ok(route),
        }
    }

    fn client(&self, route: Route, reuse: Reuse) -> Result<reqwest::Client> {
        let mut builder = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .connect_timeout(self.connect_timeout)
            // A redirect would send the credentials to its target.
            .redirect(Policy::none())
            // Only the cache decides on retries: it knows what the request was.
            .retry(reqwest::retry::never())
            .referer(false)
            .pool_idle_timeout(MAX_IDLE)
            .connector_layer(NoteOpened)
            // Another crate may enable these; we limit the decoded size.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            // A resolver could send loopback traffic elsewhere.
            .resolve_to_addrs(LOCALHOST, &LOOPBACK);
        if !cfg!(feature = "http2") {
            // Another crate may turn it on.
            builder = builder.http1_only();
        }
        if reuse == Reuse::Never {
            builder = builder.pool_max_idle_per_host(0);
        }
        let builder = match (route, &self.proxy) {
            (Route::Plain, _) => self.tls.apply_none(builder.no_proxy())?,
            (Route::Proxied, Ok(proxy)) => self.tls.apply(proxy.apply(builder)?)?,
            (Route::Proxied, Err(error)) => return Err(error.clone()),
            (Route::Direct, _) => self.tls.apply(builder.no_proxy())?,
        };
        builder.build().map_err(|error| {
            Error::config("the HTTP client cannot be built").with_source(error.without_url())
        })
    }
}

#[cfg(test)]
mod tests;
