//! User applications: the name of access keys before 2.24, with the same calls on other paths.

use auth_core::{Result, Secret};

use super::Admin;
use super::access_keys::AccessKey;
use super::accounts::{Accounts, Kind};
use super::ensure::Ensured;
use super::generated::user_applications as wire;
use super::model::ClientWithSecret;

/// The calls about user applications, which are access keys by another name.
///
/// Control plane 2.20 and newer, deprecated in 2.24 and removed in 3.0: use [`Admin::access_keys`] there.
#[derive(Debug, Clone, Copy)]
pub struct UserApplications<'a> {
    accounts: Accounts<'a>,
}

impl<'a> UserApplications<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self {
            accounts: Accounts::new(admin, &KIND),
        }
    }

    /// Returns the caller's own user applications.
    ///
    /// # Errors
    /// As [`AccessKeys::list`](super::AccessKeys::list).
    pub async fn list(&self) -> Result<Vec<AccessKey>> {
        let all = self.accounts.list().await?;
        Ok(all.into_iter().map(AccessKey::read).collect())
    }

    /// Returns the caller's own user application with exactly this name, if there is one.
    ///
    /// # Errors
    /// As [`AccessKeys::find`](super::AccessKeys::find).
    pub async fn find(&self, name: &str) -> Result<Option<AccessKey>> {
        Ok(self.accounts.find(name).await?.map(AccessKey::read))
    }

    /// Creates a user application of the caller and returns its secret, which is shown only once.
    ///
    /// # Errors
    /// As [`AccessKeys::create`](super::AccessKeys::create).
    pub async fn create(&self, name: &str) -> Result<ClientWithSecret> {
        self.accounts.create(name).await
    }

    /// Returns the user application with this name, or creates it; a second call finds the one that the first one created.
    ///
    /// # Errors
    /// As [`AccessKeys::ensure`](super::AccessKeys::ensure).
    pub async fn ensure(&self, name: &str) -> Result<Ensured<AccessKey, ClientWithSecret>> {
        let ensured = self.accounts.ensure(name).await?;
        Ok(ensured.map_found(AccessKey::read))
    }

    /// Returns one of the caller's own user applications.
    ///
    /// # Errors
    /// As [`AccessKeys::get`](super::AccessKeys::get).
    pub async fn get(&self, id: &str) -> Result<AccessKey> {
        self.accounts.get(id).await.map(AccessKey::read)
    }

    /// Deletes one of the caller's own user applications; its secret stops working immediately.
    ///
    /// # Errors
    /// As [`AccessKeys::get`](super::AccessKeys::get).
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.accounts.delete(id).await
    }

    /// Creates a new secret, which is shown only once; the old one stops working immediately.
    ///
    /// # Errors
    /// As [`AccessKeys::regenerate_secret`](super::AccessKeys::regenerate_secret).
    pub async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
        self.accounts.regenerate_secret(id).await
    }

    /// Returns the user applications of all users, optionally filtered by client id or user.
    ///
    /// # Errors
    /// As [`AccessKeys::list`](super::AccessKeys::list).
    pub async fn admin_list(
        &self,
        client_id: Option<&str>,
        created_by: Option<&str>,
    ) -> Result<Vec<AccessKey>> {
        let query = wire::GetUserApplicationsAdministrationQuery {
            client_id,
            created_by,
        };
        let request = wire::get_user_applications_administration(&query);
        let all = self.accounts.read(request).await?;
        Ok(all.into_iter().map(AccessKey::read).collect())
    }

    /// Deletes any user's user application; its secret stops working immediately.
    ///
    /// # Errors
    /// As [`AccessKeys::get`](super::AccessKeys::get).
    pub async fn admin_delete(&self, id: &str) -> Result<()> {
        let request = wire::delete_user_application_by_id_administration(id);
        self.accounts.done(request).await
    }
}

static KIND: Kind = Kind {
    noun: "user application",
    new_secret: "new secret of user application",
    signs_in_by_name: false,
    list: wire::get_user_applications,
    create: wire::create_user_application,
    get: wire::get_user_application_by_id,
    delete: wire::delete_user_application_by_id,
    regenerate_secret: wire::regenerate_user_application_secret,
};
