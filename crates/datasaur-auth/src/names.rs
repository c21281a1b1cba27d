//! The kit's types by the names that they have for Datasaur.

/// A client of Datasaur: returns valid tokens and sends authorized requests.
///
/// Its methods are those of [`auth_core::vendor::Client`] and of [`Calls`](crate::Calls):
///
/// | to | use |
/// |---|---|
/// | send GraphQL | [`graphql`](crate::Calls::graphql), [`me`](crate::Calls::me) |
/// | upload a file, wait for a job | [`upload_file`](crate::Calls::upload_file), [`wait_for_job`](crate::Calls::wait_for_job) |
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
/// # async fn example() -> datasaur_auth::auth_core::Result<()> {
/// let client = datasaur_auth::Client::from_env()?;
/// println!("the token belongs to member {}", client.me().await?.id());
/// # Ok(())
/// # }
/// ```
pub type Client = auth_core::vendor::Client<Datasaur>;

/// Checked settings for a [`Client`].
///
/// # Examples
/// ```
/// let config = datasaur_auth::Config::builder()
///     .client_id("fake-client")
///     .client_secret("fake-secret")
///     .build()?;
/// # Ok::<(), datasaur_auth::auth_core::Error>(())
/// ```
pub type Config = auth_core::vendor::Config<Datasaur>;

/// Collects settings and checks them; [`Options`](crate::Options) has those that only Datasaur has.
pub type ConfigBuilder = auth_core::vendor::ConfigBuilder<Datasaur>;

/// A [`Client`] for synchronous code: `client.blocking()?`.
#[cfg(feature = "blocking")]
pub type BlockingClient = auth_core::vendor::BlockingClient<Datasaur>;

/// The clients of many tenants, whose credentials your own lookup finds; see [`auth_core::TenantClients`].
pub type TenantClients<K> = auth_core::TenantClients<Datasaur, K>;

/// What a lookup returns for one tenant; see [`auth_core::TenantConfig`].
pub type TenantConfig = auth_core::TenantConfig<Datasaur>;

/// Datasaur's description for the kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Datasaur {}
