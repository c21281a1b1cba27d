//! What a refresh comes to that is useless by then, and what the log says that it came to.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use auth_core::store::PutIfAbsent;
use auth_core::{AccessToken, Result, TokenSource, Verdict};

use super::log::Log;
use super::*;

type Event = Box<dyn FnOnce() + Send>;

/// Lets something happen when the cache next asks which credentials are current: just before it commits an outcome.
#[derive(Clone)]
struct Watched {
    source: ScriptedSource,
    event: Arc<Mutex<Option<Event>>>,
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watched").finish_non_exhaustive()
    }
}

#[async_trait]
impl TokenSource for Watched {
    async fn token(&self) -> Result<AccessToken> {
        self.source.token().await
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        Some(&self.source)
    }

    fn credentials_version(&self) -> u64 {
        let event = self.event.lock().unwrap().take();
        if let Some(event) = event {
            event();
        }
        self.source.credentials_version()
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_waits_fifteen_seconds_for_others_in_all_of_its_rounds() {
    let fleet = Fleet::new();
    let source = Watched {
        source: ScriptedSource::sharing(id(), fleet.clock, [token("t1"), token("t2")]),
        event: Arc::default(),
    };
    let cache = TokenCache::builder(source.clone())
        .clock(fleet.clock)
        .refresh_policy(fleet.policy())
        .token_store(fleet.store.clone())
        .build();
    cache.token().await.unwrap();
    pass(seconds(2_700)).await;
    // Another process has the lease, and no success.
    let lease = fleet.key(RecordKind::Lease);
    let claim = fleet.memory.put_if_absent(&lease, b"holder", seconds(5));
    assert_eq!(claim.await.unwrap(), PutIfAbsent::Put);
    let memory = fleet.memory.clone();
    let renewing = tokio::spawn(async move {
        loop {
            pass(seconds(1)).await;
            let renewed = memory.replace_if(&lease, b"holder", b"holder", seconds(5));
            assert!(renewed.await.unwrap());
        }
    });
    let started = tokio::time::Instant::now();
    assert_eq!(cache.token().await.unwrap().expose_secret(), "t1");
    pass(millis(14_700)).await;
    // When the refresh would keep the present token, that is rejected.
    let (rejecting, rejected) = (cache.clone(), cache.cached_token().unwrap());
    let event: Event = Box::new(move || rejecting.report(&rejected, Verdict::InvalidToken));
    *source.event.lock().unwrap() = Some(event);
    pass(millis(700)).await;
    assert_eq!(cache.token().await.unwrap().expose_secret(), "t2");
    assert!(started.elapsed() < seconds(17), "{:?}", started.elapsed());
    assert_eq!(source.source.requests(), 2);
    renewing.abort();
}

#[tokio::test(start_paused = true)]
async fn the_log_says_whether_a_token_was_requested_adopted_or_kept() {
    let (log, _guard) = Log::install();
    let fleet = Fleet::new();
    let throttled = auth_core::Error::unavailable("the endpoint is down")
        .with_status(http::StatusCode::SERVICE_UNAVAILABLE);
    let [first, second] = [
        [token("t1"), ScriptedReply::error(throttled)],
        [token("t2"), token("t3")],
    ]
    .map(|replies| fleet.process(replies));
    let lines = |text: &str| log.lines(text).len();
    first.token().await;
    assert_eq!((lines("token refreshed"), lines("adopted")), (1, 0));
    second.token().await;
    assert_eq!((lines("token refreshed"), lines("adopted")), (1, 1));
    pass(seconds(2_700)).await;
    first.token().await;
    pass(millis(100)).await;
    second.token().await;
    pass(millis(100)).await;
    assert_eq!((lines("token refreshed"), lines("token kept")), (1, 1));
    let kept = log.line("token kept").unwrap();
    assert!(kept.contains("DEBUG token_refresh{source="), "{kept}");
}
