//! Applications: the older kind of tenant-wide client, with the calls of service accounts.

use auth_core::{Result, Secret};

use super::Admin;
use super::accounts::{Accounts, Kind};
use super::ensure::Ensured;
use super::generated::applications as wire;
use super::model::ClientWithSecret;

/// The calls about applications.
///
/// Deprecated by the vendor in 2.24 and removed in 3.0: use [`Admin::service_accounts`] there.
#[derive(Debug, Clone, Copy)]
pub struct Applications<'a> {
    accounts: Accounts<'a>,
}

/// An application. Times are the server's RFC 3339 text, unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Application {
    /// The id, for further calls; empty in a list if the server omits it.
    pub id: String,
    /// The name, by which access rules refer to the application.
    pub name: String,
    /// The client id, for signing in.
    pub client_id: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// The creator.
    pub created_by: Option<String>,
    /// When it was created.
    pub created_at: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
    /// When it last signed in.
    pub last_login: Option<String>,
    /// The tenant that it belongs to.
    pub tenant_id: Option<String>,
}

impl<'a> Applications<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self {
            accounts: Accounts::new(admin, &KIND),
        }
    }

    pub(super) fn calls(self) -> Accounts<'a> {
        self.accounts
    }

    /// Returns all applications; the API does not page them.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API returns an error, and as [`Client::execute_json`](crate::Client::execute_json).
    pub async fn list(&self) -> Result<Vec<Application>> {
        let all = self.accounts.list().await?;
        Ok(all.into_iter().map(Application::read).collect())
    }

    /// Returns the application with exactly this name, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there are several, listing their ids; else as [`Applications::list`].
    pub async fn find(&self, name: &str) -> Result<Option<Application>> {
        Ok(self.accounts.find(name).await?.map(Application::read))
    }

    /// Creates an application and returns its secret, which is shown only once.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a name that the API would reject; [`Error::is_conflict`](auth_core::Error::is_conflict)
    /// if the name is taken; [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if the response contains no secret. Never retryable:
    /// [`Error::side_effect`](auth_core::Error::side_effect) tells what exists despite the failure.
    pub async fn create(&self, name: &str) -> Result<ClientWithSecret> {
        self.accounts.create(name).await
    }

    /// Returns the application with this name, or creates it; a second call finds the one that the first one created.
    ///
    /// An existing one is returned without its secret, which cannot be read again: [`Applications::regenerate_secret`] creates a new one.
    /// At most one create is sent. If the API says that the name is taken, the list is searched again.
    ///
    /// # Errors
    /// As [`Applications::find`] and [`Applications::create`]: if the response to the create was lost, [`Error::side_effect`](auth_core::Error::side_effect)
    /// tells what may exist.
    pub async fn ensure(&self, name: &str) -> Result<Ensured<Application, ClientWithSecret>> {
        let ensured = self.accounts.ensure(name).await?;
        Ok(ensured.map_found(Application::read))
    }

    /// Returns one application.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<Application> {
        self.accounts.get(id).await.map(Application::read)
    }

    /// Enables or disables an application.
    ///
    /// # Errors
    /// As [`Applications::get`].
    pub async fn set_enabled(&self, id: &str, enabled: bool) -> Result<()> {
        let request = wire::update_application_by_id(id, &wire::AccountPatch { enabled });
        self.accounts.done(request).await
    }

    /// Deletes an application; its secret stops working immediately.
    ///
    /// # Errors
    /// As [`Applications::get`].
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.accounts.delete(id).await
    }

    /// Creates a new secret, which is shown only once; the old one stops working immediately.
    ///
    /// # Errors
    /// As [`Applications::get`]; never retryable, since the lost response may have contained the only copy.
    pub async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
        self.accounts.regenerate_secret(id).await
    }
}

impl Application {
    fn read(wire: wire::Account) -> Self {
        Self {
            enabled: wire.is_enabled(),
            id: wire.id.unwrap_or_default(),
            name: wire.name.unwrap_or_default(),
            client_id: wire.client_id.unwrap_or_default(),
            created_by: wire.created_by,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
            last_login: wire.last_login,
            tenant_id: wire.tenant_id,
        }
    }
}

static KIND: Kind = Kind {
    noun: "application",
    new_secret: "new secret of application",
    signs_in_by_name: true,
    list: wire::get_applications,
    create: wire::create_application,
    get: wire::get_application_by_id,
    delete: wire::delete_application_by_id,
    regenerate_secret: wire::regenerate_application_secret,
};
