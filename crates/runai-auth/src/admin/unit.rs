//! The settings that departments and projects share: description, quotas, scheduling rules, node pools and node types.

use std::time::Duration;

use auth_core::{Error, Result, display_text};
use serde_json::Value;

use super::call::named;
use super::generated::shared as wire;
use super::quota::{Quota, check_node_pools};

/// Limits on the workloads of a department or a project, in whole seconds; `None` sets no limit, and less than a second is an error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SchedulingRules {
    /// How long interactive workloads may run.
    pub interactive_time_limit: Option<Duration>,
    /// How long interactive workloads may be idle.
    pub interactive_max_idle: Option<Duration>,
    /// How long preemptible interactive workloads may be idle.
    pub interactive_preemptible_max_idle: Option<Duration>,
    /// How long training workloads may be idle.
    pub training_max_idle: Option<Duration>,
    /// How long training workloads may run.
    pub training_time_limit: Option<Duration>,
}

/// The node types that workloads of each kind may use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct NodeTypes {
    /// Of training workloads.
    pub training: Vec<String>,
    /// Of workspaces.
    pub workspace: Vec<String>,
    /// Returned to the API as it came.
    names: Option<Value>,
}

/// The settings of a department or a project that is created or changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct UnitSettings {
    pub(super) description: Option<String>,
    pub(super) scheduling_rules: Option<SchedulingRules>,
    pub(super) default_node_pools: Option<Vec<String>>,
    pub(super) node_types: Option<NodeTypes>,
    pub(super) quotas: Vec<Quota>,
}

/// Defines the setters of a type with the field `settings`.
macro_rules! unit_setters {
    ($type:ident) => {
        impl $type {
            /// Sets the description.
            pub fn description(mut self, description: impl Into<String>) -> Self {
                self.settings.description = Some(description.into());
                self
            }

            /// Adds the quota of one more node pool.
            pub fn quota(mut self, quota: Quota) -> Self {
                self.settings.quotas.push(quota);
                self
            }

            /// Sets limits on its workloads.
            pub fn scheduling_rules(mut self, rules: SchedulingRules) -> Self {
                self.settings.scheduling_rules = Some(rules);
                self
            }

            /// Sets the names of the node pools that its workloads use unless they name others, in the order of preference.
            pub fn default_node_pools<S: Into<String>>(
                mut self,
                names: impl IntoIterator<Item = S>,
            ) -> Self {
                let names = names.into_iter().map(Into::into);
                self.settings.default_node_pools = Some(names.collect());
                self
            }

            /// Sets the node types that its workloads may use.
            pub fn node_types(mut self, node_types: NodeTypes) -> Self {
                self.settings.node_types = Some(node_types);
                self
            }
        }
    };
}

pub(super) use unit_setters;

impl UnitSettings {
    /// Checks what a new department or project must have.
    pub(super) fn check(&self, noun: &str, name: &str, cluster: &str) -> Result<()> {
        check_text(noun, "name", name)?;
        check_text(noun, "cluster", cluster)?;
        check_node_pools(&self.quotas)
    }

    pub(super) fn resources(&self) -> Vec<wire::ResourcesNullable> {
        self.quotas.iter().map(Quota::write).collect()
    }

    pub(super) fn rules(&self) -> Result<Option<wire::SchedulingRules>> {
        let rules = self.scheduling_rules.as_ref();
        rules.map(SchedulingRules::write).transpose()
    }

    pub(super) fn types(&self) -> Option<wire::NodeTypesPerWorkload> {
        self.node_types.as_ref().map(NodeTypes::write)
    }
}

/// Checks the name of a department.
pub(super) fn check_department_name(name: &str) -> Result<()> {
    check_text("department", "name", name)
}

/// Checks the name of a project, which is a label of Kubernetes (RFC 1123).
pub(super) fn check_project_name(name: &str) -> Result<()> {
    check_text("project", "name", name)?;
    let is_inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = name.len() <= 63 && name.bytes().all(is_inside);
    if is_label && !name.starts_with('-') && !name.ends_with('-') {
        return Ok(());
    }
    Err(named(Error::config(format!(
        "\"{}\" cannot be the name of a project: use at most 63 lower-case letters, digits and hyphens, without a hyphen at its start and end",
        display_text(name)
    ))))
}

fn check_text(noun: &str, what: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(named(Error::config(format!(
            "the {noun} has no {what}: set one"
        ))));
    }
    Ok(())
}

impl SchedulingRules {
    pub(super) fn read(wire: wire::SchedulingRulesResponse) -> Self {
        let seconds = |seconds: Option<i64>| {
            let seconds = seconds.and_then(|seconds| seconds.try_into().ok());
            seconds.map(Duration::from_secs)
        };
        Self {
            interactive_time_limit: seconds(wire.interactive_job_time_limit_seconds),
            interactive_max_idle: seconds(wire.interactive_job_max_idle_duration_seconds),
            interactive_preemptible_max_idle: seconds(
                wire.interactive_job_preempt_idle_duration_seconds,
            ),
            training_max_idle: seconds(wire.training_job_max_idle_duration_seconds),
            training_time_limit: seconds(wire.training_job_time_limit_seconds),
        }
    }

    fn write(&self) -> Result<wire::SchedulingRules> {
        Ok(wire::SchedulingRules {
            interactive_job_time_limit_seconds: seconds(
                "interactive_time_limit",
                self.interactive_time_limit,
            )?,
            interactive_job_max_idle_duration_seconds: seconds(
                "interactive_max_idle",
                self.interactive_max_idle,
            )?,
            interactive_job_preempt_idle_duration_seconds: seconds(
                "interactive_preemptible_max_idle",
                self.interactive_preemptible_max_idle,
            )?,
            training_job_max_idle_duration_seconds: seconds(
                "training_max_idle",
                self.training_max_idle,
            )?,
            training_job_time_limit_seconds: seconds(
                "training_time_limit",
                self.training_time_limit,
            )?,
        })
    }
}

/// Returns the seconds of a limit; the API rejects less than one.
fn seconds(name: &str, limit: Option<Duration>) -> Result<Option<i64>> {
    match limit.map(|limit| limit.as_secs()) {
        Some(0) => Err(named(Error::config(format!(
            "{name} is shorter than a second: set at least one second, or no limit"
        )))),
        seconds => Ok(seconds.and_then(|seconds| seconds.try_into().ok())),
    }
}

impl NodeTypes {
    pub(super) fn read(wire: wire::NodeTypesPerWorkloadResponse) -> Self {
        Self {
            training: wire.training.unwrap_or_default(),
            workspace: wire.workspace.unwrap_or_default(),
            names: wire.names,
        }
    }

    fn write(&self) -> wire::NodeTypesPerWorkload {
        wire::NodeTypesPerWorkload {
            training: Some(self.training.clone()),
            workspace: Some(self.workspace.clone()),
            names: self.names.clone(),
        }
    }
}
