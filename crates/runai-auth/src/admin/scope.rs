//! Scopes of access rules by the names of clusters, departments and projects.

use auth_core::{Error, Result};

use super::call::named;
use super::model::{AccessScope, ScopeType};
use super::{Admin, resolve};

/// The name of a cluster, department or project, or its id.
///
/// The names of departments and projects are unique only within their cluster.
///
/// # Examples
/// ```no_run
/// use runai_auth::admin::{AccessScope, Admin, ScopeName};
///
/// # async fn example(admin: &Admin) -> runai_auth::auth_core::Result<()> {
/// let name = ScopeName::project("team-a").in_cluster("west");
/// let scope = AccessScope::named(admin, &name).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct ScopeName {
    pub(super) scope_type: ScopeType,
    name_or_id: String,
    cluster: Option<String>,
}

impl ScopeName {
    /// Names a scope of some type.
    pub fn new(scope_type: ScopeType, name_or_id: impl Into<String>) -> Self {
        Self {
            scope_type,
            name_or_id: name_or_id.into(),
            cluster: None,
        }
    }

    /// Names a cluster.
    pub fn cluster(name_or_id: impl Into<String>) -> Self {
        Self::new(ScopeType::Cluster, name_or_id)
    }

    /// Names a department.
    pub fn department(name_or_id: impl Into<String>) -> Self {
        Self::new(ScopeType::Department, name_or_id)
    }

    /// Names a project.
    pub fn project(name_or_id: impl Into<String>) -> Self {
        Self::new(ScopeType::Project, name_or_id)
    }

    /// Sets the cluster of the department or project, by its name or id.
    ///
    /// Without it, a name that several clusters have is an error that lists them.
    pub fn in_cluster(mut self, name_or_id: impl Into<String>) -> Self {
        self.cluster = Some(name_or_id.into());
        self
    }

    /// Returns true if this is the name of something in the cluster with this id.
    pub(super) async fn means(&self, admin: &Admin, name: &str, cluster_id: &str) -> Result<bool> {
        if self.name_or_id != name {
            return Ok(false);
        }
        let cluster = self.cluster_id(admin).await?;
        Ok(cluster.is_none_or(|cluster| cluster == cluster_id))
    }

    async fn cluster_id(&self, admin: &Admin) -> Result<Option<String>> {
        match &self.cluster {
            Some(cluster) => resolve::cluster(admin, cluster).await.map(Some),
            None => Ok(None),
        }
    }
}

impl AccessScope {
    /// Looks up a cluster by name, or by id if none has the name.
    ///
    /// # Errors
    /// As [`AccessScope::named`].
    pub async fn cluster_named(admin: &Admin, name_or_id: &str) -> Result<Self> {
        Self::named(admin, &ScopeName::cluster(name_or_id)).await
    }

    /// Looks up a department of any cluster by name, or by id if none has the name.
    ///
    /// # Errors
    /// As [`AccessScope::named`].
    pub async fn department_named(admin: &Admin, name_or_id: &str) -> Result<Self> {
        Self::named(admin, &ScopeName::department(name_or_id)).await
    }

    /// Looks up a project of any cluster by name, or by id if none has the name.
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
        Self::named(admin, &ScopeName::project(name_or_id)).await
    }

    /// Looks up a cluster, department or project by name, or by id if none has the name.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if nothing has the name or id, listing the available names, if several have the name,
    /// listing their ids and clusters, for another type of scope, or for a cluster within a cluster; else as
    /// [`Query::page`](super::Query::page).
    pub async fn named(admin: &Admin, name: &ScopeName) -> Result<Self> {
        let (scope_type, text) = (&name.scope_type, name.name_or_id.as_str());
        let id = match scope_type {
            ScopeType::Cluster if name.cluster.is_some() => {
                return Err(named(Error::config(
                    "a scope of type cluster takes no cluster: remove it",
                )));
            }
            ScopeType::Cluster => admin.clusters().by_name_or_id(text).await?.id,
            ScopeType::Department => {
                let cluster = name.cluster_id(admin).await?;
                let departments = admin.departments();
                departments
                    .by_name_or_id(text, cluster.as_deref())
                    .await?
                    .id
            }
            ScopeType::Project => {
                let cluster = name.cluster_id(admin).await?;
                let projects = admin.projects();
                projects.by_name_or_id(text, cluster.as_deref()).await?.id
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
