//! Settings of an emulator before it runs.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{Clock, Secret, SystemClock};

use crate::behaviour;
use crate::control_plane::ControlPlane;
use crate::emulator::Emulator;
use crate::jwt;
use crate::server::Listener;
use crate::state::{Live, Settings, State};
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
    control_plane: ControlPlane,
    admin_username: Option<String>,
    admin_password: Option<Secret>,
    documented_users: bool,
    projects: usize,
    me_is_null: bool,
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
            control_plane: ControlPlane::default(),
            admin_username: None,
            admin_password: None,
            documented_users: false,
            projects: DEFAULT_PROJECTS,
            me_is_null: false,
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

    /// Sets the id of the emulator's own client; the default is the vendor's name followed by `-demo-client`.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// Sets the secret of the emulator's own client; the default is random and says that it is not real.
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.client_secret = Some(Secret::from(secret.into()));
        self
    }

    /// Sets the version of Run:ai's control plane; the default is 2.24, and other vendors have none.
    pub fn control_plane(mut self, version: ControlPlane) -> Self {
        self.control_plane = version;
        self
    }

    /// Sets the name of Run:ai's administrator; the default is `admin@example.com`.
    pub fn admin_username(mut self, username: impl Into<String>) -> Self {
        self.admin_username = Some(username.into());
        self
    }

    /// Sets the password of Run:ai's administrator; the default is random and says that it is not real.
    pub fn admin_password(mut self, password: impl Into<String>) -> Self {
        self.admin_password = Some(Secret::from(password.into()));
        self
    }

    /// Has Run:ai answer a new user with `id`, `email` and `createdAt`, as one page of the vendor shows it.
    ///
    /// By default the answer is that of the vendor's specification, with `id`, `username` and `tempPassword`.
    pub fn documented_user_answer(mut self) -> Self {
        self.documented_users = true;
        self
    }

    /// Has Datasaur's GraphQL answer `me: null`, as it may for a token that it takes all the same.
    pub fn me_is_null(mut self) -> Self {
        self.me_is_null = true;
        self
    }

    /// Sets how many projects Maia has; the default is 60.
    pub fn projects(mut self, number: usize) -> Self {
        self.projects = number;
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
        let username = behaviour::of(self.vendor)
            .username()
            .map(|default| self.admin_username.unwrap_or_else(|| default.to_owned()));
        let password = username.is_some().then(|| {
            self.admin_password
                .unwrap_or_else(|| Secret::from(format!("not-a-real-password-{}", jwt::hex(8))))
        });
        let settings = Settings {
            vendor: self.vendor,
            client_id,
            client_secret,
            username,
            password,
            control_plane: self.control_plane,
            documented_users: self.documented_users,
            projects: self.projects,
            me_is_null: self.me_is_null,
        };
        let live = Live::new(self.token_lifetime, self.token_latency, self.api_latency);
        let base_url = listener.base_url().to_owned();
        let state = Arc::new(State::new(settings, base_url, self.clock, live));
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
            .field("control_plane", &self.control_plane)
            .field("admin_username", &self.admin_username)
            .field("admin_password", &self.admin_password)
            .field("documented_users", &self.documented_users)
            .field("projects", &self.projects)
            .field("me_is_null", &self.me_is_null)
            .field("clock", &self.clock)
            .finish()
    }
}

/// Three pages of Maia's default size, the last one short.
const DEFAULT_PROJECTS: usize = 60;
