//! The running emulator: its addresses, its credentials, its faults, and the received requests.

mod client;
mod received;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use auth_core::Secret;

pub use self::client::EmulatedClient;
use crate::emulation::Emulation;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::server::Server;

/// Runs one vendor on a port of 127.0.0.1 until it is dropped.
///
/// It checks what it is sent as the vendor does, issues tokens, and rejects those that are expired, revoked or not its
/// own. It serves on a thread of its own, so a blocked test still receives responses.
///
/// # Examples
///
/// ```
/// use auth_testkit::{EmulatedVendor, Emulator, Fault};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let emulator = Emulator::start(EmulatedVendor::Datasaur).await?;
/// emulator.inject_token_fault(Fault::status(503).times(2));
/// // ... sign in at emulator.base_url() with emulator.client_id() and emulator.client_secret() ...
/// assert_eq!(emulator.token_requests(), 0);
/// # Ok(())
/// # }
/// ```
pub struct Emulator {
    emulation: Arc<Emulation>,
    token_url: String,
    upload_url: Option<String>,
    servers: Vec<Server>,
}

impl Emulator {
    pub(crate) fn new(emulation: Arc<Emulation>, urls: &[String], servers: Vec<Server>) -> Self {
        let model = &emulation.model;
        let url = |path: &str| {
            let host = model.host_of(path).unwrap_or_default();
            format!("{}{path}", urls[host])
        };
        Self {
            token_url: url(emulation.token_path()),
            upload_url: model.upload_path().map(url),
            emulation,
            servers,
        }
    }

    /// Returns the name of the vendor, such as `maia`, or the name of a described vendor.
    pub fn name(&self) -> &str {
        self.emulation.name()
    }

    /// Returns the base URL of the API, `http://127.0.0.1:PORT` without a trailing slash; unless it has several hosts, that of all endpoints.
    pub fn base_url(&self) -> &str {
        &self.engine().base_url
    }

    /// Returns the URL of the token endpoint, of a described vendor's first one.
    ///
    /// For Run:ai it is that of version 2 if the control plane has one; version 1 is served as well.
    pub fn token_url(&self) -> &str {
        &self.token_url
    }

    /// Returns the URL that files are uploaded to, or `None` if the vendor has none.
    pub fn upload_url(&self) -> Option<&str> {
        self.upload_url.as_deref()
    }

    /// Returns the id of the emulator's own client, which is the first one.
    pub fn client_id(&self) -> &str {
        self.engine().clients.own().id()
    }

    /// Returns the secret that the emulator's own client has now, also after [`rotate_secret`](Self::rotate_secret).
    pub fn client_secret(&self) -> &str {
        self.engine().clients.own().secret().expose_secret()
    }

    /// Returns the user name of Run:ai's administrator, or `None` if the vendor has no sign-in with a password.
    pub fn username(&self) -> Option<&str> {
        self.emulation.model.user().map(|(name, _)| name)
    }

    /// Returns the initial password of Run:ai's administrator, or `None` if the vendor has no sign-in with a password.
    pub fn password(&self) -> Option<&str> {
        let user = self.emulation.model.user();
        user.map(|(_, password)| password.expose_secret())
    }

    /// Returns how many requests the token endpoint received, whatever it returned.
    pub fn token_requests(&self) -> u64 {
        self.engine().token_requests.load(SeqCst)
    }

    /// Returns how many requests the API received, whatever it returned; health and the web interface are not counted.
    pub fn api_requests(&self) -> u64 {
        self.engine().api_requests.load(SeqCst)
    }

    /// Returns how many responses of the API rejected the caller's token, injected ones included.
    ///
    /// That is every 401, and every other response that says so, such as an `AuthenticationError` of Datasaur's GraphQL.
    pub fn unauthorized_responses(&self) -> u64 {
        self.engine().unauthorized.load(SeqCst)
    }

    /// Returns how many requests met no endpoint and no route.
    pub fn unscripted_requests(&self) -> u64 {
        self.engine().unscripted.load(SeqCst)
    }

    /// Returns how many token requests were under way at once at most.
    ///
    /// A request counts from its arrival until its latency has passed: set [`token_latency`] to see requests overlap.
    ///
    /// [`token_latency`]: crate::EmulatorBuilder::token_latency
    pub fn max_concurrency(&self) -> u64 {
        self.engine().live().token_concurrency.max()
    }

    /// Returns how many requests of the API were under way at once at most, as [`max_concurrency`] counts.
    ///
    /// [`max_concurrency`]: Self::max_concurrency
    pub fn max_api_concurrency(&self) -> u64 {
        self.engine().live().api_concurrency.max()
    }

    /// Sets how long tokens live that are issued from now on.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.engine().live().token_lifetime = lifetime;
    }

    /// Sets how long the token endpoint takes to respond, in real time.
    pub fn set_token_latency(&self, latency: Duration) {
        self.engine().live().token_latency = latency;
    }

    /// Sets how long the API takes to respond, in real time.
    pub fn set_api_latency(&self, latency: Duration) {
        self.engine().live().api_latency = latency;
    }

    /// Queues a fault for the token endpoint.
    pub fn inject_token_fault(&self, fault: Fault) {
        self.engine().live().token_faults.push(fault);
    }

    /// Queues a fault for the API.
    pub fn inject_api_fault(&self, fault: Fault) {
        self.engine().live().api_faults.push(fault);
    }

    /// Removes every queued fault, at the token endpoint and at the API.
    pub fn clear_faults(&self) {
        let mut live = self.engine().live();
        live.token_faults.clear();
        live.api_faults.clear();
    }

    /// Rejects every token issued so far from now on, refresh tokens included.
    pub fn revoke_tokens(&self) {
        let mut live = self.engine().live();
        live.refresh_tokens.revoke();
        live.tokens.revoke();
    }

    /// Replaces the secret of the emulator's own client; the old one is rejected at once, while tokens obtained with it
    /// stay valid.
    pub fn rotate_secret(&self, new: &str) {
        self.engine().clients.own().rotate_secret(Secret::from(new));
    }

    /// Disables the emulator's own client: it obtains no more tokens, while those that it has stay valid.
    pub fn disable_client(&self) {
        self.engine().clients.own().enable(false);
    }

    /// Enables the emulator's own client again.
    pub fn enable_client(&self) {
        self.engine().clients.own().enable(true);
    }

    /// Returns the client with this id, whether it was there at the start or created through the API since.
    pub fn client(&self, id: &str) -> Option<EmulatedClient<'_>> {
        let client = self.engine().clients.find(id)?;
        Some(EmulatedClient::new(self.engine(), client))
    }

    fn engine(&self) -> &Engine {
        &self.emulation.engine
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("token_url", &self.token_url)
            .field("emulation", &self.emulation)
            .field("servers", &self.servers)
            .finish()
    }
}
