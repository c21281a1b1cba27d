//! The kit's types by the names that they have for Maia.

/// A program's connection to Maia: returns valid tokens and sends authorized requests.
///
/// Its methods are those of [`auth_core::vendor::Client`] and of [`Calls`](crate::Calls).
///
/// # Examples
/// ```no_run
/// # async fn example() -> maia_auth::auth_core::Result<()> {
/// let client = maia_auth::Client::from_env()?;
/// let first = client.projects().page(0).await?;
/// println!("{} projects", first.projects().len());
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

/// Maia, as the kit sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Maia {}
