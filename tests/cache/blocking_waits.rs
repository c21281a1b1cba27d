//! Every way in which the blocking facade could come to wait for a refresh that only the blocked thread drives.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::task::{Context, Wake, Waker};

use async_trait::async_trait;
use auth_core::{
    AccessToken, AuthorizedClient, BaseUrl, BlockingTokenCache, Error, ErrorKind, HttpClient,
    RequestLimits, Result, TokenSource, token_after,
};
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, Response};
use tokio::runtime::Builder;

use super::blocking::{real, within_limit};
use super::*;

/// An API that refuses one token and accepts every other.
#[derive(Debug)]
struct Api {
    refused: &'static str,
    seen: Mutex<Vec<String>>,
}

impl Api {
    fn refusing(refused: &'static str) -> Arc<Self> {
        let seen = Mutex::default();
        Arc::new(Self { refused, seen })
    }
}

#[async_trait]
impl HttpClient for Api {
    async fn send(&self, request: Request<Bytes>, _: RequestLimits) -> Result<Response<Bytes>> {
        let header = request.headers()[AUTHORIZATION].to_str().unwrap();
        let token = header.trim_start_matches("Bearer ").to_owned();
        let status = if token == self.refused { 401 } else { 200 };
        self.seen.lock().unwrap().push(token);
        Ok(Response::builder()
            .status(status)
            .body(Bytes::new())
            .unwrap())
    }
}

type Cache = TokenCache<Arc<dyn TokenSource>>;

/// Sends a request on this thread, and returns its status.
fn send(api: &Arc<Api>, cache: &Cache) -> u16 {
    let base = BaseUrl::parse("https://api.example").unwrap();
    let client = AuthorizedClient::new(cache.clone(), api.clone(), base);
    let blocking = BlockingTokenCache::new(cache.clone()).unwrap();
    let request = Request::new(Bytes::new());
    let response = blocking.block_on(client.send(request)).unwrap();
    response.status().as_u16()
}

/// A caller's waker that uses the cache, as any executor's may.
struct ReadsHealth<S>(TokenCache<S>, AtomicUsize);

impl<S: TokenSource + 'static> Wake for ReadsHealth<S> {
    fn wake(self: Arc<Self>) {
        self.0.health();
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

/// Runs `work` on a runtime of one thread, so that whatever blocks in it blocks all of it.
fn on_one_thread<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    within_limit(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(work)
    })
}

/// Starts a refresh on this thread, which hangs as soon as the thread is blocked.
async fn start_refresh(cache: &(impl TokenSource + Clone + 'static)) {
    let asked = cache.clone();
    tokio::spawn(async move { asked.token().await });
    settle().await;
}

#[test]
fn a_blocking_request_does_not_wait_for_it() {
    let (source, _) = real([ScriptedReply::hang(), ScriptedReply::token("t2", 3600.0)]);
    let api = Api::refusing("none");
    let seen = api.clone();
    on_one_thread(async move {
        let source: Arc<dyn TokenSource> = Arc::new(source);
        let cache = TokenCache::new(source);
        start_refresh(&cache).await;
        assert_eq!(send(&api, &cache), 200);
    });
    assert_eq!(*seen.seen.lock().unwrap(), ["t2"]);
}

#[test]
fn the_callers_of_an_abandoned_refresh_are_woken_without_the_caches_lock() {
    let (_, cache) = real([ScriptedReply::token("t1", 3600.0)]);
    let woken = within_limit(move || {
        let idle = Builder::new_current_thread().enable_all().build().unwrap();
        let waker = Arc::new(ReadsHealth(cache.clone(), AtomicUsize::new(0)));
        let mut call = Box::pin(cache.token());
        let started = idle.block_on(async {
            let waker = Waker::from(waker.clone());
            call.as_mut().poll(&mut Context::from_waker(&waker))
        });
        assert!(started.is_pending());
        let blocking = BlockingTokenCache::new(cache.clone()).unwrap();
        assert_eq!(blocking.token().unwrap().expose_secret(), "t1");
        waker.1.load(Ordering::SeqCst)
    });
    assert_eq!(woken, 1);
}

#[test]
fn a_token_after_a_refused_one_is_another_or_none() {
    let replies = [
        ScriptedReply::token("t1", 3600.0),
        ScriptedReply::token("t2", 3600.0),
    ];
    let setup = Setup::new(replies);
    let source: Arc<dyn TokenSource> = Arc::new(setup.source.clone());
    let cache = TokenCache::builder(source)
        .clock(setup.clock.clone())
        .build();
    let blocking = BlockingTokenCache::new(cache.clone()).unwrap();
    within_limit(move || {
        let first = blocking.token().unwrap();
        let after = || blocking.block_on(token_after(&cache, &first)).unwrap();
        assert!(after().is_none(), "too young");
        setup.clock.advance(seconds(60));
        let second = after().unwrap();
        assert_eq!(second.expose_secret(), "t2");
    });
}

#[test]
fn neither_does_the_resend_after_a_refused_token() {
    let replies = [
        ScriptedReply::token("t1", 3600.0),
        ScriptedReply::hang(),
        ScriptedReply::token("t2", 3600.0),
    ];
    let setup = Setup::new(replies);
    let api = Api::refusing("t1");
    let seen = api.clone();
    on_one_thread(async move {
        let source: Arc<dyn TokenSource> = Arc::new(setup.source.clone());
        let cache = TokenCache::builder(source)
            .clock(setup.clock.clone())
            .build();
        cache.token().await.unwrap();
        setup.clock.advance(seconds(2_700));
        cache.token().await.unwrap();
        settle().await;
        assert_eq!(setup.source.requests(), 2, "one runs in the background");
        assert_eq!(send(&api, &cache), 200);
    });
    assert_eq!(*seen.seen.lock().unwrap(), ["t1", "t2"]);
}

#[test]
fn a_cache_behind_the_facades_own_does_not_wait_for_it_either() {
    let (source, inner) = real([ScriptedReply::hang(), ScriptedReply::token("t2", 3600.0)]);
    let token = on_one_thread(async move {
        start_refresh(&inner).await;
        assert_eq!(source.requests(), 1);
        let outer = TokenCache::new(inner);
        BlockingTokenCache::new(outer).unwrap().token().unwrap()
    });
    assert_eq!(token.expose_secret(), "t2");
}

/// A source whose author took the blocking call for harmless.
#[derive(Debug, Default)]
struct Circular(OnceLock<BlockingTokenCache<Arc<Self>>>);

#[async_trait]
impl TokenSource for Circular {
    async fn token(&self) -> Result<AccessToken> {
        let facade = self.0.get().ok_or_else(|| Error::config("not yet"))?;
        facade.token()
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }
}

#[test]
fn a_blocking_call_on_the_facades_own_thread_is_an_error_at_once() {
    let source = Arc::new(Circular::default());
    let facade = BlockingTokenCache::new(TokenCache::new(source.clone())).unwrap();
    source.0.set(facade.clone()).unwrap();
    let error = within_limit(move || facade.token().unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("blocking call"), "{error}");
}

#[test]
fn a_runtime_that_was_shut_down_does_not_matter_to_it() {
    let (source, cache) = real([ScriptedReply::hang(), ScriptedReply::token("t2", 3600.0)]);
    let token = within_limit(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(start_refresh(&cache));
        let entered = runtime.handle().clone();
        runtime.shutdown_background();
        let _inside = entered.enter();
        BlockingTokenCache::new(cache).unwrap().token().unwrap()
    });
    assert_eq!(token.expose_secret(), "t2");
    assert_eq!(source.requests(), 2);
}
