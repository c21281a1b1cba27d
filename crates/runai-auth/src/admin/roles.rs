//! Roles, which access rules grant. Their ids differ between installations, so they are found by name.

use auth_core::{Error, Result, display_text};

use super::Admin;
use super::call::{identified, is_absent, is_missing, named};
use super::ensure::only;
use super::generated::roles as wire;
use super::lookup::available;
use super::model::RoleId;
use super::paging::{MAX_PAGE, pages};
use super::permissions::Permission;
use super::wire::List;

/// The calls about roles.
#[derive(Debug, Clone, Copy)]
pub struct Roles<'a> {
    admin: &'a Admin,
}

/// A role, with the members that both versions of the API return.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Role {
    /// The id, for access rules.
    pub id: RoleId,
    /// The name.
    pub name: String,
}

/// A role as version 1 of the API describes it. Times are the server's RFC 3339 text, unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleV1 {
    /// The id, for access rules.
    pub id: RoleId,
    /// The name.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// Whether it is custom, and not predefined by the control plane.
    pub custom: Option<bool>,
    /// Whether it was enabled.
    pub enabled: Option<bool>,
    /// Whether it is in effect.
    pub effective_enabled: Option<bool>,
    /// The permissions.
    pub permissions: Vec<Permission>,
    /// The associated Kubernetes role.
    pub kubernetes_role: Option<String>,
    /// The creator.
    pub created_by: Option<String>,
    /// When it was created.
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

impl From<&RoleV1> for RoleId {
    fn from(role: &RoleV1) -> Self {
        role.id.clone()
    }
}

impl<'a> Roles<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns all roles, with version 2 of the API if there is one, and with version 1 otherwise.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API returns an error, and as [`Client::execute_json`](crate::Client::execute_json).
    pub async fn list(&self) -> Result<Vec<Role>> {
        let admin = self.admin.clone();
        let all = pages(
            MAX_PAGE,
            Role::read,
            |role: &Role| role.id.to_string(),
            move |start| {
                let admin = admin.clone();
                async move { Roles::new(&admin).page(start.offset).await }
            },
        );
        match all.all().await {
            // A first answer in the API's own words stands if there is no other version either.
            Err(error) if is_absent(&error) => match self.list_details().await {
                Err(second) if is_missing(&second) && !is_missing(&error) => Err(error),
                details => Ok(details?.into_iter().map(Role::from).collect()),
            },
            outcome => outcome,
        }
    }

    /// Returns the role with exactly this name, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there are several, listing their ids; else as [`Roles::list`].
    pub async fn find(&self, name: &str) -> Result<Option<Role>> {
        one(self.list().await?, name)
    }

    /// Returns the role with this name.
    ///
    /// # Errors
    /// As [`Roles::find`], and [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there is none, listing some of the available ones.
    pub async fn by_name(&self, name: &str) -> Result<Role> {
        let all = self.list().await?;
        let none = none(&all, name);
        one(all, name)?.ok_or(none)
    }

    /// Returns the role with this name, or the one with this id if none has the name.
    pub(super) async fn by_name_or_id(&self, text: &str) -> Result<Role> {
        let all = self.list().await?;
        let none = none(&all, text);
        let identified = all.iter().find(|role| role.id.as_str() == text).cloned();
        one(all, text)?.or(identified).ok_or(none)
    }

    /// Returns all roles with their permissions: version 1 of the API, deprecated in 2.24 and removed in 3.0.
    ///
    /// # Errors
    /// As [`Roles::list`].
    pub async fn list_details(&self) -> Result<Vec<RoleV1>> {
        let all = self.admin.list(wire::get_roles_v1()).await?.items;
        Ok(all.into_iter().map(RoleV1::read).collect())
    }

    /// Returns one role with its permissions: version 1 of the API, deprecated in 2.24 and removed in 3.0.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get_details(&self, id: impl Into<RoleId>) -> Result<RoleV1> {
        let request = wire::get_role_v1(id.into().as_str());
        let one = self.admin.read(request).await?;
        identified(RoleV1::read(one), |one| !one.id.as_str().is_empty())
    }

    async fn page(&self, offset: u64) -> Result<List<wire::RoleV2>> {
        let query = wire::GetRolesV2Query {
            offset: Some(offset),
            limit: Some(MAX_PAGE.into()),
        };
        self.admin.list(wire::get_roles_v2(&query)).await
    }
}

impl Role {
    /// Absent or unreadable members are empty.
    fn read(wire: wire::RoleV2) -> Self {
        Self {
            id: RoleId::from(wire.id.unwrap_or_default()),
            name: wire.name.unwrap_or_default(),
        }
    }
}

impl From<RoleV1> for Role {
    fn from(role: RoleV1) -> Self {
        Self {
            id: role.id,
            name: role.name,
        }
    }
}

impl RoleV1 {
    fn read(wire: wire::RoleV1) -> Self {
        let permissions = wire.permissions.unwrap_or_default();
        Self {
            id: RoleId::from(wire.id.unwrap_or_default()),
            name: wire.name.unwrap_or_default(),
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
        }
    }
}

fn none(all: &[Role], name: &str) -> Error {
    let available = available(all.iter().map(|role| role.name.as_str()));
    named(Error::config(format!(
        "no role \"{}\" on this control plane; {available}",
        display_text(name)
    )))
}

fn one(all: Vec<Role>, name: &str) -> Result<Option<Role>> {
    let same = all.into_iter();
    let same = same.filter(|role| !role.name.is_empty() && role.name == name);
    let same: Vec<_> = same.collect();
    let subject = format!("role names {} roles of this control plane", same.len());
    let advice = "give the id of one of them instead";
    only(same, &subject, advice, |role| role.id.to_string())
}
