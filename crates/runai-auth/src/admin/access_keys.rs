//! Access keys: a user's own clients, and an administrator's view of everybody's.

use auth_core::{Result, Secret};

use super::Admin;
use super::call::{check_name, required};
use super::generated::access_keys as wire;
use super::generated::operations;
use super::model::CreatedAccount;

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
    /// The id, for further calls.
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
    /// [`ErrorKind::Api`](auth_core::ErrorKind::Api) if the API refuses, and as [`Client::call`](crate::Client::call).
    pub async fn list(&self) -> Result<Vec<AccessKey>> {
        let operation = &operations::GET_ACCESS_KEYS;
        let all: wire::AccessKeys = self.admin.read(operation, operation.call()).await?;
        let all = required(all.access_keys, "accessKeys")?;
        all.into_iter().map(AccessKey::read).collect()
    }

    /// Makes an access key of the caller's and returns its secret, which is shown this once.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a name that the API would refuse; [`Error::is_conflict`](auth_core::Error::is_conflict)
    /// if the name is taken; never retryable: see [`Error::may_have_been_sent`](auth_core::Error::may_have_been_sent).
    pub async fn create(&self, name: &str) -> Result<CreatedAccount> {
        check_name(name)?;
        let operation = &operations::CREATE_ACCESS_KEY1;
        let body = wire::AccessKeyCreationRequest1 {
            name: name.to_owned(),
        };
        let created: wire::AccessKeyPostResponse = self
            .admin
            .read(operation, operation.call().json(&body))
            .await?;
        Ok(CreatedAccount {
            id: required(created.id, "id")?,
            name: created.name.unwrap_or(body.name),
            client_id: required(created.client_id, "clientId")?,
            secret: required(created.client_secret, "clientSecret")?,
        })
    }

    /// Returns one of the caller's own access keys.
    ///
    /// # Errors
    /// [`ErrorKind::Api`](auth_core::ErrorKind::Api) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<AccessKey> {
        let operation = &operations::GET_ACCESS_KEY_BY_ID1;
        let call = operation.call().parameter("accessKeyId", id);
        let one: wire::AccessKey1 = self.admin.read(operation, call).await?;
        AccessKey::read(one)
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
        let answer: wire::RegenerateAccessKeySecretResponse =
            self.admin.read(operation, call).await?;
        required(answer.client_secret, "clientSecret")
    }

    /// Returns everybody's access keys, narrowed to one client id or one user if given.
    ///
    /// # Errors
    /// As [`AccessKeys::list`].
    pub async fn list_all(
        &self,
        client_id: Option<&str>,
        created_by: Option<&str>,
    ) -> Result<Vec<AccessKey>> {
        let operation = &operations::GET_ACCESS_KEYS_ADMINISTRATION;
        let call = operation
            .call()
            .maybe_query("clientId", client_id)
            .maybe_query("createdBy", created_by);
        let all: wire::AccessKeysAdministration = self.admin.read(operation, call).await?;
        let all = required(all.access_keys, "accessKeys")?;
        all.into_iter().map(AccessKey::read_administered).collect()
    }

    /// Removes anybody's access key; its secret stops working at once.
    ///
    /// # Errors
    /// As [`AccessKeys::get`].
    pub async fn delete_of_anybody(&self, id: &str) -> Result<()> {
        let operation = &operations::DELETE_ACCESS_KEY_BY_ID_ADMINISTRATION;
        let call = operation.call().parameter("accessKeyId", id);
        self.admin.done(operation, call).await
    }
}

impl AccessKey {
    fn read(wire: wire::AccessKey1) -> Result<Self> {
        Ok(Self {
            id: required(wire.id, "id")?,
            name: wire.name.unwrap_or_default(),
            client_id: required(wire.client_id, "clientId")?,
            created_by: None,
            created_at: wire.created_at,
            last_login: wire.last_login,
        })
    }

    fn read_administered(wire: wire::AccessKeyAdministration) -> Result<Self> {
        Ok(Self {
            id: required(wire.id, "id")?,
            name: wire.name.unwrap_or_default(),
            client_id: required(wire.client_id, "clientId")?,
            created_by: wire.created_by,
            created_at: wire.created_at,
            last_login: wire.last_login,
        })
    }
}
