//! A model of many processes with one token: the real protocol under simulated time, for hours and with everything that can go wrong.
//!
//! Each case says how many token requests the fleet sends, how many at once, how many calls fail, and how long the longest call takes.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod endpoint;
mod world;

use std::time::Duration;

use auth_testkit::store::StoreFault;

use self::world::{Case, Figures, HOUR, MINUTE, run};

/// 200 processes with a token of half an hour and an endpoint that takes 0.3 s, for five hours: some sixteen lifetimes.
const CASE: Case = Case {
    processes: 200,
    duration: Duration::from_secs(5 * 3_600),
    token_life: Duration::from_secs(1_800),
    latency: Duration::from_millis(300),
    calls_every: Duration::from_secs(12),
    leaders_die: false,
};

/// A lifetime ends, at the earliest, with the window and the jitter of the first process that refreshes.
const LIFETIMES: std::ops::RangeInclusive<u64> = 15..=17;

#[test]
fn all_well() {
    let figures = run(CASE, async |_| {});
    figures.check("all well", LIFETIMES, 1, 600);
    assert_eq!(figures.errors, 0);
}

#[test]
fn the_endpoint_takes_eight_seconds() {
    let case = Case {
        latency: Duration::from_secs(8),
        ..CASE
    };
    let figures = run(case, async |_| {});
    // Only the cold start waits at all.
    figures.check("slow endpoint", LIFETIMES, 1, 8_400);
    assert_eq!(figures.errors, 0);
}

#[test]
fn half_of_the_leaders_die() {
    let case = Case {
        leaders_die: true,
        duration: 3 * HOUR,
        ..CASE
    };
    let figures = run(case, async |_| {});
    figures.check("dying leaders", 9..=12, 1, 11_500);
    // Only the callers in the process that died.
    assert!(figures.errors <= figures.deaths, "{figures:?}");
    assert!(figures.deaths > 2, "{figures:?}");
}

#[test]
fn the_store_is_down_for_an_hour_of_five() {
    let figures = run(CASE, async move |world| {
        world.pass(2 * HOUR).await;
        world.store.set_fault(StoreFault::Down);
        world.pass(HOUR).await;
        world.store.set_fault(None);
    });
    figures.check("store down", 300..=620, 12, 700);
    assert_eq!(figures.errors, 0);
}

#[test]
fn the_store_is_down_one_minute_in_ten() {
    let figures = run(CASE, async |world| {
        for _ in 0..29 {
            world.pass(9 * MINUTE).await;
            world.store.set_fault(StoreFault::Silent);
            world.pass(MINUTE).await;
            world.store.set_fault(None);
        }
    });
    figures.check("flapping store", 16..=300, 12, 700);
    assert_eq!(figures.errors, 0);
}

#[test]
fn the_endpoint_is_down_for_forty_minutes() {
    let figures = run(CASE, async |world| {
        world.pass(2 * HOUR).await;
        world.endpoint.set_down(true);
        world.pass(40 * MINUTE).await;
        world.endpoint.set_down(false);
    });
    // Without sharing, 200 processes send some three requests a second: 7,200.
    figures.check("endpoint down", 300..=1_500, 1, 2_500);
    assert!(figures.errors > 0);
}

#[test]
fn the_token_is_revoked_five_times() {
    let figures = run(CASE, async |world| {
        for _ in 0..5 {
            world.pass(47 * MINUTE).await;
            world.endpoint.revoke();
        }
    });
    figures.check("revoked", 16..=23, 1, 600);
    assert_eq!(figures.errors, 0);
}

#[test]
fn twenty_fail_overs_lose_the_leases_and_half_of_the_tokens() {
    let figures = run(CASE, async |world| {
        for turn in 0..20 {
            world.pass(14 * MINUTE).await;
            world.fail_over(turn % 2 == 0);
        }
    });
    figures.check("fail-overs", 15..=26, 2, 600);
    assert_eq!(figures.errors, 0);
}

#[test]
fn processes_start_and_end_all_the_time() {
    let figures = run(CASE, async |world| {
        for _ in 0..290 {
            world.pass(MINUTE).await;
            world.restart(7);
        }
    });
    figures.check("restarts", LIFETIMES, 1, 600);
    assert_eq!(figures.errors, 0);
}

#[test]
fn ten_thousand_processes() {
    let case = Case {
        processes: 10_000,
        duration: HOUR,
        calls_every: MINUTE,
        ..CASE
    };
    let figures = run(case, async |_| {});
    figures.check("ten thousand", 4..=5, 1, 700);
    assert_eq!(figures.errors, 0);
}

impl Figures {
    /// Checks what a case came to; the wait is in milliseconds.
    fn check(
        &self,
        case: &str,
        requests: std::ops::RangeInclusive<u64>,
        most_at_once: u64,
        worst_wait: u64,
    ) {
        assert_eq!(self.invalid, 0, "{case}: {self:?}");
        assert!(requests.contains(&self.requests), "{case}: {self:?}");
        assert!(self.most_at_once <= most_at_once, "{case}: {self:?}");
        let worst = Duration::from_millis(worst_wait);
        assert!(self.worst_wait <= worst, "{case}: {self:?}");
        assert!(self.calls > 100_000, "{case}: {self:?}");
    }
}
