//! Many tenants of one vendor: what is looked up when, what is remembered, and what a rotated secret costs.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod bounds;
mod endpoint;
mod log;
mod lookups;
mod rejection;
mod readiness;
mod rotation;
mod settings;
mod shutdown;

use std::sync::Arc;
use std::time::Duration;

use auth_core::{Clock as _, Credentials, ErrorKind, LookupError, RefreshPolicy};
use auth_testkit::ManualClock;
use maia_auth::{Client, Config, ConfigBuilder, TenantClients, TenantConfig};
use tokio::task::JoinHandle;

use endpoint::{Database, Endpoint};

/// Tenants over a database, signed in to an endpoint of its own, with the clock that all live by.
struct Setup {
    clock: ManualClock,
    endpoint: Endpoint,
    database: Database,
    tenants: TenantClients<String>,
}

type Builder = auth_core::TenantClientsBuilder<maia_auth::Maia, String>;

impl Setup {
    fn new() -> Self {
        Self::built(|builder| builder)
    }

    fn built(build: impl FnOnce(Builder) -> Builder) -> Self {
        let clock = ManualClock::new();
        let endpoint = Endpoint::new(clock.clone());
        let database = Database::new(clock.clone());
        let builder = TenantClients::builder(base(&clock, &endpoint), lookup(&database));
        Self {
            tenants: build(builder).build().unwrap(),
            clock,
            endpoint,
            database,
        }
    }

    /// Adds a tenant to the database and its client to the endpoint.
    fn add(&self, tenant: &str) {
        let secret = format!("fake-secret-of-{tenant}");
        self.database.set(tenant, &secret);
        self.endpoint.set(tenant, &secret);
    }

    async fn client(&self, tenant: &str) -> auth_core::Result<Client> {
        self.tenants.client(&tenant.to_owned()).await
    }

    async fn token(&self, tenant: &str) -> auth_core::Result<String> {
        let token = self.client(tenant).await?.token().await?;
        Ok(token.expose_secret().to_owned())
    }

    /// Asks for a client in a task of its own.
    fn ask(&self, tenant: &str) -> JoinHandle<auth_core::Result<Client>> {
        let (tenants, key) = (self.tenants.clone(), tenant.to_owned());
        tokio::spawn(async move { tenants.client(&key).await })
    }
}

fn base(clock: &ManualClock, endpoint: &Endpoint) -> ConfigBuilder {
    let policy = RefreshPolicy::new()
        .with_max_attempts(1)
        .with_jitter(Some(0.0));
    Config::builder()
        .options(|options| options.region(maia_auth::Region::Eu1))
        .http_client(endpoint.clone())
        .clock(clock.clone())
        .refresh_policy(policy)
}

type Found = Result<Option<TenantConfig>, LookupError>;

/// What a program writes: one query, and a tenant's settings from its row.
fn lookup(
    database: &Database,
) -> impl Fn(String) -> std::pin::Pin<Box<dyn Future<Output = Found> + Send>> + Send + Sync + 'static
{
    let database = database.clone();
    move |tenant: String| {
        let database = database.clone();
        Box::pin(async move {
            let Some(row) = database.row(&tenant).await? else {
                return Ok(None);
            };
            let credentials = Credentials::new(tenant, row.secret)?;
            Ok(Some(TenantConfig::new(credentials)))
        })
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Lets every task of this current-thread runtime run until none can go on.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}
