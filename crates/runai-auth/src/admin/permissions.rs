//! Permissions: the available ones, and the scopes in which the caller has them.

use auth_core::Result;

use super::Admin;
use super::generated::permissions as wire;
use super::model::Action;

/// The calls about permissions.
#[derive(Debug, Clone, Copy)]
pub struct Permissions<'a> {
    admin: &'a Admin,
}

/// The permissions for one resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Permission {
    /// The resource type, such as `project`; each release adds more.
    pub resource_type: String,
    /// The noun for it.
    pub display_name: Option<String>,
    /// The group of resource types, such as `organization`.
    pub group_id: Option<String>,
    /// The available actions.
    pub actions: Vec<Action>,
}

/// The scopes in which the caller has a permission.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PermittedScopes {
    /// Everywhere.
    pub system: bool,
    /// In these tenants.
    pub tenants: Vec<String>,
    /// In these clusters.
    pub clusters: Vec<String>,
    /// In these departments.
    pub departments: Vec<String>,
    /// In these projects.
    pub projects: Vec<String>,
}

/// The caller's permissions for a resource type, by action.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PermittedActions {
    /// The scopes in which the caller may create one.
    pub create: PermittedScopes,
    /// The scopes in which the caller may read one.
    pub read: PermittedScopes,
    /// The scopes in which the caller may update one.
    pub update: PermittedScopes,
    /// The scopes in which the caller may delete one.
    pub delete: PermittedScopes,
}

impl<'a> Permissions<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns the available permissions.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API returns an error, and as [`Client::execute_json`](crate::Client::execute_json).
    pub async fn list(&self) -> Result<Vec<Permission>> {
        let all = self.admin.list(wire::get_permissions()).await?.items;
        Ok(all.into_iter().map(Permission::read).collect())
    }

    /// Returns the caller's permissions for a resource type, such as `project`, for one action or all.
    ///
    /// # Errors
    /// As [`Permissions::list`].
    pub async fn permitted_scopes(
        &self,
        resource_type: &str,
        action: Option<&Action>,
    ) -> Result<PermittedActions> {
        let body = wire::GetPermittedScopesRequest {
            action: action.map(|action| action.as_str().to_owned().into()),
            resource_type: resource_type.to_owned().into(),
        };
        let answer = self.admin.read(wire::get_permitted_scopes(&body)).await?;
        Ok(PermittedActions {
            create: PermittedScopes::read(answer.create),
            read: PermittedScopes::read(answer.read),
            update: PermittedScopes::read(answer.update),
            delete: PermittedScopes::read(answer.delete),
        })
    }
}

impl Permission {
    pub(super) fn read(wire: wire::Permission) -> Self {
        let actions = wire.actions.unwrap_or_default();
        Self {
            resource_type: wire
                .resource_type
                .map_or_else(String::new, |kind| kind.as_str().to_owned()),
            display_name: wire.display_name,
            group_id: wire.group_id.map(|group| group.as_str().to_owned()),
            actions: actions
                .iter()
                .map(|action| Action::from(action.as_str()))
                .collect(),
        }
    }
}

impl PermittedScopes {
    /// Absent actions are not permitted anywhere.
    fn read(wire: Option<wire::PermittedScopes>) -> Self {
        let Some(wire) = wire else {
            return Self::default();
        };
        // Older control planes know the one tenant alone.
        let tenants = wire.tenants.filter(|tenants| !tenants.is_empty());
        Self {
            system: wire.system.unwrap_or(false),
            tenants: tenants.unwrap_or_else(|| wire.tenant.into_iter().collect()),
            clusters: wire.clusters.unwrap_or_default(),
            departments: wire.departments.unwrap_or_default(),
            projects: wire.projects.unwrap_or_default(),
        }
    }
}
