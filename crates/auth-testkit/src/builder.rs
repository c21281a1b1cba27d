//! Settings of an emulator before it runs.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{Clock, Secret, SystemClock};

use crate::behaviour;
use crate::emulator::Emulator;
use crate::jwt;
use crate::server::Listener;
use crate::state::{Live, State};
use crate::vendor::Vendor;

/// Collects the settings of an [`Emulator`].
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
/// use auth_testkit::{Emulator, ManualClock, Vendor};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let clock = ManualClock::new();
/// let emulator = Emulator::builder(Vendor::Maia)
///     .token_lifetime(Duration::from_secs(60))
///     .clock(Arc::new(clock.clone()))
///     .start()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct EmulatorBuilder {
    vendor: Vendor,
    port: u16,
    token_lifetime: Duration,
    token_latency: Duration,
    api_latency: Duration,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    clock: Arc<dyn Clock>,
}

impl EmulatorBuilder {
    pub(crate) fn new(vendor: Vendor) -> Self {
        Self {
            vendor,
            port: 0,
            token_lifetime: behaviour::of(vendor).token_lifetime(),
            token_latency: Duration::ZERO,
            api_latency: Duration::ZERO,
            client_id: None,
            client_secret: None,
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// Sets the port on 127.0.0.1; 0, the default, takes any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets how long tokens live; the default is the vendor's: 3600 s, for Maia 1800 s.
    ///
    /// What an answer and a token say of it is in whole seconds, rounded down.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Sets how long the token endpoint takes to answer, in real time; the default is not at all.
    pub fn token_latency(mut self, latency: Duration) -> Self {
        self.token_latency = latency;
        self
    }

    /// Sets how long the API takes to answer, in real time; the default is not at all.
    pub fn api_latency(mut self, latency: Duration) -> Self {
        self.api_latency = latency;
        self
    }

    /// Sets the id of the one client; the default is the vendor's name followed by `-demo-client`.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// Sets the secret of the one client; the default is random and says that it is not real.
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.client_secret = Some(Secret::from(secret.into()));
        self
    }

    /// Sets the clock that tokens age by and answers are dated by; the default is [`SystemClock`].
    ///
    /// Latencies and slow faults are waited for in real time, whatever the clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Binds the port and starts to serve.
    ///
    /// # Errors
    ///
    /// What the system says if the port cannot be bound, such as [`io::ErrorKind::AddrInUse`].
    pub async fn start(self) -> io::Result<Emulator> {
        let listener = Listener::bind(self.port)?;
        let client_id = self
            .client_id
            .unwrap_or_else(|| format!("{}-demo-client", self.vendor));
        let client_secret = self
            .client_secret
            .unwrap_or_else(|| Secret::from(format!("not-a-real-secret-{}", jwt::hex(8))));
        let live = Live::new(self.token_lifetime, self.token_latency, self.api_latency);
        let base_url = listener.base_url().to_owned();
        let state = Arc::new(State::new(
            self.vendor,
            base_url,
            client_id,
            client_secret,
            self.clock,
            live,
        ));
        let server = listener.serve(Arc::clone(&state)).await;
        Ok(Emulator::new(state, server))
    }
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorBuilder")
            .field("vendor", &self.vendor)
            .field("port", &self.port)
            .field("token_lifetime", &self.token_lifetime)
            .field("token_latency", &self.token_latency)
            .field("api_latency", &self.api_latency)
            .field("client_id", &self.client_id)
            .field("client_secret", &self.client_secret)
            .field("clock", &self.clock)
            .finish()
    }
}
