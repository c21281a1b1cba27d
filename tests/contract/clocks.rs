//! A user's test with a clock of its own: outages pass without a hand on the clock, and mixed clocks are named as the cause.

use std::sync::Arc;
use std::time::Duration;

use auth_core::{ErrorKind, RefreshPolicy, SystemClock};
use auth_testkit::{Emulator, Fault, ManualClock};

use crate::vendors::{Options, Row, VENDORS};

async fn start(vendor: Row, clock: &ManualClock) -> Emulator {
    let clock = Arc::new(clock.clone());
    let builder = Emulator::builder(vendor).clock(clock);
    builder.start().await.unwrap()
}

#[tokio::test]
async fn an_outage_passes_on_a_clock_that_advances_by_itself() {
    for &vendor in VENDORS {
        let clock = ManualClock::auto_advancing();
        let emulator = start(vendor, &clock).await;
        emulator.inject_token_fault(Fault::status(503));
        emulator.inject_token_fault(Fault::status(503).retry_after(Duration::from_secs(7)));
        let mut options = Options::of(&emulator).clock(clock);
        options.policy = RefreshPolicy::new();
        let client = options.client(vendor);
        assert!(client.token().await.is_ok(), "{vendor}");
        assert_eq!(emulator.token_requests(), 3, "{vendor}");
        assert_eq!(client.send().await.unwrap().status(), 200, "{vendor}");
    }
}

#[tokio::test]
async fn two_clocks_in_one_composition_are_named_as_the_cause() {
    let source = auth_testkit::ScriptedSource::new(
        ManualClock::new(),
        [auth_testkit::ScriptedReply::token("t1", 3_600.0)],
    );
    // The script's wall clock shows a fixed date in the past, the cache's today's.
    let policy = RefreshPolicy::new().with_max_attempts(1);
    let cache = auth_core::TokenCache::builder(source)
        .refresh_policy(policy)
        .clock(SystemClock::new())
        .build();
    let error = cache.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    let hint = "do the source and the cache use the same clock?";
    assert!(error.to_string().contains(hint), "{error}");
}
