//! Access keys: a user's own clients, and an administrator's access to those of all users.

use auth_core::{Result, Secret};

use super::Admin;
use super::accounts::{Accounts, Kind};
use super::ensure::Ensured;
use super::generated::access_keys as wire;
use super::model::ClientWithSecret;

/// The calls about access keys; a user has at most 20.
///
/// Control plane 2.24 and newer; for older ones use [`Admin::user_applications`].
#[derive(Debug, Clone, Copy)]
pub struct AccessKeys<'a> {
    accounts: Accounts<'a>,
}

/// An access key. Times are the server's RFC 3339 text, unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessKey {
    /// The id, for further calls; empty in a list if the server omits it.
    pub id: String,
    /// The name.
    pub name: String,
    /// The client id, for signing in.
    pub client_id: String,
    /// The creator; returned only to administrators.
    pub created_by: Option<String>,
    /// When it was created.
    pub created_at: Option<String>,
    /// When it last signed in.
    pub last_login: Option<String>,
}

impl<'a> AccessKeys<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self {
            accounts: Accounts::new(admin, &KIND),
        }
    }

    /// Returns the caller's own access keys.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API returns an error, and as [`Client::execute_json`](crate::Client::execute_json).
    pub async fn list(&self) -> Result<Vec<AccessKey>> {
        let all = self.accounts.list().await?;
        Ok(all.into_iter().map(AccessKey::read).collect())
    }

    /// Returns the caller's own access key with exactly this name, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there are several, listing their ids; else as [`AccessKeys::list`].
    pub async fn find(&self, name: &str) -> Result<Option<AccessKey>> {
        Ok(self.accounts.find(name).await?.map(AccessKey::read))
    }

    /// Creates an access key of the caller and returns its secret, which is shown only once.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a name that the API would reject; [`Error::is_conflict`](auth_core::Error::is_conflict)
    /// if the name is taken; [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if the response contains no secret. Never retryable:
    /// [`Error::side_effect`](auth_core::Error::side_effect) tells what exists despite the failure.
    pub async fn create(&self, name: &str) -> Result<ClientWithSecret> {
        self.accounts.create(name).await
    }

    /// Returns the access key with this name, or creates it; a second call finds the one that the first one created.
    ///
    /// An existing one is returned without its secret, which cannot be read again: [`AccessKeys::regenerate_secret`] creates a new one.
    /// At most one create is sent. If the API says that the name is taken, the list is searched again.
    ///
    /// # Errors
    /// As [`AccessKeys::find`] and [`AccessKeys::create`]: if the response to the create was lost, [`Error::side_effect`](auth_core::Error::side_effect)
    /// tells what may exist.
    pub async fn ensure(&self, name: &str) -> Result<Ensured<AccessKey, ClientWithSecret>> {
        let ensured = self.accounts.ensure(name).await?;
        Ok(ensured.map_found(AccessKey::read))
    }

    /// Returns one of the caller's own access keys.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<AccessKey> {
        self.accounts.get(id).await.map(AccessKey::read)
    }

    /// Deletes one of the caller's own access keys; its secret stops working immediately.
    ///
    /// # Errors
    /// As [`AccessKeys::get`].
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.accounts.delete(id).await
    }

    /// Creates a new secret, which is shown only once; the old one stops working immediately.
    ///
    /// # Errors
    /// As [`AccessKeys::get`]; never retryable, since the lost response may have contained the only copy.
    pub async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
        self.accounts.regenerate_secret(id).await
    }

    /// Returns the access keys of all users, optionally filtered by client id or user.
    ///
    /// # Errors
    /// As [`AccessKeys::list`].
    pub async fn admin_list(
        &self,
        client_id: Option<&str>,
        created_by: Option<&str>,
    ) -> Result<Vec<AccessKey>> {
        let query = wire::GetAccessKeysAdministrationQuery {
            client_id,
            created_by,
        };
        let request = wire::get_access_keys_administration(&query);
        let all = self.accounts.read(request).await?;
        Ok(all.into_iter().map(AccessKey::read).collect())
    }

    /// Deletes any user's access key; its secret stops working immediately.
    ///
    /// # Errors
    /// As [`AccessKeys::get`].
    pub async fn admin_delete(&self, id: &str) -> Result<()> {
        let request = wire::delete_access_key_by_id_administration(id);
        self.accounts.done(request).await
    }
}

impl AccessKey {
    pub(super) fn read(wire: wire::Account) -> Self {
        Self {
            id: wire.id.unwrap_or_default(),
            name: wire.name.unwrap_or_default(),
            client_id: wire.client_id.unwrap_or_default(),
            created_by: wire.created_by,
            created_at: wire.created_at,
            last_login: wire.last_login,
        }
    }
}

static KIND: Kind = Kind {
    noun: "access key",
    new_secret: "new secret of access key",
    signs_in_by_name: false,
    list: wire::get_access_keys,
    create: wire::create_access_key1,
    get: wire::get_access_key_by_id1,
    delete: wire::delete_access_key_by_id,
    regenerate_secret: wire::regenerate_access_key_secret,
};
