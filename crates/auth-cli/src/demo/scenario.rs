//! The demo's three steps with one vendor: a stampede, an expiry, a revocation.

use std::sync::Arc;
use std::time::Duration;

use auth_core::{Clock, RefreshPolicy, SystemClock};
use auth_testkit::Emulator;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::Report;
use super::callers::Caller;
use super::connections::{Connections, MAX_CONNECTIONS};
use super::expectation::Expectations;
use crate::failure::Failure;
use crate::vendor::{Client, Vendor};

pub(super) async fn run(vendor: Vendor) -> Result<Report, Failure> {
    let emulator = Emulator::builder(vendor.into())
        .token_lifetime(LIFETIME)
        .token_latency(LATENCY)
        .start()
        .await
        .map_err(|error| Failure::System("cannot start an emulated vendor", error))?;
    let connections = Connections::to(emulator.base_url())?;
    let sign_in = || client(vendor, &emulator, connections.clone());
    let caller = Caller::new(vendor, sign_in()?);
    let mut expectations = Expectations::default();

    stampede(&emulator, &caller, &mut expectations).await;
    // A client of its own, so that a slow machine's expiry does not fall into another step.
    let short_lived = caller.with_client(sign_in()?);
    emulator.set_token_lifetime(SHORT_LIFETIME);
    expiry(&emulator, &short_lived, &mut expectations).await;
    emulator.set_token_lifetime(LIFETIME);
    revocation(&emulator, &caller, &mut expectations).await;

    let peak = connections.peak();
    expectations.at_most("connections open at once", MAX_CONNECTIONS, peak);
    Ok(Report {
        vendor,
        calls: caller.calls(),
        token_requests: emulator.token_requests(),
        worst_wait: caller.worst_wait(),
        connections: peak,
        expectations,
    })
}

/// A client as a program makes it, but for the HTTP client and the age at which a refused token is discarded.
fn client(
    vendor: Vendor,
    emulator: &Emulator,
    connections: Connections,
) -> auth_core::Result<Client> {
    let policy = RefreshPolicy::new().with_min_age_to_invalidate(MIN_AGE_TO_INVALIDATE);
    /// The three builders have no trait in common, and the same methods.
    macro_rules! build {
        ($vendor:ident) => {
            $vendor::Config::builder()
                .base_url(emulator.base_url())
                .client_id(emulator.client_id())
                .client_secret(emulator.client_secret())
                .http_client(connections)
                .refresh_policy(policy)
        };
    }
    Ok(match vendor {
        Vendor::Datasaur => {
            Client::Datasaur(datasaur_auth::Client::new(build!(datasaur_auth).build()?)?)
        }
        Vendor::Maia => {
            let config =
                build!(maia_auth).options(|options| options.token_url(emulator.token_url()));
            Client::Maia(maia_auth::Client::new(config.build()?)?)
        }
        Vendor::Runai => Client::Runai(runai_auth::Client::new(build!(runai_auth).build()?)?),
    })
}

/// Everybody comes at once and nobody has a token.
async fn stampede(emulator: &Emulator, caller: &Caller, expectations: &mut Expectations) {
    at_once(AT_ONCE, caller).await;
    expectations.none(
        "no call of the stampede fails",
        caller.take_failure().as_deref(),
    );
    expectations.equal("calls made by the stampede", AT_ONCE as u64, caller.calls());
    expectations.equal(
        "token requests of the stampede",
        1,
        emulator.token_requests(),
    );
}

/// A steady stream of calls outlives the token that it began with.
async fn expiry(emulator: &Emulator, caller: &Caller, expectations: &mut Expectations) {
    let client = caller.client();
    let first = client.token().await;
    let requests_before = emulator.token_requests();
    let calls_before = caller.calls();
    // Beyond its end, so that a client which held on to it would be refused.
    let left = first.as_ref().map(|first| {
        let age = SystemClock::new().now().since(first.requested_at());
        (SHORT_LIFETIME + BEYOND_EXPIRY).saturating_sub(age)
    });
    let until = Instant::now() + left.unwrap_or_default();
    let mut callers = JoinSet::new();
    for _ in 0..STEADY {
        let caller = caller.clone();
        callers.spawn(async move {
            while Instant::now() < until {
                caller.call().await;
                sleep(PAUSE).await;
            }
        });
    }
    while callers.join_next().await.is_some() {}
    let renewed = match (first, client.cached_token()) {
        (Ok(first), Some(now)) => !now.is_same_token(&first),
        _ => false,
    };
    let calls = caller.calls() - calls_before;
    let requests = emulator.token_requests() - requests_before;
    expectations.none(
        "no call fails over an expiry",
        caller.take_failure().as_deref(),
    );
    expectations.at_least("calls made over an expiry", STEADY as u64, calls);
    expectations.equal("the token after an expiry is another one", true, renewed);
    expectations.at_least("token requests over an expiry", 1, requests);
    expectations.equal(
        "callers who wait while there is a valid token",
        0,
        caller.needless_waits(),
    );
}

/// The vendor takes all tokens back, and a crowd of callers still has one.
async fn revocation(emulator: &Emulator, caller: &Caller, expectations: &mut Expectations) {
    let requests_before = emulator.token_requests();
    let refused_before = emulator.unauthorized_responses();
    emulator.revoke_tokens();
    at_once(WITH_REVOKED, caller).await;
    let requests = emulator.token_requests() - requests_before;
    let refused = emulator.unauthorized_responses() - refused_before;
    expectations.none(
        "no call fails for a revoked token",
        caller.take_failure().as_deref(),
    );
    expectations.at_least("refused before the token is replaced", 1, refused);
    expectations.equal("token requests for a revoked token", 1, requests);
}

/// Has this many callers make one call each, all released at the same moment.
async fn at_once(count: usize, caller: &Caller) {
    let start = Arc::new(Barrier::new(count));
    let mut callers = JoinSet::new();
    for _ in 0..count {
        let (start, caller) = (Arc::clone(&start), caller.clone());
        callers.spawn(async move {
            start.wait().await;
            caller.call().await;
        });
    }
    // A caller that broke off is missing from the calls.
    while callers.join_next().await.is_some() {}
}

/// How many clients sign in: one for the second step, one for the others.
pub(super) const CLIENTS: u64 = 2;

/// How many callers stampede.
pub(super) const AT_ONCE: usize = 1_000;

/// How many callers keep calling over the expiry: at 40 calls a second each, enough to meet the refresh at any moment of it.
pub(super) const STEADY: usize = 20;

/// How many callers find their token revoked.
pub(super) const WITH_REVOKED: usize = 100;

/// How long tokens live, but for the second step's: as the vendors' own, give or take.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// How long the second step's tokens live: they are refreshed at about 2 s and refused from 3 s on.
pub(super) const SHORT_LIFETIME: Duration = Duration::from_secs(3);

/// How long a token request takes: long enough that a caller who waits for one shows.
pub(super) const LATENCY: Duration = Duration::from_millis(100);

/// How old a refused token must be before it is discarded; the one that is revoked is over three seconds old.
pub(super) const MIN_AGE_TO_INVALIDATE: Duration = Duration::from_millis(100);

/// How long a steady caller pauses between its calls.
const PAUSE: Duration = Duration::from_millis(25);

/// How long calls go on after their first token's end.
const BEYOND_EXPIRY: Duration = Duration::from_millis(200);
