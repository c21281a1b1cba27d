//! Service accounts: tenant-wide clients of control plane 2.24 and newer.

use auth_core::{Result, Secret};

use super::Admin;
use super::accounts::{Accounts, Kind};
use super::ensure::Ensured;
use super::generated::service_accounts as wire;
use super::model::ClientWithSecret;

/// The calls about service accounts.
///
/// Control plane 2.24 and newer; for older ones use [`Admin::applications`].
#[derive(Debug, Clone, Copy)]
pub struct ServiceAccounts<'a> {
    accounts: Accounts<'a>,
}

/// A service account. Times are the server's RFC 3339 text, unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceAccount {
    /// The id, for further calls; empty in a list if the server omits it.
    pub id: String,
    /// The name, by which access rules may refer to the service account.
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

impl<'a> ServiceAccounts<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self {
            accounts: Accounts::new(admin, &KIND),
        }
    }

    pub(super) fn calls(self) -> Accounts<'a> {
        self.accounts
    }

    /// Returns all service accounts; the API does not page them.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API returns an error, and as [`Client::execute_json`](crate::Client::execute_json).
    pub async fn list(&self) -> Result<Vec<ServiceAccount>> {
        let all = self.accounts.list().await?;
        Ok(all.into_iter().map(ServiceAccount::read).collect())
    }

    /// Returns the service account with exactly this name, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there are several, listing their ids; else as [`ServiceAccounts::list`].
    pub async fn find(&self, name: &str) -> Result<Option<ServiceAccount>> {
        Ok(self.accounts.find(name).await?.map(ServiceAccount::read))
    }

    /// Creates a service account and returns its secret, which is shown only once.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a name that the API would reject; [`Error::is_conflict`](auth_core::Error::is_conflict)
    /// if the name is taken; [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if the response contains no secret. Never retryable:
    /// [`Error::side_effect`](auth_core::Error::side_effect) tells what exists despite the failure.
    pub async fn create(&self, name: &str) -> Result<ClientWithSecret> {
        self.accounts.create(name).await
    }

    /// Returns the service account with this name, or creates it; a second call finds the one that the first one created.
    ///
    /// An existing one is returned without its secret, which cannot be read again: [`ServiceAccounts::regenerate_secret`] creates a new one.
    /// At most one create is sent. If the API says that the name is taken, the list is searched again.
    ///
    /// # Errors
    /// As [`ServiceAccounts::find`] and [`ServiceAccounts::create`]: if the response to the create was lost, [`Error::side_effect`](auth_core::Error::side_effect)
    /// tells what may exist.
    ///
    /// # Examples
    /// ```no_run
    /// use runai_auth::admin::Ensured;
    ///
    /// # async fn example(admin: &runai_auth::admin::Admin) -> runai_auth::auth_core::Result<()> {
    /// match admin.service_accounts().ensure("nightly-import").await? {
    ///     Ensured::Created(account) => store(account.secret.expose_secret()),
    ///     Ensured::Found(account) => println!("{} exists", account.client_id),
    /// }
    /// # Ok(())
    /// # }
    /// # fn store(_: &str) {}
    /// ```
    pub async fn ensure(&self, name: &str) -> Result<Ensured<ServiceAccount, ClientWithSecret>> {
        let ensured = self.accounts.ensure(name).await?;
        Ok(ensured.map_found(ServiceAccount::read))
    }

    /// Returns one service account.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<ServiceAccount> {
        self.accounts.get(id).await.map(ServiceAccount::read)
    }

    /// Enables or disables a service account.
    ///
    /// # Errors
    /// As [`ServiceAccounts::get`].
    pub async fn set_enabled(&self, id: &str, enabled: bool) -> Result<()> {
        let request = wire::update_service_account_by_id(id, &wire::AccountPatch { enabled });
        self.accounts.done(request).await
    }

    /// Deletes a service account; its secret stops working immediately.
    ///
    /// # Errors
    /// As [`ServiceAccounts::get`].
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.accounts.delete(id).await
    }

    /// Creates a new secret, which is shown only once; the old one stops working immediately.
    ///
    /// # Errors
    /// As [`ServiceAccounts::get`]; never retryable, since the lost response may have contained the only copy.
    pub async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
        self.accounts.regenerate_secret(id).await
    }
}

impl ServiceAccount {
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
    noun: "service account",
    new_secret: "new secret of service account",
    signs_in_by_name: true,
    list: wire::get_service_accounts,
    create: wire::create_service_account,
    get: wire::get_service_account_by_id,
    delete: wire::delete_service_account_by_id,
    regenerate_secret: wire::regenerate_service_account_secret,
};
