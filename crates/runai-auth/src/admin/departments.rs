//! Departments, which projects belong to, and whose quota limits theirs.

mod find;

use auth_core::Result;

use super::Admin;
use super::call::{counted, identified};
use super::deletion::Deletion;
use super::generated::departments as wire;
use super::lookup::Named;
use super::made::{LOOK_FIRST, Making};
use super::paging::page;
use super::query::{Listing, Query};
use super::quota::Quota;
use super::unit::{NodeTypes, SchedulingRules, UnitSettings, unit_setters};

/// The calls about departments.
#[derive(Debug, Clone, Copy)]
pub struct Departments<'a> {
    admin: &'a Admin,
}

/// A department. Times are the server's RFC 3339 text, unchanged.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Department {
    /// The id, for further calls, projects and access rules; empty in a list if the server omits it.
    pub id: String,
    /// The name, unique in the cluster.
    pub name: String,
    /// The cluster's id.
    pub cluster_id: String,
    /// The description.
    pub description: Option<String>,
    /// The quotas, one for each node pool.
    pub quotas: Vec<Quota>,
    /// The sum of the guaranteed GPUs.
    pub total_gpus: Option<f64>,
    /// Limits on the workloads.
    pub scheduling_rules: Option<SchedulingRules>,
    /// The names of the node pools that workloads use unless they name others.
    pub default_node_pools: Option<Vec<String>>,
    /// The node types that workloads may use.
    pub node_types: Option<NodeTypes>,
    /// The creator.
    pub created_by: Option<String>,
    /// When it was created.
    pub created_at: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
}

/// A department to create.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct NewDepartment {
    pub(super) name: String,
    pub(super) cluster: String,
    pub(super) settings: UnitSettings,
}

impl NewDepartment {
    /// Creates it from its name and the id of its cluster; where names are resolved, the cluster's name will do.
    pub fn new(name: impl Into<String>, cluster_id: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            cluster: cluster_id.into(),
            settings: UnitSettings::default(),
        }
    }
}

unit_setters!(NewDepartment);

impl<'a> Departments<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns a query of departments.
    ///
    /// Fields to filter and to sort by: `name`, `clusterId`, `totalGpuQuota`, `gpuAllocated`, `createdAt`, and averages such as
    /// `avgGpuUtilization24h`.
    pub fn list(&self) -> Query<Department> {
        Query::new(self.admin, &LISTING)
    }

    /// Creates a department, with ids: [`Departments::resolve`] replaces names.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for an empty name or cluster, a limit below a second, or two quotas for
    /// one node pool; [`Error::is_conflict`](auth_core::Error::is_conflict) if the name is
    /// taken; [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if the response names no id. Never retryable:
    /// [`Error::side_effect`](auth_core::Error::side_effect) tells what exists despite the failure.
    pub async fn create(&self, department: &NewDepartment) -> Result<Department> {
        let NewDepartment {
            name,
            cluster,
            settings,
        } = department;
        settings.check("department", name, cluster)?;
        let body = wire::DepartmentCreationRequest {
            cluster_id: cluster.clone(),
            name: name.clone(),
            description: settings.description.clone(),
            default_node_pools: settings.default_node_pools.clone(),
            node_types: settings.types(),
            resources: settings.resources(),
            scheduling_rules: settings.rules()?,
        };
        let making = Making {
            kind: "department",
            name,
            advice: LOOK_FIRST,
        };
        let request = wire::create_department(&body);
        let made = self.admin.make(request, making).await?;
        let found = || self.find(name, Some(cluster));
        let made = made.into_identified(found, Department::read).await?;
        Ok(Department {
            name: name.clone(),
            cluster_id: cluster.clone(),
            ..made
        })
    }

    /// Returns one department.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<Department> {
        let one = self.admin.read(wire::get_department(id)).await?;
        identified(Department::read(one), |one| !one.id.is_empty())
    }

    /// Deletes a department.
    ///
    /// # Errors
    /// As [`Departments::get`]; and status 400 if it still has projects.
    pub async fn delete(&self, id: &str) -> Result<Deletion> {
        self.admin.delete(wire::delete_department(id)).await
    }
}

impl Department {
    /// Absent or unreadable members are empty.
    fn read(wire: wire::Department) -> Self {
        Self {
            id: wire.id.unwrap_or_default(),
            name: wire.name.unwrap_or_default(),
            cluster_id: wire.cluster_id.unwrap_or_default(),
            description: wire.description,
            quotas: Quota::read_all(wire.resources),
            total_gpus: wire.total_resources.and_then(|total| total.gpu_quota),
            scheduling_rules: wire.scheduling_rules.map(SchedulingRules::read),
            default_node_pools: wire.default_node_pools,
            node_types: wire.node_types.map(NodeTypes::read),
            created_by: wire.created_by,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
        }
    }
}

impl Named for Department {
    const NOUN: &'static str = "department";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn cluster(&self) -> Option<&str> {
        Some(&self.cluster_id)
    }
}

static LISTING: Listing<Department> = Listing {
    page: |admin, span| {
        Box::pin(async move {
            let query = wire::GetDepartmentsQuery {
                filter_by: span.filter_by,
                sort_by: span.selection.sort_by(),
                sort_order: span.selection.sort_order(),
                offset: span.offset,
                limit: span.limit,
                ..wire::GetDepartmentsQuery::default()
            };
            let list = admin.list(wire::get_departments(&query)).await?;
            Ok(page(list, Department::read))
        })
    },
    count: |admin, span| {
        Box::pin(async move {
            let query = wire::CountDepartmentsQuery {
                filter_by: span.filter_by,
            };
            counted(admin.read(wire::count_departments(&query)).await?.count)
        })
    },
    key: |department| department.id.clone(),
};
