//! The default HTTP client: reqwest without redirects, retries and implicit behaviour.

use std::fmt;
use std::future::poll_fn;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH};
use http::uri::{Authority, PathAndQuery};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use reqwest::redirect::Policy;
use tokio::runtime::Handle;
use url::Url;

use super::base_url::{LOCALHOST, origin_of};
use super::coding::{Body, too_large};
use super::connections::{MAX_IDLE, NoteOpened, is_hang_up, watch};
use super::failure::{failed, timed_out};
use super::pools::{Pools, Reuse, Route};
use super::proxy::ProxySettings;
use super::runtime::or_error;
use super::tls::TlsSettings;
use super::{HttpClient, NewConnection, RequestLimits};
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
/// Clones share connections. It can be used from several tokio runtimes, in sequence or concurrently.
#[derive(Debug, Clone)]
pub struct ReqwestHttpClient(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    pools: Pools,
}

/// Builds a [`ReqwestHttpClient`].
#[derive(Debug, Default)]
#[must_use]
pub struct ReqwestHttpClientBuilder {
    settings: Settings,
    failed: Option<Error>,
}

struct Settings {
    user_agent: String,
    connect_timeout: Duration,
    tls: TlsSettings,
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
        match (settings.route(&url_of(target)?)?, &settings.proxy) {
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
        self.exchange(&request, limits).await
    }

    async fn send_copy(
        &self,
        request: &Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        self.exchange(request, limits).await
    }
}

impl ReqwestHttpClient {
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
            let sent = self.execute(runtime, route, reuse, outgoing(request, target))?;
            let outcome = if may_repeat {
                let (outcome, is_new) = watch(sent).await;
                if is_new || !was_closed(&outcome) {
                    outcome
                } else {
                    drop(outcome);
                    // Apart, since it is seldom needed and would make every exchange larger.
                    Box::pin(self.repeat(request, runtime, route)).await?
                }
            } else {
                sent.await
            };
            // Lent, as all that is large in here: a future that is moved is copied, and grows by what it is given.
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

    /// Sends a request once more, on a new connection.
    async fn repeat(
        &self,
        request: &Request<Bytes>,
        runtime: tokio::runtime::Id,
        route: Route,
    ) -> Result<reqwest::Result<reqwest::Response>> {
        tracing::debug!("the server had closed the connection, sending once more");
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
        let Inner { settings, pools } = &*self.0;
        let make = || settings.client(route, reuse);
        pools.with_client(runtime, route, reuse, make, |client| {
            client.execute(request)
        })
    }

    /// Names a target in a message; never by the path or the query, which may hold anything.
    fn described(&self, target: &Uri) -> String {
        let origin = origin_of(&target.to_string()).unwrap_or_else(|| "the server".to_owned());
        match self.proxy_for(target) {
            Ok(Some(proxy)) => format!("{origin} through the proxy {proxy}"),
            _ => origin,
        }
    }
}

/// Why an exchange failed, before it is worded: a request that succeeds costs no text.
enum Failure {
    TimedOut,
    OfStack(reqwest::Error),
    Ours(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl ReqwestHttpClientBuilder {
    /// Sets the `User-Agent` header; the default names this crate and its version.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.settings.user_agent = user_agent.into();
        self
    }

    /// Sets the time limit for connecting, including TLS; the default is [`ReqwestHttpClientBuilder::CONNECT_TIMEOUT`].
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// Trusts the certificate authorities in a PEM bundle in addition to the system's.
    pub fn add_root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        let added = self.settings.tls.add_roots(pem.as_ref());
        self.note(added);
        self
    }

    /// Presents a client certificate: a PEM chain, leaf first, and its PEM private key.
    pub fn client_certificate(mut self, chain: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        let set = self.settings.tls.set_identity(chain.as_ref(), key.as_ref());
        self.note(set);
        self
    }

