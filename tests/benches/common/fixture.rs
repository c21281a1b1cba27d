//! What every benchmark measures on: a source that answers at once with a token of the usual size, and a cache that is warm.

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use auth_core::{
    AccessToken, Clock as _, Credentials, HttpClient, RequestLimits, Secret, SharedTokenId,
    SystemClock, TokenCache, TokenSource,
};
use auth_testkit::store::MemoryTokenStore;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, Response};
use maia_auth::{Config, Region, TenantClients, TenantConfig};
use tokio::runtime::{Builder, Runtime};

/// What a benchmark ends with; a failure is the bench's own and not a figure.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Issues a token of its own at once, good for an hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Issuer(pub(crate) usize);

impl Issuer {
    /// Makes the token that this source gives.
    pub(crate) fn issue(self) -> auth_core::Result<AccessToken> {
        AccessToken::new(self.text(), SystemClock::new().now(), HOUR)
    }

    fn text(self) -> String {
        format!("{:0>TOKEN_LENGTH$}", self.0)
    }
}

#[async_trait::async_trait]
impl TokenSource for Issuer {
    async fn token(&self) -> auth_core::Result<AccessToken> {
        self.issue()
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    async fn shared_token_id(&self) -> auth_core::Result<Option<SharedTokenId>> {
        let secret = Secret::from("fake-secret-of-the-bench");
        Ok(Some(SharedTokenId::of_client(&secret)))
    }
}

/// Makes a cache that holds a fresh token.
pub(crate) fn warm_cache() -> Outcome<TokenCache<Issuer>> {
    let cache = TokenCache::new(Issuer(1));
    runtime()?.block_on(cache.warm_up())?;
    Ok(cache)
}

/// Makes a cache that holds a fresh token, which a store holds as well.
#[allow(
    dead_code,
    reason = "not every benchmark that shares this file has a store"
)]
pub(crate) fn warm_cache_with_store() -> Outcome<TokenCache<Issuer>> {
    let store = MemoryTokenStore::new(SystemClock::new());
    let cache = TokenCache::builder(Issuer(1))
        .token_store(store.clone())
        .build();
    runtime()?.block_on(cache.warm_up())?;
    if store.dump().is_empty() {
        return Err("the token is not in the store".into());
    }
    Ok(cache)
}

/// Makes a runtime with as many workers as the reference machine has cores.
pub(crate) fn runtime() -> Outcome<Runtime> {
    Ok(Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()?)
}

/// Polls once: warm calls are ready at once, and a runtime around them would be measured as well.
///
/// To measure, give it a future that makes many calls: moving the future of one costs about as much as the call.
pub(crate) fn at_once<T>(future: impl Future<Output = auth_core::Result<T>>) -> Option<T> {
    future.now_or_never()?.ok()
}

/// Characters of a token: a signed JWT with a dozen claims.
const TOKEN_LENGTH: usize = 1200;

/// Makes the clients of many tenants, whose token endpoint answers at once; each tenant's id and secret have the usual 32 characters.
#[allow(
    dead_code,
    reason = "not every benchmark that shares this file has tenants"
)]
pub(crate) fn clients(tenants: usize) -> Outcome<TenantClients<usize>> {
    let base = Config::builder()
        .options(|options| options.region(Region::Eu1))
        .http_client(Endpoint);
    let clients = TenantClients::builder(base, |number: usize| async move {
        let text = format!("{number:0>32}");
        Ok(Some(TenantConfig::new(Credentials::new(
            text.clone(),
            text,
        )?)))
    });
    // One more, for what all tenants share.
    Ok(clients.max_capacity(tenants + 1).build()?)
}

/// Answers every request as a token endpoint does.
#[derive(Debug, Clone, Copy)]
struct Endpoint;

#[async_trait::async_trait]
impl HttpClient for Endpoint {
    async fn send(
        &self,
        _: Request<Bytes>,
        _: RequestLimits,
    ) -> auth_core::Result<Response<Bytes>> {
        let token = Issuer(1).text();
        let body =
            format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":3600}}"#);
        Ok(Response::new(body.into()))
    }
}

const HOUR: Duration = Duration::from_secs(60 * 60);
