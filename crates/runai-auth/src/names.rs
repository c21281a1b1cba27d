//! The kit's types by the names that they have for Run:ai.

/// A client of a Run:ai control plane: returns valid tokens and sends authorized requests.
///
/// Its methods are those of [`auth_core::vendor::Client`] and of [`Calls`](crate::Calls):
///
/// | to | use |
/// |---|---|
/// | administer | `admin`, with the feature `admin` |
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
/// use runai_auth::auth_core::{ApiRequest, Result};
///
/// # async fn example() -> Result<()> {
/// let client = runai_auth::Client::from_env()?;
/// let request = ApiRequest::new(http::Method::GET, "/api/v1/clusters");
/// let clusters: Vec<serde_json::Value> = client.execute_json(&request).await?;
/// println!("{} clusters", clusters.len());
/// # Ok(())
/// # }
/// ```
pub type Client = auth_core::vendor::Client<Runai>;

/// Checked settings for a [`Client`].
///
/// # Examples
/// ```
/// let config = runai_auth::Config::builder()
///     .client_id("fake-client")
///     .client_secret("fake-secret")
///     .base_url("https://tenant.run.ai")
///     .build()?;
/// # Ok::<(), runai_auth::auth_core::Error>(())
/// ```
pub type Config = auth_core::vendor::Config<Runai>;

/// Collects settings and checks them; [`Options`](crate::Options) has those that only Run:ai has.
pub type ConfigBuilder = auth_core::vendor::ConfigBuilder<Runai>;

/// A [`Client`] for synchronous code: `client.blocking()?`.
#[cfg(feature = "blocking")]
pub type BlockingClient = auth_core::vendor::BlockingClient<Runai>;

/// The clients of many tenants, whose credentials your own lookup finds; see [`auth_core::TenantClients`].
pub type TenantClients<K> = auth_core::TenantClients<Runai, K>;

/// What a lookup returns for one tenant; see [`auth_core::TenantConfig`].
pub type TenantConfig = auth_core::TenantConfig<Runai>;

/// Run:ai's description for the kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Runai {}
