//! The main job: one token for many callers, over an expiry, over a revocation.

use std::time::Duration;

use auth_core::CacheState;
use auth_testkit::{Emulator, ManualClock};

use crate::vendors::{Options, VENDORS};

/// Older than the ten seconds within which a refused token is not blamed on its age.
const A_MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_call_is_authorized_and_a_second_one_asks_for_no_further_token() {
    for &vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let client = Options::of(&emulator).client(vendor);
        assert_eq!(
            client.health().state,
            CacheState::Empty,
            "{vendor}: nothing is asked for at rest"
        );
        for _ in 0..3 {
            assert_eq!(client.send().await.unwrap().status(), 200, "{vendor}");
        }
        assert_eq!(emulator.token_requests(), 1, "{vendor}");
        assert_eq!(emulator.api_requests(), 3, "{vendor}");
        assert_eq!(client.health().state, CacheState::Fresh, "{vendor}");
    }
}

#[tokio::test]
async fn a_thousand_callers_on_an_empty_cache_make_one_token_request() {
    for &vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let client = Options::of(&emulator).client(vendor);
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..1_000 {
            let client = client.clone();
            callers.spawn(async move { client.token().await });
        }
        let tokens = callers.join_all().await;
        assert!(tokens.iter().all(Result::is_ok), "{vendor}");
        assert_eq!(emulator.token_requests(), 1, "{vendor}");
    }
}

#[tokio::test]
async fn an_expired_token_is_replaced_before_the_api_sees_it() {
    for &vendor in VENDORS {
        let clock = ManualClock::new();
        let emulator = Emulator::builder(vendor)
            .clock(std::sync::Arc::new(clock.clone()))
            .start()
            .await
            .unwrap();
        let client = Options::of(&emulator).clock(clock.clone()).client(vendor);
        client.send().await.unwrap();
        clock.advance(Duration::from_secs(2 * 60 * 60));
        assert_eq!(client.health().state, CacheState::Expired, "{vendor}");
        assert_eq!(client.send().await.unwrap().status(), 200, "{vendor}");
        assert_eq!(emulator.token_requests(), 2, "{vendor}");
        assert_eq!(emulator.unauthorized_responses(), 0, "{vendor}");
    }
}

#[tokio::test]
async fn the_vendors_own_lifetime_is_read_from_the_answer() {
    for &vendor in VENDORS {
        let emulator = Emulator::builder(vendor)
            .token_lifetime(Duration::from_secs(77))
            .start()
            .await
            .unwrap();
        let token = Options::of(&emulator).client(vendor).token().await.unwrap();
        assert_eq!(token.lifetime(), Duration::from_secs(77), "{vendor}");
    }
}

#[tokio::test]
async fn a_revoked_token_costs_one_refresh_for_all_callers_and_no_call() {
    for &vendor in VENDORS {
        let clock = ManualClock::new();
        let emulator = Emulator::builder(vendor)
            .clock(std::sync::Arc::new(clock.clone()))
            .start()
            .await
            .unwrap();
        let client = Options::of(&emulator).clock(clock.clone()).client(vendor);
        client.send().await.unwrap();
        clock.advance(A_MINUTE);
        emulator.revoke_tokens();
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let client = client.clone();
            callers.spawn(async move { client.send().await.unwrap() });
        }
        for response in callers.join_all().await {
            assert_eq!(response.status(), 200, "{vendor}");
            let body = String::from_utf8_lossy(response.body());
            assert!(!body.contains("AuthenticationError"), "{vendor}: {body}");
        }
        assert_eq!(emulator.token_requests(), 2, "{vendor}");
    }
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_is_not_refreshed_in_a_loop() {
    for &vendor in VENDORS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let client = Options::of(&emulator).client(vendor);
        client.token().await.unwrap();
        emulator.revoke_tokens();
        for _ in 0..5 {
            client.send().await.unwrap();
        }
        assert_eq!(
            emulator.token_requests(),
            1,
            "{vendor}: the token is younger than ten seconds"
        );
        assert_eq!(
            emulator.unauthorized_responses(),
            5,
            "{vendor}: each refusal is handed back, none is resent"
        );
    }
}
