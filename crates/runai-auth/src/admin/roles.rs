//! Roles: what an access rule grants. Their ids differ from one installation to the next, so they are found by name.

use auth_core::{Error, Result};

use super::Admin;
use super::call::{is_missing, named, required};
use super::generated::operations;
use super::generated::roles as wire;
use super::model::RoleId;
use super::paging::{MAX_PAGE, Page, all_pages};
use super::permissions::Permission;

/// The calls about roles.
#[derive(Debug, Clone, Copy)]
pub struct Roles<'a> {
    admin: &'a Admin,
}

/// A role, as both versions of the API know it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Role {
    /// The id, for access rules.
    pub id: RoleId,
    /// The name.
    pub name: String,
}

/// A role as version 1 of the API describes it. Times are RFC 3339 text as the server wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleDetails {
    /// The id, for access rules.
    pub id: RoleId,
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it was made here, and did not come with the control plane.
    pub custom: Option<bool>,
    /// Whether it was switched on.
    pub enabled: Option<bool>,
    /// Whether it is in effect.
    pub effective_enabled: Option<bool>,
    /// What it permits.
    pub permissions: Vec<Permission>,
    /// The Kubernetes role that comes with it.
    pub kubernetes_role: Option<String>,
    /// Who made it.
    pub created_by: Option<String>,
    /// When it was made.
    pub created_at: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
    /// When it was deleted.
    pub deleted_at: Option<String>,
}

impl From<&Role> for RoleId {
    fn from(role: &Role) -> Self {
        role.id.clone()
    }
}

impl From<&RoleDetails> for RoleId {
    fn from(role: &RoleDetails) -> Self {
        role.id.clone()
    }
}

impl<'a> Roles<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns all roles, by version 2 of the API where there is one and by version 1 where there is not.
    ///
    /// # Errors
    /// [`ErrorKind::Api`](auth_core::ErrorKind::Api) if the API refuses, and as [`Client::call`](crate::Client::call).
    pub async fn list(&self) -> Result<Vec<Role>> {
        let all = all_pages(
            MAX_PAGE,
            |role: &Role| role.id.to_string(),
            |offset| self.page(offset),
        );
        match all.await {
            Err(error) if is_missing(&error) => {
                let details = self.list_details().await?;
                Ok(details.into_iter().map(Role::from).collect())
            }
            outcome => outcome,
        }
    }

    /// Returns the one role of a name.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there is none, naming those that there are, or if there are several;
    /// else as [`Roles::list`].
    pub async fn by_name(&self, name: &str) -> Result<Role> {
        let mut all = self.list().await?;
        let count = all.iter().filter(|role| role.name == name).count();
        let found = all.iter().position(|role| role.name == name);
        match found {
            Some(place) if count == 1 => Ok(all.swap_remove(place)),
            Some(_) => Err(named(Error::config(format!(
                "role names {count} roles of this control plane: give the id of one of them instead"
            )))),
            None => {
                let names: Vec<&str> = all.iter().map(|role| role.name.as_str()).collect();
                Err(named(Error::config(format!(
                    "role is none of this control plane's: use one of {}",
                    names.join(", ")
                ))))
            }
        }
    }

    /// Returns all roles with what they permit: version 1 of the API, deprecated in 2.24 and removed in 3.0.
    ///
    /// # Errors
    /// As [`Roles::list`].
    pub async fn list_details(&self) -> Result<Vec<RoleDetails>> {
        let operation = &operations::GET_ROLES_V1;
        let all: Vec<wire::RoleV1> = self.admin.read(operation, operation.call()).await?;
        all.into_iter().map(RoleDetails::read).collect()
    }

    /// Returns one role with what it permits: version 1 of the API, deprecated in 2.24 and removed in 3.0.
    ///
    /// # Errors
    /// [`ErrorKind::Api`](auth_core::ErrorKind::Api) with status 404 if there is none with this id.
    pub async fn get_details(&self, id: impl Into<RoleId>) -> Result<RoleDetails> {
        let operation = &operations::GET_ROLE_V1;
        let call = operation.call().parameter("roleIdPath", id.into());
        let one: wire::RoleV1 = self.admin.read(operation, call).await?;
        RoleDetails::read(one)
    }

    async fn page(&self, offset: u64) -> Result<Page<Role>> {
        let operation = &operations::GET_ROLES_V2;
        let call = operation
            .call()
            .query("offset", offset)
            .query("limit", MAX_PAGE);
        let page: wire::GetRolesV2Response = self.admin.read(operation, call).await?;
        let roles = required(page.roles, "roles")?;
        Ok(Page {
            items: roles.into_iter().map(Role::read).collect::<Result<_>>()?,
            total: None,
        })
    }
}

impl Role {
    fn read(wire: wire::RoleV2) -> Result<Self> {
        Ok(Self {
            id: RoleId::from(required(wire.id, "id")?),
            name: required(wire.name, "name")?,
        })
    }
}

impl From<RoleDetails> for Role {
    fn from(role: RoleDetails) -> Self {
        Self {
            id: role.id,
            name: role.name,
        }
    }
}

impl RoleDetails {
    fn read(wire: wire::RoleV1) -> Result<Self> {
        let permissions = wire.permissions.unwrap_or_default();
        Ok(Self {
            id: RoleId::from(required(wire.id, "id")?),
            name: required(wire.name, "name")?,
            description: wire.description,
            custom: wire.custom,
            enabled: wire.enabled,
            effective_enabled: wire.effective_enabled,
            permissions: permissions.into_iter().map(Permission::read).collect(),
            kubernetes_role: wire
                .kubernetes_permissions
                .and_then(|kubernetes| kubernetes.predefined_role),
            created_by: wire.created_by,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
            deleted_at: wire.deleted_at,
        })
    }
}
