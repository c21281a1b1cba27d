//! Sources that are caches themselves, that use the cache they feed, or that say something new each time they are asked.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use auth_core::{AccessToken, Error, ErrorKind, Result, TokenSource};

use super::*;

#[tokio::test]
async fn a_refusal_reaches_the_cache_below() {
    let inner = Setup::new([
        ScriptedReply::token("t1", 3600.0),
        ScriptedReply::token("t2", 3600.0),
    ]);
    let policy = RefreshPolicy::new().with_jitter(Some(0.0));
    let outer = TokenCache::builder(inner.cache.clone())
        .refresh_policy(policy)
        .clock(inner.clock.clone())
        .build();
    let rejected = outer.token().await.unwrap();
    inner.clock.advance(seconds(60));
    outer.invalidate(&rejected);
    assert_eq!(outer.token().await.unwrap().expose_secret(), "t2");
    assert_eq!(inner.source.requests(), 2);
}

/// Looks into the cache that it feeds whenever it is asked about itself.
#[derive(Debug, Default)]
struct Curious {
    cache: OnceLock<TokenCache<Arc<Self>>>,
}

#[async_trait]
impl TokenSource for Curious {
    async fn token(&self) -> Result<AccessToken> {
        Err(Error::new(ErrorKind::InvalidCredentials, "no"))
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn name(&self) -> &'static str {
        self.cache.get().map(TokenCache::health);
        "curious"
    }

    fn credentials_version(&self) -> u64 {
        self.cache
            .get()
            .map_or(0, |cache| u64::from(cache.health().failures > 1_000))
    }

    fn identity(&self) -> Option<Arc<str>> {
        self.cache.get().map(TokenCache::cached_token);
        None
    }
}

#[tokio::test]
async fn a_source_may_use_the_cache_that_it_feeds() {
    let source = Arc::new(Curious::default());
    let cache = TokenCache::new(Arc::clone(&source));
    source.cache.set(cache.clone()).unwrap();
    for _ in 0..3 {
        assert_eq!(
            cache.token().await.unwrap_err().kind(),
            ErrorKind::InvalidCredentials
        );
    }
}

/// Says that its credentials have changed each time it is asked for a token.
#[derive(Debug, Default)]
struct Restless {
    revision: AtomicU64,
    requests: AtomicU64,
}

#[async_trait]
impl TokenSource for Restless {
    async fn token(&self) -> Result<AccessToken> {
        self.revision.fetch_add(1, Ordering::SeqCst);
        self.requests.fetch_add(1, Ordering::SeqCst);
        Err(Error::new(ErrorKind::InvalidCredentials, "no"))
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn credentials_version(&self) -> u64 {
        self.revision.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn credentials_that_change_with_every_request_are_no_way_around_the_cool_down() {
    let source = Arc::new(Restless::default());
    let cache = TokenCache::new(Arc::clone(&source));
    for _ in 0..100 {
        cache.token().await.unwrap_err();
    }
    assert_eq!(
        source.requests.load(Ordering::SeqCst),
        4,
        "a change in mid-flight is forgiven three times in a row"
    );
}

#[test]
fn every_public_type_can_be_shared_and_shown() {
    fn holds<T: Send + Sync + std::fmt::Debug>() {}
    holds::<AccessToken>();
    holds::<auth_core::vendor::TokenHttpResponse>();
    holds::<auth_core::Attempt<()>>();
    holds::<auth_core::AuthorizedClient<ScriptedSource>>();
    holds::<auth_core::BaseUrl>();
    holds::<auth_core::BlockingTokenCache<ScriptedSource>>();
    holds::<auth_core::CacheState>();
    holds::<auth_core::ClientAuthMethod>();
    holds::<auth_core::Credentials>();
    holds::<auth_core::ReqwestHttpClient>();
    holds::<auth_core::ReqwestHttpClientBuilder>();
    holds::<Error>();
    holds::<auth_core::vendor::ExpiresIn>();
    holds::<auth_core::FileCredentials>();
    holds::<auth_core::CacheHealth>();
    holds::<auth_core::CacheHealthWatch>();
    holds::<auth_core::KeyedTokenCache<String, ScriptedSource>>();
    holds::<auth_core::RequestLimits>();
    holds::<auth_core::ClockReading>();
    holds::<auth_core::OAuthTokenSource>();
    holds::<RefreshPolicy>();
    holds::<auth_core::vendor::TokenErrorResponse>();
    holds::<auth_core::Scope>();
    holds::<auth_core::Secret>();
    holds::<auth_core::vendor::CommonConfig>();
    holds::<auth_core::StaticTokenSource>();
    holds::<auth_core::vendor::TokenResponse>();
    holds::<TokenCache<ScriptedSource>>();
    holds::<auth_core::vendor::TokenEndpoint>();
    holds::<auth_core::BearerTokenLayer<ScriptedSource, ()>>();
    holds::<datasaur_auth::Client>();
    holds::<datasaur_auth::Config>();
    holds::<datasaur_auth::ConfigBuilder>();
    holds::<maia_auth::Client>();
    holds::<maia_auth::Config>();
    holds::<maia_auth::ConfigBuilder>();
    holds::<maia_auth::Region>();
    holds::<runai_auth::Client>();
    holds::<runai_auth::Config>();
    holds::<runai_auth::ConfigBuilder>();
    holds::<runai_auth::TokenApi>();
}
