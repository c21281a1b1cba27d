//! The kit's types by the names that they have for Maia.

/// A client of Maia: returns valid tokens and sends authorized requests.
///
/// Its methods are those of [`auth_core::vendor::Client`] and of [`Calls`](crate::Calls):
///
/// | to | use |
/// |---|---|
/// | list projects, environments and pipelines | [`projects`](crate::Calls::projects), [`environments`](crate::Calls::environments), [`pipelines`](crate::Calls::pipelines) |
/// | run a pipeline | [`executions`](crate::Calls::executions) |
/// | create a client | [`new`](Client::new), [`from_env`](Client::from_env) |
/// | get a token | [`token`](Client::token), [`authorization_header`](Client::authorization_header), [`try_token`](Client::try_token), [`token_valid_for`](Client::token_valid_for) |
/// | call the API | [`execute_json`](Client::execute_json), [`execute`](Client::execute), [`send`](Client::send) |
/// | start ready and stay so | [`warm_up`](Client::warm_up), [`keep_fresh`](Client::keep_fresh) |
/// | send requests yourself | [`token_after`](Client::token_after), [`report`](Client::report) |
/// | observe | [`health`](Client::health), [`subscribe`](Client::subscribe) |
/// | end | [`shutdown`](Client::shutdown) |
///
/// # Examples
/// ```no_run
/// # async fn example() -> maia_auth::auth_core::Result<()> {
/// let client = maia_auth::Client::from_env()?;
/// let first = client.projects().page(0).await?;
/// println!("{} projects", first.items().len());
/// # Ok(())
/// # }
/// ```
pub type Client = auth_core::vendor::Client<Maia>;

/// Checked settings for a [`Client`].
///
/// # Examples
/// ```
/// let config = maia_auth::Config::builder()
///     .client_id("fake-client")
///     .client_secret("fake-secret")
///     .options(|options| options.region(maia_auth::Region::Eu1))
///     .build()?;
/// # Ok::<(), maia_auth::auth_core::Error>(())
/// ```
pub type Config = auth_core::vendor::Config<Maia>;

/// Collects settings and checks them; [`Options`](crate::Options) has those that only Maia has.
pub type ConfigBuilder = auth_core::vendor::ConfigBuilder<Maia>;

/// A [`Client`] for synchronous code: `client.blocking()?`.
#[cfg(feature = "blocking")]
pub type BlockingClient = auth_core::vendor::BlockingClient<Maia>;

/// The clients of many tenants, whose credentials your own lookup finds; see [`auth_core::TenantClients`].
///
/// # Examples
/// ```
/// use maia_auth::auth_core::{Credentials, LookupError, Result};
/// use maia_auth::{Config, Region, TenantClients, TenantConfig};
///
/// async fn look_up(id: u64) -> Result<Option<TenantConfig>, LookupError> {
///     let client_id = format!("fake-client-{id}");
///     Ok(Some(TenantConfig::new(Credentials::new(client_id, "fake-secret")?)))
/// }
///
/// fn tenants() -> Result<TenantClients<u64>> {
///     let base = Config::builder().options(|options| options.region(Region::Eu1));
///     TenantClients::builder(base, look_up).build()
/// }
/// ```
pub type TenantClients<K> = auth_core::TenantClients<Maia, K>;

/// What a lookup returns for one tenant; see [`auth_core::TenantConfig`].
pub type TenantConfig = auth_core::TenantConfig<Maia>;

/// Maia's description for the kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Maia {}
