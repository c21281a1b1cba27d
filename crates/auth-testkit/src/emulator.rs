//! The running emulator as a test holds it: its addresses, its credentials, its levers, its counters.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use auth_core::Secret;

use crate::behaviour;
use crate::builder::EmulatorBuilder;
use crate::fault::Fault;
use crate::server::Server;
use crate::state::State;
use crate::vendor::Vendor;

/// Runs one vendor on a port of 127.0.0.1 until it is dropped.
///
/// It knows one client, to which Run:ai's administration can add others. It checks what it is sent as the vendor does, issues tokens and refuses those that are expired,
/// revoked or not its own. It serves on a thread of its own, so a blocked test still gets its answers.
///
/// # Examples
///
/// ```
/// use auth_testkit::{Emulator, Fault, Vendor};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let emulator = Emulator::start(Vendor::Datasaur).await?;
/// emulator.inject_token_fault(Fault::status(503).times(2));
/// // ... sign in at emulator.base_url() with emulator.client_id() and emulator.client_secret() ...
/// assert_eq!(emulator.token_requests(), 0);
/// # Ok(())
/// # }
/// ```
pub struct Emulator {
    state: Arc<State>,
    token_url: String,
    server: Server,
}

impl Emulator {
    pub(crate) fn new(state: Arc<State>, server: Server) -> Self {
        let token_path = behaviour::of(state.vendor).token_path(&state);
        Self {
            token_url: format!("{}{token_path}", state.base_url),
            state,
            server,
        }
    }

    /// Starts from the vendor's defaults and lets them be changed.
    pub fn builder(vendor: Vendor) -> EmulatorBuilder {
        EmulatorBuilder::new(vendor)
    }

    /// Starts an emulator with the vendor's defaults on a free port.
    ///
    /// # Errors
    ///
    /// What the system says if no port can be bound.
    pub async fn start(vendor: Vendor) -> io::Result<Self> {
        Self::builder(vendor).start().await
    }

    /// Returns the vendor that is emulated.
    pub fn vendor(&self) -> Vendor {
        self.state.vendor
    }

    /// Returns the base URL of both the API and the token endpoint, `http://127.0.0.1:PORT` without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.state.base_url
    }

    /// Returns the URL of the token endpoint; for Run:ai that of version 2 where the control plane has one,
    /// beside which version 1 is served too.
    pub fn token_url(&self) -> &str {
        &self.token_url
    }

    /// Returns the id of the emulator's own client.
    pub fn client_id(&self) -> &str {
        &self.state.client_id
    }

    /// Returns the secret that the client has now, also after [`rotate_secret`](Self::rotate_secret).
    pub fn client_secret(&self) -> &str {
        self.state.client_secret().expose_secret()
    }

    /// Returns the user name of Run:ai's administrator, or `None` where nobody signs in with a password.
    pub fn username(&self) -> Option<&str> {
        self.state.username.as_deref()
    }

    /// Returns the password that Run:ai's administrator started with, or `None` where nobody signs in with a password.
    pub fn password(&self) -> Option<&str> {
        self.state.password.as_ref().map(Secret::expose_secret)
    }

    /// Returns how many requests the token endpoint got, whatever it answered.
    pub fn token_requests(&self) -> u64 {
        self.state.token_requests.load(SeqCst)
    }

    /// Returns how many requests the API got, whatever it answered; health and the front end are not counted.
    pub fn api_requests(&self) -> u64 {
        self.state.api_requests.load(SeqCst)
    }

    /// Returns how many answers of the API refused the caller's token, injected ones included.
    ///
    /// That is every 401, and at Datasaur's GraphQL every `AuthenticationError`.
    pub fn unauthorized_responses(&self) -> u64 {
        self.state.unauthorized.load(SeqCst)
    }

    /// Sets how long tokens live that are issued from now on.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.state.live().token_lifetime = lifetime;
    }

    /// Sets how long the token endpoint takes to answer, in real time.
    pub fn set_token_latency(&self, latency: Duration) {
        self.state.live().token_latency = latency;
    }

    /// Sets how long the API takes to answer, in real time.
    pub fn set_api_latency(&self, latency: Duration) {
        self.state.live().api_latency = latency;
    }

    /// Queues a fault for the token endpoint.
    pub fn inject_token_fault(&self, fault: Fault) {
        self.state.live().token_faults.push(fault);
    }

    /// Queues a fault for the API.
    pub fn inject_api_fault(&self, fault: Fault) {
        self.state.live().api_faults.push(fault);
    }

    /// Forgets every fault that waits, at the token endpoint and at the API.
    pub fn clear_faults(&self) {
        let mut live = self.state.live();
        live.token_faults.clear();
        live.api_faults.clear();
    }

    /// Refuses every token issued so far from now on, refresh tokens included.
    pub fn revoke_tokens(&self) {
        self.state.tenant().refresh_tokens.revoke();
        self.state.live().tokens.revoke();
    }

    /// Replaces the secret of the emulator's own client; the old one is refused at once, while tokens that were got with it live on.
    pub fn rotate_secret(&self, new: &str) {
        self.state.rotate_secret(Secret::from(new));
    }

    /// Switches the emulator's own client off: it gets no tokens, while those that it has live on.
    pub fn disable_client(&self) {
        self.state.enable_client(false);
    }

    /// Switches the emulator's own client on again.
    pub fn enable_client(&self) {
        self.state.enable_client(true);
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("token_url", &self.token_url)
            .field("state", &self.state)
            .field("server", &self.server)
            .finish()
    }
}
