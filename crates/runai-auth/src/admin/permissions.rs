//! Permissions: what can be permitted, and where the caller has it.

use auth_core::Result;

use super::Admin;
use super::generated::permissions as wire;
use super::model::Action;

/// The calls about permissions.
#[derive(Debug, Clone, Copy)]
pub struct Permissions<'a> {
    admin: &'a Admin,
}

/// What can be done with one kind of resource.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Permission {
    /// The kind of resource, such as `project`; each release brings more of them.
    pub resource_type: String,
    /// What people call it.
    pub display_name: Option<String>,
    /// The group of kinds that it belongs to, such as `organization`.
    pub group_id: Option<String>,
    /// What can be done with it.
    pub actions: Vec<Action>,
}

/// Where the caller may do something with a kind of resource.
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

/// Where the caller may do what with a kind of resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PermittedActions {
    /// Where the caller may make one.
    pub create: PermittedScopes,
    /// Where the caller may look at one.
    pub read: PermittedScopes,
    /// Where the caller may change one.
    pub update: PermittedScopes,
    /// Where the caller may remove one.
    pub delete: PermittedScopes,
}

impl<'a> Permissions<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns what can be permitted.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API refuses, and as [`Client::execute_json`](crate::Client::execute_json).
    pub async fn list(&self) -> Result<Vec<Permission>> {
        let all = self.admin.list(wire::get_permissions()).await?.items;
        Ok(all.into_iter().map(Permission::read).collect())
    }

    /// Returns where the caller may do what with a kind of resource, such as `project`; for one action, or for all of them.
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
    /// What is absent is not permitted anywhere.
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
