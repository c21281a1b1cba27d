//! What an emulator knows while it runs: credentials, issued tokens, faults, settings, counters.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use auth_core::{Clock, Moment, Secret};
use wiremock::{Request, ResponseTemplate};

use crate::answer::Answer;
use crate::behaviour::{self, Behaviour, Place};
use crate::fault::{Fault, FaultQueue};
use crate::jwt;
use crate::vendor::Vendor;

/// Holds everything that the server's thread and the test share.
pub(crate) struct State {
    pub(crate) vendor: Vendor,
    pub(crate) base_url: String,
    pub(crate) client_id: String,
    pub(crate) username: Option<&'static str>,
    pub(crate) password: Option<Secret>,
    /// Identifies the client inside the vendor, as opposed to the client id.
    pub(crate) client_uuid: String,
    pub(crate) started: Moment,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) token_requests: AtomicU64,
    pub(crate) api_requests: AtomicU64,
    pub(crate) unauthorized: AtomicU64,
    secrets: SecretHistory,
    live: Mutex<Live>,
}

/// Holds what changes while the emulator runs.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) token_lifetime: Duration,
    pub(crate) token_latency: Duration,
    pub(crate) api_latency: Duration,
    pub(crate) client_enabled: bool,
    pub(crate) last_login: Option<Moment>,
    pub(crate) token_faults: FaultQueue,
    pub(crate) api_faults: FaultQueue,
    pub(crate) tokens: IssuedTokens,
}

/// What comes of checking a client id and a client secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There is no such client.
    Unknown,
    /// The client exists and is switched off.
    Disabled,
    /// The client exists and has another secret.
    WrongSecret,
    /// The credentials are right.
    Good,
}

/// What a new token says about its own time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// Seconds since 1970 by the emulator's wall clock.
    pub(crate) issued_at: u64,
    /// Whole seconds; a fraction of the lifetime is cut off, so that a token never ends before it says.
    pub(crate) expires_in: u64,
}

impl State {
    pub(crate) fn new(
        vendor: Vendor,
        base_url: String,
        client_id: String,
        client_secret: Secret,
        clock: Arc<dyn Clock>,
        live: Live,
    ) -> Self {
        let username = behaviour::of(vendor).username();
        let password =
            username.map(|_| Secret::from(format!("not-a-real-password-{}", jwt::hex(8))));
        Self {
            vendor,
            base_url,
            client_id,
            username,
            password,
            client_uuid: jwt::uuid(),
            started: clock.now(),
            clock,
            token_requests: AtomicU64::new(0),
            api_requests: AtomicU64::new(0),
            unauthorized: AtomicU64::new(0),
            secrets: SecretHistory::new(client_secret),
            live: Mutex::new(live),
        }
    }

    /// Gives access to what changes; never held while an answer is made.
    pub(crate) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the client secret that works now.
    pub(crate) fn client_secret(&self) -> &Secret {
        self.secrets.current()
    }

    /// Replaces the client secret.
    pub(crate) fn rotate_secret(&self, new: Secret) {
        self.secrets.push(new);
    }

    /// Counts a request, applies its fault if one is due, and has the vendor's module answer it otherwise.
    pub(crate) fn respond(&self, request: &Request) -> ResponseTemplate {
        let behaviour: &dyn Behaviour = behaviour::of(self.vendor);
        let path = request.url.path();
        let place = behaviour.place(path);
        let (fault, latency) = self.receive(place);
        let proper = || match place {
            Place::Token => behaviour.token(request, self),
            Place::Api => behaviour.api(request, self),
            Place::Open => behaviour.open(request),
        };
        let (answer, delay): (Answer, Duration) = match fault {
            None => (proper(), latency),
            Some(fault) => {
                let answer = fault.answer(behaviour, place, path);
                let answer = answer.unwrap_or_else(|| fault.with_retry_after(proper()));
                (answer, latency.saturating_add(fault.delay()))
            }
        };
        if place == Place::Api && answer.refuses_token() {
            self.unauthorized.fetch_add(1, SeqCst);
        }
        answer.into_template(self.clock.now(), delay)
    }

    fn receive(&self, place: Place) -> (Option<Fault>, Duration) {
        let mut live = self.live();
        match place {
            Place::Token => {
                self.token_requests.fetch_add(1, SeqCst);
                (live.token_faults.take(), live.token_latency)
            }
            Place::Api => {
                self.api_requests.fetch_add(1, SeqCst);
                (live.api_faults.take(), live.api_latency)
            }
            Place::Open => (None, Duration::ZERO),
        }
    }

