//! Applications: the older kind of tenant-wide client, with the calls of service accounts.

use auth_core::{Result, Secret};

use super::Admin;
use super::call::{check_name, identified};
use super::generated::applications as wire;
use super::generated::operations;
use super::made::{Making, REGENERATE, REGENERATE_AGAIN};
use super::model::ClientWithSecret;
use super::wire::APPLICATIONS;

/// The calls about applications.
///
/// Deprecated by the vendor in 2.24 and removed in 3.0: use [`Admin::service_accounts`] there.
#[derive(Debug, Clone, Copy)]
pub struct Applications<'a> {
    admin: &'a Admin,
}

/// An application. Times are RFC 3339 text as the server wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Application {
    /// The id, for further calls; empty in a list whose server does not say.
    pub id: String,
    /// The name; access rules name the application by it.
    pub name: String,
    /// The client id, to sign in with.
    pub client_id: String,
    /// Whether it may sign in.
    pub enabled: bool,
    /// Who made it.
    pub created_by: Option<String>,
    /// When it was made.
    pub created_at: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
    /// When it last signed in.
    pub last_login: Option<String>,
    /// The tenant it belongs to.
    pub tenant_id: Option<String>,
}

impl<'a> Applications<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns all applications; the API has no pages for them.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API refuses, and as [`Client::call`](crate::Client::call).
    pub async fn list(&self) -> Result<Vec<Application>> {
        let operation = &operations::GET_APPLICATIONS;
        let (all, _) = self
            .admin
            .list(operation, operation.call(), APPLICATIONS)
            .await?;
        Ok(all.items.into_iter().map(Application::read).collect())
    }

    /// Makes an application and returns its secret, which is shown this once.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a name that the API would refuse; [`Error::is_conflict`](auth_core::Error::is_conflict)
    /// if the name is taken; [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if the response holds no secret. Never retryable:
    /// [`Error::side_effect`](auth_core::Error::side_effect) says what exists in spite of the failure.
    pub async fn create(&self, name: &str) -> Result<ClientWithSecret> {
        check_name(name)?;
        let operation = &operations::CREATE_APPLICATION;
        let body = wire::ApplicationCreationRequest {
            name: name.to_owned(),
        };
        let call = operation.call().json(&body);
        let making = Making {
            kind: KIND,
            name,
            advice: REGENERATE,
        };
        let made = self.admin.make(operation, call, making).await?;
        made.into_account(true)
    }

    /// Returns one application.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<Application> {
        let operation = &operations::GET_APPLICATION_BY_ID;
        let call = operation.call().parameter("appId", id);
        let one: wire::Application = self.admin.read(operation, call).await?;
        identified(Application::read(one), |one| !one.id.is_empty())
    }

    /// Lets an application sign in, or not.
    ///
    /// # Errors
    /// As [`Applications::get`].
    pub async fn set_enabled(&self, id: &str, enabled: bool) -> Result<()> {
        let operation = &operations::UPDATE_APPLICATION_BY_ID;
        let body = wire::ApplicationPatchRequest { enabled };
        let call = operation.call().parameter("appId", id).json(&body);
        self.admin.done(operation, call).await
    }

    /// Removes an application; its secret stops working at once.
    ///
    /// # Errors
    /// As [`Applications::get`].
    pub async fn delete(&self, id: &str) -> Result<()> {
        let operation = &operations::DELETE_APPLICATION_BY_ID;
        let call = operation.call().parameter("appId", id);
        self.admin.done(operation, call).await
    }

    /// Makes a new secret, which is shown this once; the old one stops working at once.
    ///
    /// # Errors
    /// As [`Applications::get`]; never retryable, since the answer that was lost may have held the only copy.
    pub async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
        let operation = &operations::REGENERATE_APPLICATION_SECRET;
        let call = operation.call().parameter("appId", id);
        let making = Making {
            kind: NEW_SECRET,
            name: id,
            advice: REGENERATE_AGAIN,
        };
        let made = self.admin.make(operation, call, making).await?;
        made.into_client_secret()
    }
}

impl Application {
    fn read(wire: wire::Application) -> Self {
        let name = wire.name.unwrap_or_default();
        Self {
            id: wire.id.unwrap_or_default(),
            client_id: wire.client_id.unwrap_or_else(|| name.clone()),
            name,
            // Planes that do not say so have no way to disable one.
            enabled: wire.enabled.unwrap_or(true),
            created_by: wire.created_by,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
            last_login: wire.last_login,
            tenant_id: wire.tenant_id,
        }
    }
}

/// What people call it.
const KIND: &str = "application";
const NEW_SECRET: &str = "new secret of application";
