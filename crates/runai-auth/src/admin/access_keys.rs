//! Access keys: a user's own clients, and an administrator's view of everybody's.

use auth_core::{Result, Secret};

use super::Admin;
use super::call::{check_name, identified};
use super::generated::access_keys as wire;
use super::generated::operations;
use super::made::{Making, REGENERATE, REGENERATE_AGAIN};
use super::model::ClientWithSecret;
use super::wire::ACCESS_KEYS;

/// The calls about access keys; a user has at most 20.
///
/// Control plane 2.24 and newer; before that there are [`Admin::user_applications`].
#[derive(Debug, Clone, Copy)]
pub struct AccessKeys<'a> {
    admin: &'a Admin,
}

/// An access key. Times are RFC 3339 text as the server wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessKey {
    /// The id, for further calls; empty in a list whose server does not say.
    pub id: String,
    /// The name.
    pub name: String,
    /// The client id, to sign in with.
    pub client_id: String,
    /// Who made it; told to administrators alone.
    pub created_by: Option<String>,
    /// When it was made.
    pub created_at: Option<String>,
    /// When it last signed in.
    pub last_login: Option<String>,
}

impl<'a> AccessKeys<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns the caller's own access keys.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API refuses, and as [`Client::call`](crate::Client::call).
    pub async fn list(&self) -> Result<Vec<AccessKey>> {
        let operation = &operations::GET_ACCESS_KEYS;
        let (all, _) = self
            .admin
            .list(operation, operation.call(), ACCESS_KEYS)
            .await?;
        Ok(all.items.into_iter().map(AccessKey::read).collect())
    }

    /// Makes an access key of the caller's and returns its secret, which is shown this once.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a name that the API would refuse; [`Error::is_conflict`](auth_core::Error::is_conflict)
    /// if the name is taken; [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if the response holds no secret. Never retryable:
    /// [`Error::side_effect`](auth_core::Error::side_effect) says what exists in spite of the failure.
    pub async fn create(&self, name: &str) -> Result<ClientWithSecret> {
        check_name(name)?;
        let operation = &operations::CREATE_ACCESS_KEY1;
        let body = wire::AccessKeyCreationRequest1 {
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

    /// Returns one of the caller's own access keys.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<AccessKey> {
        let operation = &operations::GET_ACCESS_KEY_BY_ID1;
        let call = operation.call().parameter("accessKeyId", id);
        let one: wire::AccessKey1 = self.admin.read(operation, call).await?;
        identified(AccessKey::read(one), |one| !one.id.is_empty())
    }

    /// Removes one of the caller's own access keys; its secret stops working at once.
    ///
    /// # Errors
    /// As [`AccessKeys::get`].
    pub async fn delete(&self, id: &str) -> Result<()> {
        let operation = &operations::DELETE_ACCESS_KEY_BY_ID;
        let call = operation.call().parameter("accessKeyId", id);
        self.admin.done(operation, call).await
    }

    /// Makes a new secret, which is shown this once; the old one stops working at once.
    ///
    /// # Errors
    /// As [`AccessKeys::get`]; never retryable, since the answer that was lost may have held the only copy.
    pub async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
        let operation = &operations::REGENERATE_ACCESS_KEY_SECRET;
        let call = operation.call().parameter("accessKeyId", id);
        let making = Making {
            kind: NEW_SECRET,
            name: id,
            advice: REGENERATE_AGAIN,
        };
        let made = self.admin.make(operation, call, making).await?;
        made.into_client_secret()
    }

    /// Returns everybody's access keys, narrowed to one client id or one user if given.
    ///
    /// # Errors
    /// As [`AccessKeys::list`].
    pub async fn admin_list(
        &self,
        client_id: Option<&str>,
        created_by: Option<&str>,
    ) -> Result<Vec<AccessKey>> {
        let operation = &operations::GET_ACCESS_KEYS_ADMINISTRATION;
        let call = operation
            .call()
            .maybe_query("clientId", client_id)
            .maybe_query("createdBy", created_by);
        let (all, _) = self.admin.list(operation, call, ACCESS_KEYS).await?;
        let keys = all.items.into_iter();
        Ok(keys.map(AccessKey::read_administered).collect())
    }

    /// Removes anybody's access key; its secret stops working at once.
    ///
    /// # Errors
    /// As [`AccessKeys::get`].
    pub async fn admin_delete(&self, id: &str) -> Result<()> {
        let operation = &operations::DELETE_ACCESS_KEY_BY_ID_ADMINISTRATION;
        let call = operation.call().parameter("accessKeyId", id);
        self.admin.done(operation, call).await
    }
}

impl AccessKey {
    fn read(wire: wire::AccessKey1) -> Self {
        Self {
            id: wire.id.unwrap_or_default(),
            name: wire.name.unwrap_or_default(),
            client_id: wire.client_id.unwrap_or_default(),
            created_by: None,
            created_at: wire.created_at,
            last_login: wire.last_login,
        }
    }

    fn read_administered(wire: wire::AccessKeyAdministration) -> Self {
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

/// What people call it.
const KIND: &str = "access key";
const NEW_SECRET: &str = "new secret of access key";
