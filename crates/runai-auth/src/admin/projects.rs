//! Projects, which workloads belong to, with a quota for each node pool.

mod find;
mod update;

pub use update::ProjectUpdate;

use auth_core::Result;

use super::Admin;
use super::call::{counted, identified};
use super::deletion::Deletion;
use super::generated::projects as wire;
use super::lookup::Named;
use super::made::{LOOK_FIRST, Making};
use super::model::ProjectPhase;
use super::paging::page;
use super::query::{Listing, Query};
use super::quota::Quota;
use super::unit::{NodeTypes, SchedulingRules, UnitSettings, check_project_name, unit_setters};

/// The calls about projects.
#[derive(Debug, Clone, Copy)]
pub struct Projects<'a> {
    admin: &'a Admin,
}

/// A project. Times are the server's RFC 3339 text, unchanged.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Project {
    /// The id, for further calls and access rules; empty in a list if the server omits it.
    pub id: String,
    /// The name, unique in the cluster.
    pub name: String,
    /// The cluster's id.
    pub cluster_id: String,
    /// The id of the department that it belongs to.
    pub department_id: String,
    /// The department's name.
    pub department_name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The Kubernetes namespace.
    pub namespace: Option<String>,
    /// The Kubernetes namespace that was requested.
    pub requested_namespace: Option<String>,
    /// The phase.
    pub phase: Option<ProjectPhase>,
    /// An explanation of the phase.
    pub phase_message: Option<String>,
    /// The quotas, one for each node pool.
    pub quotas: Vec<Quota>,
    /// The sum of the guaranteed GPUs.
    pub total_gpus: Option<f64>,
    /// Whether workloads must use Run:ai's scheduler.
    pub enforce_scheduler: Option<bool>,
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

/// A project to create.
///
/// # Examples
/// ```no_run
/// use runai_auth::admin::{Admin, NewProject, Quota};
///
/// # async fn example(admin: &Admin) -> runai_auth::auth_core::Result<()> {
/// let project = NewProject::new("team-a", "west")
///     .department("research")
///     .quota(Quota::in_node_pool("a100").gpus(2.0));
/// let project = admin.projects().resolve(project).await?;
/// let project = admin.projects().ensure(&project).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct NewProject {
    pub(super) name: String,
    pub(super) cluster: String,
    pub(super) department: Option<String>,
    namespace: Option<String>,
    enforce_scheduler: Option<bool>,
    pub(super) settings: UnitSettings,
}

impl NewProject {
    /// Creates it from its name and the id of its cluster; where names are resolved, the cluster's name will do.
    pub fn new(name: impl Into<String>, cluster_id: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            cluster: cluster_id.into(),
            department: None,
            namespace: None,
            enforce_scheduler: None,
            settings: UnitSettings::default(),
        }
    }

    /// Sets the department, by its id; by its name as well where names are resolved.
    pub fn department(mut self, department_id: impl Into<String>) -> Self {
        self.department = Some(department_id.into());
        self
    }

    /// Sets the Kubernetes namespace; the control plane chooses one by default.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Sets whether workloads must use Run:ai's scheduler.
    pub fn enforce_scheduler(mut self, enforce_scheduler: bool) -> Self {
        self.enforce_scheduler = Some(enforce_scheduler);
        self
    }
}

unit_setters!(NewProject);

