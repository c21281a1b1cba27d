//! Finds departments by name, and creates what is missing.

use auth_core::Result;

use super::{Department, Departments, NewDepartment};
use crate::admin::ensure::{Ensured, ensure};
use crate::admin::unit::check_department_name;
use crate::admin::{lookup, resolve};

impl Departments<'_> {
    /// Returns the department with exactly this name in a cluster, or in any cluster without one, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there are several, listing their ids and clusters; else as
    /// [`Query::page`](crate::admin::Query::page).
    pub async fn find(&self, name: &str, cluster_id: Option<&str>) -> Result<Option<Department>> {
        lookup::find(self.list(), name, cluster_id).await
    }

    /// Returns the department with this name, or the one with this id if none has the name.
    ///
    /// # Errors
    /// As [`Departments::find`], and [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there is none, listing the available names.
    pub async fn by_name_or_id(
        &self,
        name_or_id: &str,
        cluster_id: Option<&str>,
    ) -> Result<Department> {
        lookup::find_or_id(self.list(), name_or_id, cluster_id).await
    }

    /// Returns the department with this name in its cluster, or creates it; a second call finds the one that the first one created.
    ///
    /// An existing one is not changed. At most one create is sent. If the API says that the name is taken, the list is searched again.
    ///
    /// # Errors
    /// As [`Departments::find`] and [`Departments::create`]: if the response to the create was lost,
    /// [`Error::side_effect`](auth_core::Error::side_effect) tells what may exist.
    pub async fn ensure(&self, department: &NewDepartment) -> Result<Ensured<Department>> {
        let NewDepartment {
            name,
            cluster,
            settings,
            ..
        } = department;
        settings.check("department", name, cluster)?;
        let find = || self.find(name, Some(cluster));
        ensure(find(), self.create(department), find()).await
    }

    /// Replaces the names of the cluster and of the node pools with their ids, which [`Departments::create`] sends.
    ///
    /// A node pool must be an id if the control plane does not list node pools: those before 2.24.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a name or id that nothing has, a name that several have, listing the candidates,
    /// or two quotas for one node pool.
    pub async fn resolve(&self, department: NewDepartment) -> Result<NewDepartment> {
        check_department_name(&department.name)?;
        let cluster = resolve::cluster(self.admin, &department.cluster).await?;
        let settings = resolve::node_pools(self.admin, department.settings, &cluster).await?;
        Ok(NewDepartment {
            cluster,
            settings,
            ..department
        })
    }
}
