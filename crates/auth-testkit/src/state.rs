//! What an emulator knows while it runs: credentials, issued tokens, faults, settings, counters.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use auth_core::{Clock, Secret};
use http::StatusCode;
use wiremock::{Request, ResponseTemplate};

use crate::answer::Answer;
use crate::behaviour::{self, Behaviour, Place};
use crate::control_plane::ControlPlane;
use crate::fault::{Fault, FaultQueue};
use crate::issued::{IssuedTokens, Owner};
use crate::jwt;
use crate::runai::Tenant;
use crate::vendor::Vendor;

/// Holds everything that the server's thread and the test share.
pub(crate) struct State {
    pub(crate) vendor: Vendor,
    pub(crate) base_url: String,
    pub(crate) client_id: String,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) projects: usize,
    pub(crate) me_is_null: bool,
    /// Identifies the client inside the vendor, as opposed to the client id.
    pub(crate) client_uuid: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) token_requests: AtomicU64,
    pub(crate) api_requests: AtomicU64,
    pub(crate) unauthorized: AtomicU64,
    secrets: SecretHistory,
    live: Mutex<Live>,
    tenant: Mutex<Tenant>,
}

/// What an emulator is started with, beside its address and its clock.
pub(crate) struct Settings {
    pub(crate) vendor: Vendor,
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) control_plane: ControlPlane,
    pub(crate) documented_users: bool,
    pub(crate) projects: usize,
    pub(crate) me_is_null: bool,
}

/// Holds what changes while the emulator runs.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) token_lifetime: Duration,
    pub(crate) token_latency: Duration,
    pub(crate) api_latency: Duration,
    pub(crate) client_enabled: bool,
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
        settings: Settings,
        base_url: String,
        clock: Arc<dyn Clock>,
        live: Live,
    ) -> Self {
        let client_uuid = jwt::uuid();
        let tenant = Tenant::seeded(&settings, &client_uuid, clock.now().wall());
        Self {
            vendor: settings.vendor,
            base_url,
            client_id: settings.client_id,
            username: settings.username,
            password: settings.password,
            projects: settings.projects,
            me_is_null: settings.me_is_null,
            client_uuid,
            clock,
            token_requests: AtomicU64::new(0),
            api_requests: AtomicU64::new(0),
            unauthorized: AtomicU64::new(0),
            secrets: SecretHistory::new(settings.client_secret),
            live: Mutex::new(live),
            tenant: Mutex::new(tenant),
        }
    }

    /// Gives access to Run:ai's tenant; never taken while `live` is held.
    pub(crate) fn tenant(&self) -> MutexGuard<'_, Tenant> {
        self.tenant.lock().unwrap_or_else(PoisonError::into_inner)
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
        if let Some(client) = self.tenant().client_mut(&self.client_uuid) {
            client.secret = new.clone();
        }
        self.secrets.push(new);
    }

    /// Takes over a secret that the API has made for the client.
    pub(crate) fn adopt_secret(&self, new: &Secret) {
        if new.expose_secret() != self.client_secret().expose_secret() {
            self.secrets.push(new.clone());
        }
    }

    /// Switches the client on or off.
    pub(crate) fn enable_client(&self, enabled: bool) {
        if let Some(client) = self.tenant().client_mut(&self.client_uuid) {
            client.enabled = enabled;
        }
        self.live().client_enabled = enabled;
    }

    /// Counts a request, applies its fault if one is due, and has the vendor's module answer it otherwise.
    pub(crate) fn respond(&self, request: &Request) -> ResponseTemplate {
        let behaviour: &dyn Behaviour = behaviour::of(self.vendor);
        let path = request.url.path();
        let place = behaviour.place(path);
        let (fault, latency) = self.receive(place);
        let proper = || match place {
            _ if request.body.len() > MOST_BODY => {
                Answer::gateway_page(StatusCode::PAYLOAD_TOO_LARGE)
            }
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
        if place == Place::Api && answer.is_invalid_token() {
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
        } else if secret != self.client_secret().expose_secret() {
            Standing::WrongSecret
        } else {
            Standing::Good
        }
    }

    /// Issues a token of the one client that `write` spells.
    pub(crate) fn issue(&self, write: impl FnOnce(Times) -> String) -> (String, Times) {
        self.issue_to(Owner::default(), write)
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

    /// Returns a token's owner, if it is accepted.
    pub(crate) fn owner(&self, token: &str) -> Option<Owner> {
        let now = self.clock.now();
        self.live().tokens.owner(token, now).cloned()
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
            token_faults: FaultQueue::default(),
            api_faults: FaultQueue::default(),
            tokens: IssuedTokens::default(),
        }
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

/// 1 MiB, as gateways have it by default: more than any request to these vendors needs.
const MOST_BODY: usize = 1 << 20;

#[cfg(test)]
mod tests;