impl<'a> Projects<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns a query of projects.
    ///
    /// Fields to filter and to sort by: `name`, `clusterId`, `departmentId`, `parentId`, `parentName`, `phase`, `totalGpuQuota`,
    /// `gpuAllocated`, `createdAt`, and averages such as `avgGpuUtilization24h`.
    pub fn list(&self) -> Query<Project> {
        Query::new(self.admin, &LISTING)
    }

    /// Creates a project, with ids: [`Projects::resolve`] replaces names.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for an empty name or cluster, a limit below a second, or two quotas for
    /// one node pool; [`Error::is_conflict`](auth_core::Error::is_conflict) if the name is
    /// taken; [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if the response names no id. Never retryable:
    /// [`Error::side_effect`](auth_core::Error::side_effect) tells what exists despite the failure.
    pub async fn create(&self, project: &NewProject) -> Result<Project> {
        let NewProject {
            name,
            cluster,
            settings,
            ..
        } = project;
        check_project_name(name)?;
        settings.check("project", name, cluster)?;
        let body = wire::ProjectCreationRequest {
            cluster_id: cluster.clone(),
            name: name.clone(),
            parent_id: project.department.clone(),
            requested_namespace: project.namespace.clone(),
            enforce_runai_scheduler: project.enforce_scheduler,
            description: settings.description.clone(),
            default_node_pools: settings.default_node_pools.clone(),
            node_types: settings.types(),
            resources: settings.resources(),
            scheduling_rules: settings.rules()?,
        };
        let making = Making {
            kind: "project",
            name,
            advice: LOOK_FIRST,
        };
        let request = wire::create_project(&body);
        let made = self.admin.make(request, making).await?;
        let found = || self.find(name, Some(cluster));
        let mut made = made.into_identified(found, Project::read).await?;
        if made.department_id.is_empty() {
            made.department_id = project.department.clone().unwrap_or_default();
        }
        Ok(Project {
            name: name.clone(),
            cluster_id: cluster.clone(),
            ..made
        })
    }

    /// Returns one project.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<Project> {
        let one = self.admin.read(wire::get_project(id)).await?;
        identified(Project::read(one), |one| !one.id.is_empty())
    }

    /// Deletes a project, or has it deleted: with [`Deletion::Accepted`], [`Projects::get`] returns it until that is done.
    ///
    /// # Errors
    /// As [`Projects::get`].
    pub async fn delete(&self, id: &str) -> Result<Deletion> {
        self.admin.delete(wire::delete_project(id)).await
    }
}

impl Query<Project> {
    /// Filters by text that the project contains.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.selection.search(text.into());
        self
    }
}

impl Project {
    /// Absent or unreadable members are empty.
    fn read(wire: wire::Project) -> Self {
        let status = wire.status.unwrap_or_default();
        let parent = wire.parent.unwrap_or_default();
        Self {
            id: wire.id.unwrap_or_default(),
            name: wire.name.unwrap_or_default(),
            cluster_id: wire.cluster_id.unwrap_or_default(),
            department_id: wire.parent_id.or(parent.id).unwrap_or_default(),
            department_name: parent.name,
            description: wire.description,
            namespace: status.namespace,
            requested_namespace: wire.requested_namespace,
            phase: status.phase.map(|phase| ProjectPhase::from(phase.as_str())),
            phase_message: status.phase_message,
            quotas: Quota::read_all(wire.resources),
            total_gpus: wire.total_resources.and_then(|total| total.gpu_quota),
            enforce_scheduler: wire.enforce_runai_scheduler,
            scheduling_rules: wire.scheduling_rules.map(SchedulingRules::read),
            default_node_pools: wire.default_node_pools,
            node_types: wire.node_types.map(NodeTypes::read),
            created_by: wire.created_by,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
        }
    }
}

impl Named for Project {
    const NOUN: &'static str = "project";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn cluster(&self) -> Option<&str> {
        Some(&self.cluster_id)
    }

    fn is_leaving(&self) -> bool {
        let phase = self.phase.as_ref();
        phase.is_some_and(|phase| matches!(phase, ProjectPhase::Deleting | ProjectPhase::Deleted))
    }
}

static LISTING: Listing<Project> = Listing {
    page: |admin, span| {
        Box::pin(async move {
            let query = wire::GetProjectsQuery {
                filter_by: span.filter_by,
                search: span.selection.text(),
                sort_by: span.selection.sort_by(),
                sort_order: span.selection.sort_order(),
                offset: span.offset,
                limit: span.limit,
            };
            let list = admin.list(wire::get_projects(&query)).await?;
            Ok(page(list, Project::read))
        })
    },
    count: |admin, span| {
        Box::pin(async move {
            let query = wire::CountProjectsQuery {
                filter_by: span.filter_by,
                search: span.selection.text(),
            };
            counted(admin.read(wire::count_projects(&query)).await?.count)
        })
    },
    key: |project| project.id.clone(),
};