    /// Judges a client id and a client secret.
    pub(crate) fn standing(&self, id: &str, secret: &str) -> Standing {
        if id != self.client_id {
            Standing::Unknown
        } else if !self.live().client_enabled {
            Standing::Disabled
        } else if secret != self.client_secret().expose() {
            Standing::WrongSecret
        } else {
            Standing::Good
        }
    }

    /// Judges a user name and a password.
    pub(crate) fn is_administrator(&self, username: &str, password: &str) -> bool {
        let known = self.username.zip(self.password.as_ref());
        known.is_some_and(|(name, secret)| name == username && secret.expose() == password)
    }

    /// Issues a token that `write` spells.
    pub(crate) fn issue(&self, write: impl FnOnce(Times) -> String) -> (String, Times) {
        let now = self.clock.now();
        let mut live = self.live();
        let lifetime = live.token_lifetime;
        let times = Times {
            issued_at: now.wall().as_secs(),
            expires_in: lifetime.as_secs(),
        };
        let token = write(times);
        live.tokens.add(token.clone(), now, lifetime);
        (token, times)
    }

    /// Remembers that the client has signed in just now.
    pub(crate) fn note_login(&self) {
        self.live().last_login = Some(self.clock.now());
    }

    /// Returns true if the token was issued here, was not revoked and is younger than its lifetime.
    pub(crate) fn accepts(&self, token: &str) -> bool {
        let now = self.clock.now();
        self.live().tokens.accepts(token, now)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("vendor", &self.vendor)
            .field("base_url", &self.base_url)
            .field("client_id", &self.client_id)
            .field("client_secret", self.client_secret())
            .field("username", &self.username)
            .field("password", &self.password)
            .field("token_requests", &self.token_requests)
            .field("api_requests", &self.api_requests)
            .field("unauthorized", &self.unauthorized)
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
            client_enabled: true,
            last_login: None,
            token_faults: FaultQueue::default(),
            api_faults: FaultQueue::default(),
            tokens: IssuedTokens::default(),
        }
    }
}

/// Remembers every token that may still be good.
#[derive(Default)]
pub(crate) struct IssuedTokens {
    tokens: HashMap<String, Issued>,
    sweep_at: usize,
}

struct Issued {
    at: Moment,
    lifetime: Duration,
}

impl Issued {
    fn is_good(&self, now: Moment) -> bool {
        now.since(self.at) < self.lifetime
    }
}

impl IssuedTokens {
    fn add(&mut self, token: String, now: Moment, lifetime: Duration) {
        if self.tokens.len() >= self.sweep_at {
            self.tokens.retain(|_, issued| issued.is_good(now));
            // Looking at every token for each new one would make a stampede quadratic.
            self.sweep_at = (2 * self.tokens.len()).max(SWEEP_AT_LEAST);
        }
        self.tokens.insert(token, Issued { at: now, lifetime });
    }

    fn accepts(&self, token: &str, now: Moment) -> bool {
        self.tokens
            .get(token)
            .is_some_and(|issued| issued.is_good(now))
    }

    /// Forgets every token, so that each is refused from now on.
    pub(crate) fn revoke(&mut self) {
        self.tokens.clear();
    }
}

impl fmt::Debug for IssuedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} issued", self.tokens.len())
    }
}

/// Keeps every secret there ever was, the last one valid, so that a reference to the current one can be lent out.
struct SecretHistory {
    secret: Secret,
    next: OnceLock<Box<Self>>,
}

impl SecretHistory {
    fn new(secret: Secret) -> Self {
        Self {
            secret,
            next: OnceLock::new(),
        }
    }

    fn last(&self) -> &Self {
        let mut entry = self;
        while let Some(next) = entry.next.get() {
            entry = next;
        }
        entry
    }

    fn current(&self) -> &Secret {
        &self.last().secret
    }

    fn push(&self, secret: Secret) {
        let mut new = Box::new(Self::new(secret));
        // Another thread may append first; then the new entry goes behind that one.
        while let Err(refused) = self.last().next.set(new) {
            new = refused;
        }
    }
}

/// How many tokens may pile up before the expired ones are looked for: well under a megabyte.
const SWEEP_AT_LEAST: usize = 256;

#[cfg(test)]
mod tests;
