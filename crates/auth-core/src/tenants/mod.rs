//! Many tenants of one vendor: a full client for each, whose credentials a program's own lookup finds.

mod config;
mod named;
mod lookup;
mod credentials;
mod source;
mod kept;
mod builder;

pub use builder::TenantClientsBuilder;
pub use config::TenantConfig;
pub use lookup::LookupError;

use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use self::kept::KeptClient;
use self::lookup::{Lookup, too_slow};
use crate::cache::{
    CacheHealth, CacheParts, Found, Making, TokenCache, Vacancy, Workplace, catching_panics,
    no_runtime, no_timer, outlined, with_deadline,
};
use crate::error::{Error, ErrorKind, Result};
use crate::vendor::{Client, ConfigBuilder, SharedParts, Vendor, named};

/// The clients of many tenants of one vendor, whose credentials come from the program's own lookup, such as a database.
///
/// All of them share one HTTP client, one policy and one clock; each has a token of its own. The number of clients is bounded, and
/// those that nobody used for a while are dropped when others arrive; never one that is in use.
/// An eviction does not end a cool-down: how a tenant failed is remembered separately, for as many tenants as the capacity.
///
/// A tenant is looked up once, however many callers ask for it at the same time, and a caller that is cancelled does not affect the
/// others. An unknown tenant and a failed lookup are errors for those who waited, and are not kept.
/// When the token endpoint rejects a tenant's credentials, they are looked up again and the new ones are used at once.
///
/// Nothing runs at rest. Cloning shares the clients.
///
/// # Examples
/// A vendor crate names it for its vendor, such as `maia_auth::TenantClients<K>`.
/// ```
/// use auth_core::vendor::{ConfigBuilder, Vendor};
/// use auth_core::{Credentials, LookupError, Result, TenantClients, TenantConfig};
///
/// /// A query of your database; `?` takes any error type.
/// async fn look_up<V: Vendor>(id: u64) -> Result<Option<TenantConfig<V>>, LookupError> {
///     let client_id = format!("fake-client-{id}");
///     Ok(Some(TenantConfig::new(Credentials::new(client_id, "fake-secret")?)))
/// }
///
/// async fn example<V: Vendor>(base: ConfigBuilder<V>) -> Result<()> {
///     let tenants = TenantClients::builder(base, look_up).max_capacity(100_000).build()?;
///     tenants.client(&7).await?.warm_up().await
/// }
/// ```
pub struct TenantClients<V: Vendor, K>(Arc<Inner<V, K>>);

type Tenants<V, K> = crate::cache::Tenants<K, KeptClient<V>>;

/// The place of a tenant that is being looked up.
type Reserved<V, K> = Vacancy<Arc<Tenants<V, K>>, K, KeptClient<V>>;

struct Inner<V: Vendor, K> {
    base: Arc<ConfigBuilder<V>>,
    lookup: Arc<Lookup<V, K>>,
    lookup_timeout: Duration,
    parts: CacheParts,
    tenants: Arc<Tenants<V, K>>,
    /// What all tenants have in common that do not say otherwise.
    shared: Arc<SharedParts>,
    is_closed: watch::Sender<bool>,
}

impl<V: Vendor, K> TenantClients<V, K>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
{
    /// Starts a builder.
    ///
    /// `base` is what all tenants share: everything but credentials. `lookup` finds one tenant's settings; `None` says that there is no
    /// such tenant, and any error type becomes the source of an [`ErrorKind::Unavailable`], unless it is an [`Error`] itself.
    /// It runs in a task of its own, and must not wait for the same tenant's client.
    pub fn builder<F, Fut>(base: ConfigBuilder<V>, lookup: F) -> TenantClientsBuilder<V, K>
    where
        F: Fn(K) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Option<TenantConfig<V>>, LookupError>> + Send + 'static,
    {
        TenantClientsBuilder::new(base, Lookup::new(lookup))
    }

    /// Returns a tenant's client, looking the tenant up if its client is not there; requests no token.
    ///
    /// While you hold a clone of the client it is not evicted, so that there is never a second one for the same tenant.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownTenant`] if the lookup knows no such tenant; what the lookup fails with; [`ErrorKind::Timeout`] if it does not
    /// complete in time; [`ErrorKind::Config`] if the tenant's settings are unusable, or if no tokio runtime is running;
    /// [`ErrorKind::Closed`] after [`TenantClients::shutdown`].
    pub async fn client(&self, key: &K) -> Result<Client<V>> {
        let now = self.0.parts.clock.now();
        match self.0.tenants.find(key, now, KeptClient::client) {
            Some(client) => Ok(client),
            None => outlined(self.look_up(key)).await.map_err(named::<V>),
        }
    }

    /// Drops a tenant's client, its token and its failures; the next caller looks the tenant up.
    ///
    /// For a tenant that was deleted, or whose settings other than its credentials changed. A clone that is held elsewhere goes on.
    pub fn remove(&self, key: &K) {
        self.0.tenants.remove(key);
    }

