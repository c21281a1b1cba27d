//! Finds projects by name, and creates what is missing.

use auth_core::Result;

use super::{NewProject, Project, Projects};
use crate::admin::ensure::{Ensured, ensure};
use crate::admin::unit::check_project_name;
use crate::admin::{lookup, resolve};

impl Projects<'_> {
    /// Returns the project with exactly this name in a cluster, or in any cluster without one, if there is one.
    ///
    /// One that is being deleted does not count.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there are several, listing their ids and clusters; else as
    /// [`Query::page`](crate::admin::Query::page).
    pub async fn find(&self, name: &str, cluster_id: Option<&str>) -> Result<Option<Project>> {
        lookup::find(self.list(), name, cluster_id).await
    }

    /// Returns the project with this name, or the one with this id if none has the name.
    ///
    /// # Errors
    /// As [`Projects::find`], and [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there is none, listing the available names.
    pub async fn by_name_or_id(
        &self,
        name_or_id: &str,
        cluster_id: Option<&str>,
    ) -> Result<Project> {
        lookup::find_or_id(self.list(), name_or_id, cluster_id).await
    }

    /// Returns the project with this name in its cluster, or creates it; a second call finds the one that the first one created.
    ///
    /// An existing one is not changed, not even if its quota or department differ.
    /// At most one create is sent. If the API says that the name is taken, the list is searched again.
    ///
    /// # Errors
    /// As [`Projects::find`] and [`Projects::create`]: if the response to the create was lost,
    /// [`Error::side_effect`](auth_core::Error::side_effect) tells what may exist. [`Error::is_conflict`](auth_core::Error::is_conflict) as long as
    /// a project of that name is being deleted.
    pub async fn ensure(&self, project: &NewProject) -> Result<Ensured<Project>> {
        let NewProject {
            name,
            cluster,
            settings,
            ..
        } = project;
        settings.check("project", name, cluster)?;
        let find = || self.find(name, Some(cluster));
        ensure(find(), self.create(project), find()).await
    }

    /// Replaces the names of the cluster, the department and the node pools with their ids, which [`Projects::create`] sends.
    ///
    /// A node pool must be an id if the control plane does not list node pools: those before 2.24.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a name that no project can have, a name or id that nothing has, a name that several have,
    /// listing the candidates, or two quotas for one node pool.
    pub async fn resolve(&self, project: NewProject) -> Result<NewProject> {
        check_project_name(&project.name)?;
        let cluster = resolve::cluster(self.admin, &project.cluster).await?;
        let department = match &project.department {
            Some(department) => {
                let departments = self.admin.departments();
                let found = departments.by_name_or_id(department, Some(&cluster));
                Some(found.await?.id)
            }
            None => None,
        };
        let settings = resolve::node_pools(self.admin, project.settings, &cluster).await?;
        Ok(NewProject {
            cluster,
            department,
            settings,
            ..project
        })
    }
}
