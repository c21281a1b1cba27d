//! Scopes of access rules by the names of clusters, departments and projects.

use auth_core::{Error, Result};

use super::Admin;
use super::call::named;
use super::model::{AccessScope, ScopeType};

impl AccessScope {
    /// Looks up a cluster by name, or by id if none has the name.
    ///
    /// # Errors
    /// As [`AccessScope::named`].
    pub async fn cluster_named(admin: &Admin, name_or_id: &str) -> Result<Self> {
        Self::named(admin, &ScopeType::Cluster, name_or_id).await
    }

    /// Looks up a department by name, or by id if none has the name.
    ///
    /// # Errors
    /// As [`AccessScope::named`].
    pub async fn department_named(admin: &Admin, name_or_id: &str) -> Result<Self> {
        Self::named(admin, &ScopeType::Department, name_or_id).await
    }

    /// Looks up a project by name, or by id if none has the name.
    ///
    /// # Errors
    /// As [`AccessScope::named`].
    ///
    /// # Examples
    /// ```no_run
    /// use runai_auth::admin::{AccessScope, Admin, NewAccessRule, Subject};
    ///
    /// # async fn example(admin: &Admin) -> runai_auth::auth_core::Result<()> {
    /// let scope = AccessScope::project_named(admin, "team-a").await?;
    /// let role = admin.roles().by_name("Viewer").await?;
    /// let rule = NewAccessRule::new(Subject::user("a@example.com"), &role, scope);
    /// let rule = admin.access_rules().ensure(&rule).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn project_named(admin: &Admin, name_or_id: &str) -> Result<Self> {
        Self::named(admin, &ScopeType::Project, name_or_id).await
    }

    /// Looks up a cluster, department or project by name, or by id if none has the name.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if nothing has the name or id, listing the available names, if several have the name,
    /// listing their ids, or for another type of scope; else as [`Query::page`](super::Query::page).
    pub async fn named(admin: &Admin, scope_type: &ScopeType, name_or_id: &str) -> Result<Self> {
        let id = match scope_type {
            ScopeType::Cluster => admin.clusters().by_name_or_id(name_or_id).await?.id,
            ScopeType::Department => {
                let departments = admin.departments();
                departments.by_name_or_id(name_or_id, None).await?.id
            }
            ScopeType::Project => {
                let projects = admin.projects();
                projects.by_name_or_id(name_or_id, None).await?.id
            }
            other => {
                return Err(named(Error::config(format!(
                    "a scope of type {other} has no name: use its id"
                ))));
            }
        };
        Ok(Self::new(scope_type.clone(), id))
    }
}