    /// Reports that a tenant's credentials were replaced: they are looked up before its next token request, and a cool-down
    /// after rejected credentials ends.
    ///
    /// It is not needed for a rotation, which is noticed when the old credentials are rejected; it makes the program notice sooner.
    pub fn credentials_changed(&self, key: &K) {
        if let Some(kept) = self.0.tenants.glance(key) {
            return kept.credentials_changed();
        }
        // The failures of an evicted tenant are those of the old credentials, and a running lookup may have found these.
        self.0.tenants.remove_if(key, |kept| {
            kept.credentials_changed();
            false
        });
    }

    /// Returns the condition of a tenant's token cache, or `None` if its client is not kept now; does not count as a use.
    pub fn health(&self, key: &K) -> Option<CacheHealth> {
        Some(self.0.tenants.glance(key)?.client().health())
    }

    /// Shuts down every tenant's client, as [`Client::shutdown`] does, within one time limit for all of them.
    ///
    /// Lookups that are running end with [`ErrorKind::Closed`], as do all later calls.
    pub async fn shutdown(&self) {
        self.0.is_closed.send_replace(true);
        let kept = self.0.tenants.close();
        let caches = kept.iter().map(|kept| kept.peek().cache());
        let limit = self.0.parts.policy.shutdown_timeout();
        TokenCache::shutdown_all(caches, &*self.0.parts.clock, limit).await;
    }

    /// Returns how many clients are kept now.
    pub fn len(&self) -> usize {
        self.0.tenants.len()
    }

    /// Returns true if no client is kept now.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    async fn look_up(&self, key: &K) -> Result<Client<V>> {
        let runtime = Handle::try_current().map_err(|_| no_runtime())?;
        if !self.0.parts.clock.can_sleep() {
            return Err(no_timer());
        }
        for _ in 0..MAX_REMOVALS {
            let tenants = Arc::clone(&self.0.tenants);
            let now = self.0.parts.clock.now();
            let making = match Tenants::find_or_take_place(tenants, key, now, Workplace::Task)? {
                Found::Ready(kept) => return Ok(kept.client()),
                Found::Making(making) => making,
                Found::Absent(vacancy) => {
                    let making = vacancy.making();
                    // In a task, so that a caller that gives up loses nothing for the others.
                    runtime.spawn(Inner::fill(Arc::clone(&self.0), key.clone(), vacancy));
                    making
                }
            };
            if let Some(kept) = self.made(key, making).await? {
                return Ok(kept.client());
            }
        }
        Err(Error::config(
            "the tenant was removed each time it had been looked up: the lookup must not remove it",
        ))
    }

    async fn made(&self, key: &K, making: Making<KeptClient<V>>) -> Result<Option<KeptClient<V>>> {
        let made = self.0.tenants.makers().made(making.clone());
        // The task has a limit of its own; this one is for a runtime that is no longer driven.
        let limit = self.0.lookup_timeout.saturating_add(GRACE);
        match with_deadline(made, self.0.parts.clock.sleep(limit)).await {
            Some(outcome) => outcome,
            None => {
                self.0.tenants.abandon(key, &making);
                Err(too_slow(self.0.lookup_timeout))
            }
        }
    }
}

impl<V: Vendor, K> Inner<V, K>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
{
    /// Looks a tenant up and fills its place, or says to all who wait why not.
    async fn fill(self: Arc<Self>, key: K, vacancy: Box<Reserved<V, K>>) {
        let work = async {
            let config = self.find(&key).await?;
            let kept = KeptClient::new(&self, &key, config)?;
            if let Some(history) = vacancy.history() {
                kept.peek().cache().restore_failure_history(history);
            }
            let is_kept = vacancy.fill(&kept, self.parts.clock.now())?;
            Ok(is_kept.then_some(kept))
        };
        let outcome = catching_panics(work).await.unwrap_or_else(|_| {
            Err(Error::config(
                "the lookup of the tenant panicked: correct the closure",
            ))
        });
        match outcome {
            Ok(Some(kept)) => vacancy.publish(kept),
            // Removed meanwhile, and what was found may be out of date.
            Ok(None) => {}
            Err(error) => vacancy.fail(error),
        }
    }

    /// Looks a tenant up, within the time limit and until the shutdown.
    async fn find(&self, key: &K) -> Result<TenantConfig<V>> {
        let mut closing = self.is_closed.subscribe();
        let closed = async {
            // The sender is ours.
            let _ = closing.wait_for(|is_closed| *is_closed).await;
        };
        let find = self
            .lookup
            .find(key, &*self.parts.clock, self.lookup_timeout);
        match with_deadline(find, closed).await {
            Some(found) => found,
            None => Err(closed_error()),
        }
    }
}

impl<V: Vendor, K> Clone for TenantClients<V, K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<V: Vendor, K> fmt::Debug for TenantClients<V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys are the caller's and may be secrets.
        f.debug_struct("TenantClients")
            .field("base", &self.0.base)
            .field("max_capacity", &self.0.tenants.max_capacity())
            .field("time_to_idle", &self.0.tenants.time_to_idle())
            .finish_non_exhaustive()
    }
}

fn closed_error() -> Error {
    Error::new(
        ErrorKind::Closed,
        "the clients of all tenants were shut down",
    )
}

/// How often a tenant is looked up for one caller; a removal meanwhile is rare, and one each time comes from the lookup itself.
const MAX_REMOVALS: u32 = 8;

/// A busy executor may end a lookup late.
const GRACE: Duration = Duration::from_secs(1);
