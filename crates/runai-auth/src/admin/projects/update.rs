//! Changes of projects: all settings at once, or the quotas of some node pools.

use auth_core::Result;

use super::{Project, Projects};
use crate::admin::call::identified;
use crate::admin::generated::projects as wire;
use crate::admin::quota::{Quota, check_node_pools};
use crate::admin::unit::{NodeTypes, SchedulingRules, UnitSettings, unit_setters};

/// The new settings of a project, which replace all old ones.
///
/// Made from a [`Project`], it has the project's own settings, so that only what is set afterwards changes.
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub struct ProjectUpdate {
    settings: UnitSettings,
    enforce_scheduler: Option<bool>,
}

impl ProjectUpdate {
    /// Creates one without any settings and quotas.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the quotas of all node pools.
    pub fn quotas(mut self, quotas: impl IntoIterator<Item = Quota>) -> Self {
        self.settings.quotas = quotas.into_iter().collect();
        self
    }

    /// Sets whether workloads must use Run:ai's scheduler.
    pub fn enforce_scheduler(mut self, enforce_scheduler: bool) -> Self {
        self.enforce_scheduler = Some(enforce_scheduler);
        self
    }
}

unit_setters!(ProjectUpdate);

impl From<&Project> for ProjectUpdate {
    fn from(project: &Project) -> Self {
        Self {
            settings: UnitSettings {
                description: project.description.clone(),
                scheduling_rules: project.scheduling_rules.clone(),
                default_node_pools: project.default_node_pools.clone(),
                node_types: project.node_types.clone(),
                quotas: project.quotas.clone(),
            },
            enforce_scheduler: project.enforce_scheduler,
        }
    }
}

impl Projects<'_> {
    /// Replaces the settings and the quotas of a project, and returns it as it is then.
    ///
    /// # Errors
    /// As [`Projects::get`]; and status 400 for settings that the API rejects, or [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a limit below a second
    /// or two quotas for one node pool.
    ///
    /// # Examples
    /// ```no_run
    /// use runai_auth::admin::{Admin, ProjectUpdate};
    ///
    /// # async fn example(admin: &Admin) -> runai_auth::auth_core::Result<()> {
    /// let project = admin.projects().by_name_or_id("team-a", None).await?;
    /// let update = ProjectUpdate::from(&project).description("the search team");
    /// admin.projects().update(&project.id, &update).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn update(&self, id: &str, update: &ProjectUpdate) -> Result<Project> {
        let settings = &update.settings;
        check_node_pools(&settings.quotas)?;
        let body = wire::ProjectUpdateRequest {
            enforce_runai_scheduler: update.enforce_scheduler,
            description: settings.description.clone(),
            default_node_pools: settings.default_node_pools.clone(),
            node_types: settings.types(),
            resources: settings.resources(),
            scheduling_rules: settings.rules()?,
        };
        let one = self.admin.read(wire::update_project(id, &body)).await?;
        identified(Project::read(one), |one| !one.id.is_empty())
    }

    /// Changes the quotas of some node pools, and returns those of all.
    ///
    /// # Errors
    /// As [`Projects::update`].
    pub async fn set_quotas(&self, id: &str, quotas: &[Quota]) -> Result<Vec<Quota>> {
        check_node_pools(quotas)?;
        let body: Vec<_> = quotas.iter().map(Quota::write).collect();
        let request = wire::patch_project_resources(id, &body);
        let all = self.admin.list(request).await?.items;
        Ok(all.into_iter().map(Quota::read).collect())
    }
}
