//! What every emulator has, whatever its vendor: clients, issued tokens, faults, latencies, records, counters, a clock.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth_core::Clock;

use crate::clients::{Client, Clients};
use crate::concurrency::Concurrency;
use crate::fault::FaultQueue;
use crate::issued::{IssuedTokens, Owner};
use crate::records::Records;

/// Holds what the server's thread and the test share.
pub(crate) struct Engine {
    pub(crate) base_url: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) token_requests: AtomicU64,
    pub(crate) api_requests: AtomicU64,
    pub(crate) unauthorized: AtomicU64,
    pub(crate) unscripted: AtomicU64,
    live: Mutex<Live>,
}

/// Holds what changes while the emulator runs.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) token_lifetime: Duration,
    pub(crate) token_latency: Duration,
    pub(crate) api_latency: Duration,
    pub(crate) token_faults: FaultQueue,
    pub(crate) api_faults: FaultQueue,
    pub(crate) tokens: IssuedTokens,
    pub(crate) refresh_tokens: IssuedTokens,
    pub(crate) records: Records,
    pub(crate) token_concurrency: Concurrency,
    pub(crate) api_concurrency: Concurrency,
}

/// What a new token says about its own time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// Seconds since 1970 by the emulator's wall clock.
    pub(crate) issued_at: u64,
    /// Whole seconds; a fraction of the lifetime is cut off, so that a token never ends before it says.
    pub(crate) expires_in: u64,
}

impl Times {
    /// Returns when the token expires, in seconds since 1970.
    pub(crate) fn expires_at(self) -> u64 {
        self.issued_at.saturating_add(self.expires_in)
    }
}

impl Engine {
    pub(crate) fn new(
        base_url: String,
        clock: Arc<dyn Clock>,
        clients: Arc<Clients>,
        live: Live,
    ) -> Self {
        Self {
            base_url,
            clock,
            clients,
            token_requests: AtomicU64::new(0),
            api_requests: AtomicU64::new(0),
            unauthorized: AtomicU64::new(0),
            unscripted: AtomicU64::new(0),
            live: Mutex::new(live),
        }
    }

    /// Returns access to what changes; never held while a reply is created.
    pub(crate) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Issues a client a token that `write` spells.
    pub(crate) fn issue(
        &self,
        client: &Client,
        write: impl FnOnce(Times) -> String,
    ) -> (String, Times) {
        let owner = Owner {
            id: client.uuid().to_owned(),
            client_id: Some(client.id().to_owned()),
            session: 0,
        };
        self.issue_to(owner, write)
    }

    /// Issues somebody a token that `write` spells.
    pub(crate) fn issue_to(
        &self,
        owner: Owner,
        write: impl FnOnce(Times) -> String,
    ) -> (String, Times) {
        let now = self.clock.now();
        let mut live = self.live();
        let lifetime = live.token_lifetime;
        let times = Times {
            issued_at: now.wall().as_secs(),
            expires_in: lifetime.as_secs(),
        };
        let token = write(times);
        live.tokens.add(token.clone(), now, lifetime, owner);
        (token, times)
    }

    /// Returns true if the token was issued here, was not revoked and is younger than its lifetime.
    pub(crate) fn accepts(&self, token: &str) -> bool {
        self.owner(token).is_some()
    }

    /// Returns the client or user that a token belongs to, if it is accepted.
    pub(crate) fn owner(&self, token: &str) -> Option<Owner> {
        let now = self.clock.now();
        self.live().tokens.owner(token, now).cloned()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("base_url", &self.base_url)
            .field("clients", &self.clients)
            .field("token_requests", &self.token_requests)
            .field("api_requests", &self.api_requests)
            .field("unauthorized", &self.unauthorized)
            .field("unscripted", &self.unscripted)
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}

impl Live {
    pub(crate) fn new(
        token_lifetime: Duration,
        token_latency: Duration,
        api_latency: Duration,
    ) -> Self {
        Self {
            token_lifetime,
            token_latency,
            api_latency,
            token_faults: FaultQueue::default(),
            api_faults: FaultQueue::default(),
            tokens: IssuedTokens::default(),
            refresh_tokens: IssuedTokens::default(),
            records: Records::default(),
            token_concurrency: Concurrency::default(),
            api_concurrency: Concurrency::default(),
        }
    }
}
