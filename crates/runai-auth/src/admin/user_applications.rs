//! User applications: what access keys were called before 2.24, with the same calls at other paths.

use auth_core::{Result, Secret};

use super::Admin;
use super::access_keys::AccessKey;
use super::call::{check_name, identified};
use super::generated::operations;
use super::generated::user_applications as wire;
use super::made::{Making, REGENERATE, REGENERATE_AGAIN};
use super::model::ClientWithSecret;
use super::wire::USER_APPLICATIONS;

/// The calls about user applications, which are access keys by another name.
///
/// Control plane 2.20 and newer, deprecated in 2.24 and removed in 3.0: use [`Admin::access_keys`] there.
#[derive(Debug, Clone, Copy)]
pub struct UserApplications<'a> {
    admin: &'a Admin,
}

impl<'a> UserApplications<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns the caller's own user applications.
    ///
    /// # Errors
    /// As [`AccessKeys::list`](super::AccessKeys::list).
    pub async fn list(&self) -> Result<Vec<AccessKey>> {
        let operation = &operations::GET_USER_APPLICATIONS;
        let (all, _) = self
            .admin
            .list(operation, operation.call(), USER_APPLICATIONS)
            .await?;
        Ok(all.items.into_iter().map(read).collect())
    }

    /// Makes a user application of the caller's and returns its secret, which is shown this once.
    ///
    /// # Errors
    /// As [`AccessKeys::create`](super::AccessKeys::create).
    pub async fn create(&self, name: &str) -> Result<ClientWithSecret> {
        check_name(name)?;
        let operation = &operations::CREATE_USER_APPLICATION;
        let body = wire::UserAppCreationRequest {
            name: name.to_owned(),
        };
        let call = operation.call().json(&body);
        let making = Making {
            kind: KIND,
            name,
            advice: REGENERATE,
        };
        let made = self.admin.make(operation, call, making).await?;
        made.into_account(false)
    }

    /// Returns one of the caller's own user applications.
    ///
    /// # Errors
    /// As [`AccessKeys::get`](super::AccessKeys::get).
    pub async fn get(&self, id: &str) -> Result<AccessKey> {
        let operation = &operations::GET_USER_APPLICATION_BY_ID;
        let call = operation.call().parameter("appId", id);
        let one: wire::UserApp = self.admin.read(operation, call).await?;
        identified(read(one), |one| !one.id.is_empty())
    }

    /// Removes one of the caller's own user applications; its secret stops working at once.
    ///
    /// # Errors
    /// As [`AccessKeys::get`](super::AccessKeys::get).
    pub async fn delete(&self, id: &str) -> Result<()> {
        let operation = &operations::DELETE_USER_APPLICATION_BY_ID;
        let call = operation.call().parameter("appId", id);
        self.admin.done(operation, call).await
    }

    /// Makes a new secret, which is shown this once; the old one stops working at once.
    ///
    /// # Errors
    /// As [`AccessKeys::regenerate_secret`](super::AccessKeys::regenerate_secret).
    pub async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
        let operation = &operations::REGENERATE_USER_APPLICATION_SECRET;
        let call = operation.call().parameter("appId", id);
        let making = Making {
            kind: NEW_SECRET,
            name: id,
            advice: REGENERATE_AGAIN,
        };
        let made = self.admin.make(operation, call, making).await?;
        made.into_client_secret()
    }

    /// Returns everybody's user applications, narrowed to one client id or one user if given.
    ///
    /// # Errors
    /// As [`AccessKeys::list`](super::AccessKeys::list).
    pub async fn admin_list(
        &self,
        client_id: Option<&str>,
        created_by: Option<&str>,
    ) -> Result<Vec<AccessKey>> {
        let operation = &operations::GET_USER_APPLICATIONS_ADMINISTRATION;
        let call = operation
            .call()
            .maybe_query("clientId", client_id)
            .maybe_query("createdBy", created_by);
        let (all, _) = self.admin.list(operation, call, USER_APPLICATIONS).await?;
        Ok(all.items.into_iter().map(read_administered).collect())
    }

    /// Removes anybody's user application; its secret stops working at once.
    ///
    /// # Errors
    /// As [`AccessKeys::get`](super::AccessKeys::get).
    pub async fn admin_delete(&self, id: &str) -> Result<()> {
        let operation = &operations::DELETE_USER_APPLICATION_BY_ID_ADMINISTRATION;
        let call = operation.call().parameter("appId", id);
        self.admin.done(operation, call).await
    }
}

fn read(wire: wire::UserApp) -> AccessKey {
    AccessKey {
        id: wire.id.unwrap_or_default(),
        name: wire.name.unwrap_or_default(),
        client_id: wire.client_id.unwrap_or_default(),
        created_by: None,
        created_at: wire.created_at,
        last_login: wire.last_login,
    }
}

fn read_administered(wire: wire::UserAppAdministration) -> AccessKey {
    AccessKey {
        id: wire.id.unwrap_or_default(),
        name: wire.name.unwrap_or_default(),
        client_id: wire.client_id.unwrap_or_default(),
        created_by: wire.created_by,
        created_at: wire.created_at,
        last_login: wire.last_login,
    }
}

/// What people call it.
const KIND: &str = "user application";
const NEW_SECRET: &str = "new secret of user application";