    /// Builds the client, without connecting yet.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a certificate or key cannot be read, the user agent is not a valid header value, or TLS settings are used without TLS compiled in.
    pub fn build(self) -> Result<ReqwestHttpClient> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        #[cfg(all(feature = "native-tls", feature = "rustls"))]
        tracing::info!("both TLS features are on: rustls is used, and native-tls is not");
        // Detects an invalid user agent now, not at the first request.
        self.settings.client(Route::Plain, Reuse::Kept)?;
        Ok(ReqwestHttpClient(Arc::new(Inner {
            settings: self.settings,
            pools: Pools::default(),
        })))
    }

    /// Half the time of a token request, so that after a slow connection there is still time for a response.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

    fn note(&mut self, outcome: Result<()>) {
        if let Err(error) = outcome {
            self.failed.get_or_insert(error);
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: ReqwestHttpClientBuilder::CONNECT_TIMEOUT,
            tls: TlsSettings::default(),
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
    /// A proxy that cannot be used is an error here, before anything is sent past it.
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
            // A resolver could send loopback traffic elsewhere. Port 0 means the URL's port.
            .resolve_to_addrs(LOCALHOST, &LOOPBACK);
        if reuse == Reuse::Never {
            builder = builder.pool_max_idle_per_host(0);
        }
        let builder = match (route, &self.proxy) {
            (Route::Plain, _) => TlsSettings::apply_none(builder.no_proxy())?,
            (Route::Proxied, Ok(proxy)) => self.tls.apply(proxy.apply(builder)?)?,
            (Route::Proxied, Err(error)) => return Err(error.clone()),
            (Route::Direct, _) => self.tls.apply(builder.no_proxy())?,
        };
        builder.build().map_err(|error| {
            Error::config("the HTTP client cannot be built").with_source(error.without_url())
        })
    }
}

/// The request as the stack takes it, with what the stack does not set, and without what it brings along from a server that received it:
/// a forwarded request has the version of the connection that it arrived on.
fn outgoing(request: &Request<Bytes>, target: Url) -> reqwest::Request {
    let mut outgoing = reqwest::Request::new(request.method().clone(), target);
    let headers = outgoing.headers_mut();
    request.headers().clone_into(headers);
    // The stack says the length of a body that there is; some servers refuse a POST that says none (RFC 9110 section 8.6).
    let has_length = matches!(
        *request.method(),
        Method::POST | Method::PUT | Method::PATCH
    );
    if has_length && request.body().is_empty() {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    headers
        .entry(ACCEPT_ENCODING)
        .or_insert(HeaderValue::from_static("identity"));
    *outgoing.body_mut() = Some(request.body().clone().into());
    outgoing
}

/// Completes with the exchange, or with a failure once its time is over.
///
/// The exchange stays where it is: to move a future is to copy all of it.
async fn within<T>(
    limit: Duration,
    mut exchange: Pin<&mut impl Future<Output = std::result::Result<T, Failure>>>,
) -> std::result::Result<T, Failure> {
    let mut deadline = pin!(tokio::time::sleep(limit));
    poll_fn(|context| {
        if let Poll::Ready(outcome) = exchange.as_mut().poll(context) {
            return Poll::Ready(outcome);
        }
        let over = deadline.as_mut().poll(context);
        over.map(|()| Err(Failure::TimedOut))
    })
    .await
}

/// The one time that a request's URL is parsed.
fn url_of(target: &Uri) -> Result<Url> {
    let (scheme, authority, path) = (
        target.scheme_str(),
        target.authority(),
        target.path_and_query(),
    );
    let text = [
        scheme.unwrap_or_default(),
        if scheme.is_some() { "://" } else { "" },
        authority.map_or("", Authority::as_str),
        path.map_or("", PathAndQuery::as_str),
    ];
    Url::parse(&text.concat())
        .map_err(|error| Error::config("the request cannot be sent").with_source(error))
}

/// Returns true if the pooled connection of an exchange was closed.
///
/// Some servers send a 408 on an idle connection before they close it, without a request (RFC 9110 section 15.5.9).
fn was_closed(outcome: &reqwest::Result<reqwest::Response>) -> bool {
    match outcome {
        Ok(response) => response.status() == StatusCode::REQUEST_TIMEOUT,
        Err(error) => is_hang_up(error),
    }
}

async fn read(
    response: &mut reqwest::Response,
    max_body: usize,
) -> std::result::Result<Response<Bytes>, Failure> {
    let is_too_long =
        |length: u64| usize::try_from(length).map_or(true, |length| length > max_body);
    if response.content_length().is_some_and(is_too_long) {
        return Err(too_large(max_body).into());
    }
    let mut body = Body::new(response.status(), response.headers(), max_body)?;
    while let Some(chunk) = response.chunk().await.map_err(of_stack)? {
        body.push(chunk)?;
    }
    let mut headers = std::mem::take(response.headers_mut());
    let mut answer = Response::new(body.finish(&mut headers)?);
    *answer.status_mut() = response.status();
    *answer.version_mut() = response.version();
    *answer.headers_mut() = headers;
    Ok(answer)
}

fn of_stack(error: reqwest::Error) -> Failure {
    Failure::OfStack(error.without_url())
}

const LOOPBACK: [SocketAddr; 2] = [
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(std::net::IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

#[cfg(test)]
mod tests;
