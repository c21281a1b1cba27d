//! The arguments of `vauth runai` for clusters, departments, projects and node pools.

use clap::{Args, Subcommand};

use super::OneArguments;
use super::parsers::{Condition, condition};
use super::quota::QuotaArguments;
use crate::arguments::shared::name;
use crate::arguments::{ConfirmArguments, ListArguments};

#[derive(Debug, Subcommand)]
pub(crate) enum ClustersCommand {
    /// List clusters.
    List(ListArguments),
    /// Show one.
    #[command(alias = "show")]
    Get(OneArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum NodePoolsCommand {
    /// List node pools; 2.24 and newer.
    List(FilteredListArguments<PlaceFilterArguments>),
    /// Count node pools.
    Count(FilteredCountArguments<PlaceFilterArguments>),
    /// Show one.
    #[command(alias = "show")]
    Get(PlaceArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum DepartmentsCommand {
    /// List departments.
    List(FilteredListArguments<PlaceFilterArguments>),
    /// Count departments.
    Count(FilteredCountArguments<PlaceFilterArguments>),
    /// Show one with its quotas.
    #[command(alias = "show")]
    Get(PlaceArguments),
    /// Create one.
    Create(UnitArguments),
    /// Delete one that has no projects.
    Delete(PlaceDeleteArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectsCommand {
    /// List projects.
    List(FilteredListArguments<ProjectFilterArguments>),
    /// Count projects.
    Count(FilteredCountArguments<ProjectFilterArguments>),
    /// Show one with its quotas.
    #[command(alias = "show")]
    Get(PlaceArguments),
    /// Create one.
    Create(ProjectCreateArguments),
    /// Change the quotas of some node pools; all others stay as they are.
    SetQuota(SetQuotaArguments),
    /// Delete one; the control plane may complete that later.
    Delete(PlaceDeleteArguments),
}

/// Names a department, a project or a node pool.
#[derive(Debug, Args)]
pub(crate) struct PlaceName {
    /// Id or name.
    #[arg(value_parser = name)]
    pub(crate) id: String,
    /// Look only in the cluster with this id or name.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) cluster: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PlaceArguments {
    #[command(flatten)]
    pub(crate) place: PlaceName,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct PlaceDeleteArguments {
    #[command(flatten)]
    pub(crate) place: PlaceName,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

/// Filters of a list of departments, projects or node pools.
#[derive(Debug, Args)]
pub(crate) struct PlaceFilterArguments {
    /// List only those in the cluster with this id or name.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) cluster: Option<String>,
    /// Filter by a condition, such as 'name=^team-'; can be repeated.
    #[arg(long = "filter", value_name = "CONDITION", value_parser = condition)]
    pub(crate) filters: Vec<Condition>,
}

/// The order of a list.
#[derive(Debug, Args)]
pub(crate) struct SortArguments {
    /// Sort by a field, such as 'name', or 'username' for users.
    #[arg(long, value_name = "FIELD", value_parser = name)]
    pub(crate) sort: Option<String>,
    /// Sort in descending order.
    #[arg(long, requires = "sort")]
    pub(crate) descending: bool,
}

/// A list with these filters.
#[derive(Debug, Args)]
pub(crate) struct FilteredListArguments<F: Args> {
    #[command(flatten)]
    pub(crate) filter: F,
    #[command(flatten)]
    pub(crate) sort: SortArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

/// A count with these filters.
#[derive(Debug, Args)]
pub(crate) struct FilteredCountArguments<F: Args> {
    #[command(flatten)]
    pub(crate) filter: F,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

/// Filters that only projects have.
#[derive(Debug, Args)]
pub(crate) struct ProjectFilterArguments {
    #[command(flatten)]
    pub(crate) filter: PlaceFilterArguments,
    /// List only those in the department with this id or name.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) department: Option<String>,
    /// Filter by text that the project contains.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
}

/// A new department or project.
#[derive(Debug, Args)]
pub(crate) struct UnitArguments {
    /// Name: a-z, 0-9 and -, unique in the cluster.
    #[arg(value_parser = name)]
    pub(crate) name: String,
    /// Create it in the cluster with this id or name; the only one by default.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) cluster: Option<String>,
    /// Describe it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    #[command(flatten)]
    pub(crate) quota: QuotaArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

impl UnitArguments {
    /// Returns the cluster as the library takes it: empty for the only one.
    pub(crate) fn cluster_or_only(&self) -> &str {
        self.cluster.as_deref().unwrap_or_default()
    }
}

#[derive(Debug, Args)]
pub(crate) struct ProjectCreateArguments {
    #[command(flatten)]
    pub(crate) unit: UnitArguments,
    /// Create it in the department with this id or name; the cluster's default one if not given.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) department: Option<String>,
    /// Request this Kubernetes namespace.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) namespace: Option<String>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("amounts").required(true).multiple(true).args(["gpus", "quotas"]))]
pub(crate) struct SetQuotaArguments {
    #[command(flatten)]
    pub(crate) place: PlaceName,
    #[command(flatten)]
    pub(crate) quota: QuotaArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}
