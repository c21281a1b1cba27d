//! The demo's three steps with one vendor: a stampede, an expiry, a revocation.

use std::sync::Arc;
use std::time::Duration;

use auth_core::vendor;
use auth_core::{Clock, RefreshPolicy, SystemClock};
use auth_testkit::Emulator;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::callers::Caller;
use super::connections::{Connections, MAX_CONNECTIONS};
use super::expectation::Expectations;
use super::report::Report;
use crate::failure::Failure;
use crate::vendor::{Client, Vendor};

pub(super) async fn run(vendor: Vendor) -> Result<Report, Failure> {
    let emulator = Emulator::builder(auth_testkit::EmulatedVendor::from(vendor))
        .token_lifetime(LIFETIME)
        .token_latency(LATENCY)
        .start()
        .await
        .map_err(|error| Failure::System("cannot start an emulator", error))?;
    let connections = Connections::to(emulator.base_url())?;
    let sign_in = || client(vendor, &emulator, connections.clone());
    let caller = Caller::new(vendor, sign_in()?);
    let mut expectations = Expectations::default();

    stampede(&emulator, &caller, &mut expectations).await;
    // A separate client, so that on a slow machine its expiry does not affect another step.
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

/// A client as a program creates it, except for the HTTP client and the age at which a rejected token is discarded.
fn client(
    vendor: Vendor,
    emulator: &Emulator,
    connections: Connections,
) -> auth_core::Result<Client> {
    fn client<V: vendor::Vendor>(
        builder: vendor::ConfigBuilder<V>,
        emulator: &Emulator,
        connections: Connections,
    ) -> auth_core::Result<vendor::Client<V>> {
        let policy = RefreshPolicy::new().with_min_age_to_invalidate(MIN_AGE_TO_INVALIDATE);
        let builder = builder
            .base_url(emulator.base_url())
            .client_id(emulator.client_id())
            .client_secret(emulator.client_secret())
            .http_client(connections)
            .refresh_policy(policy);
        vendor::Client::new(builder.build()?)
    }
    Ok(match vendor {
        Vendor::Datasaur => {
            let builder = datasaur_auth::Config::builder();
            Client::Datasaur(client(builder, emulator, connections)?)
        }
        Vendor::Maia => {
            let token_url = emulator.token_url();
            let builder = maia_auth::Config::builder();
            let builder = builder.options(|options| options.token_url(token_url));
            Client::Maia(client(builder, emulator, connections)?)
        }
        Vendor::Runai => {
            let builder = runai_auth::Config::builder();
            Client::Runai(client(builder, emulator, connections)?)
        }
    })
}

/// Many concurrent callers without a token.
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

/// A steady load across the expiry of its first token.
async fn expiry(emulator: &Emulator, caller: &Caller, expectations: &mut Expectations) {
    let client = caller.client();
    let first = client.token().await;
    let requests_before = emulator.token_requests();
    let calls_before = caller.calls();
    // Beyond its expiry, so that a client which kept it would be rejected.
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
        "no call fails across an expiry",
        caller.take_failure().as_deref(),
    );
    expectations.at_least("calls across an expiry", STEADY as u64, calls);
    expectations.equal("the token after an expiry is another one", true, renewed);
    expectations.at_least("token requests across an expiry", 1, requests);
    expectations.equal(
        "callers that wait although a valid token exists",
        0,
        caller.needless_waits(),
    );
}

/// The vendor revokes all tokens while many callers still use one.
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
    expectations.at_least("rejected requests before the token is replaced", 1, refused);
    expectations.equal("token requests for a revoked token", 1, requests);
}

/// Starts this many callers at the same moment, with one call each.
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
    // A caller that panicked is missing from the calls.
    while callers.join_next().await.is_some() {}
}

/// How many clients sign in: one for the second step, one for the others.
pub(super) const CLIENTS: u64 = 2;

/// How many callers stampede.
pub(super) const AT_ONCE: usize = 1_000;

/// How many callers keep calling across the expiry: at 40 calls a second each, enough to hit the refresh at any moment.
pub(super) const STEADY: usize = 20;

/// How many callers find their token revoked.
pub(super) const WITH_REVOKED: usize = 100;

/// The token lifetime, except in the second step: similar to the vendors' own.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// The token lifetime in the second step: tokens are refreshed at about 2 s and rejected from 3 s on.
pub(super) const SHORT_LIFETIME: Duration = Duration::from_secs(3);

/// How long a token request takes: long enough to detect a caller that waits for one.
pub(super) const LATENCY: Duration = Duration::from_millis(100);

/// How old a rejected token must be before it is discarded; the revoked one is over three seconds old.
pub(super) const MIN_AGE_TO_INVALIDATE: Duration = Duration::from_millis(100);

/// The pause of a steady caller between calls.
const PAUSE: Duration = Duration::from_millis(25);

/// How long calls continue after the expiry of their first token.
const BEYOND_EXPIRY: Duration = Duration::from_millis(200);
