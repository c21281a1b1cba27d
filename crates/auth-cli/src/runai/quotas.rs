//! Quotas as they are printed, and as they are set.

use auth_core::{Error, ErrorKind, Result};
use http::StatusCode;
use runai_auth::admin::{Admin, Project, Quota};
use serde::Serialize;

use crate::arguments::runai::PoolQuota;

/// The quota in one node pool; its keys are in the documented order.
#[derive(Serialize)]
pub(super) struct PrintedQuota {
    node_pool_id: Option<String>,
    node_pool_name: Option<String>,
    gpus: Option<f64>,
    gpu_limit: Option<f64>,
    over_quota_weight: Option<f64>,
    cpus: Option<f64>,
    memory: Option<f64>,
    memory_units: Option<String>,
    priority: Option<String>,
}

impl From<Quota> for PrintedQuota {
    fn from(quota: Quota) -> Self {
        Self {
            node_pool_id: quota.node_pool_id,
            node_pool_name: quota.node_pool_name,
            gpus: quota.gpu.deserved,
            gpu_limit: quota.gpu.limit,
            over_quota_weight: quota.gpu.over_quota_weight,
            cpus: quota.cpu.and_then(|cpu| cpu.deserved),
            memory: quota.memory.and_then(|memory| memory.deserved),
            memory_units: quota.memory_units.map(|units| units.to_string()),
            priority: quota.priority,
        }
    }
}

/// Returns all quotas in one cell, each as `--quota` takes it, such as `default=2,limit=4 a100=0.5`.
pub(super) fn cell(quotas: &[PrintedQuota]) -> String {
    let quotas: Vec<_> = quotas.iter().map(PrintedQuota::text).collect();
    quotas.join(" ")
}

impl PrintedQuota {
    fn text(&self) -> String {
        let pool = self.node_pool_name.as_ref();
        let pool = pool.or(self.node_pool_id.as_ref());
        let pool = pool.map_or(DEFAULT, String::as_str);
        let mut text = format!("{pool}={}", self.gpus.unwrap_or_default());
        for (name, amount) in [
            ("limit", self.gpu_limit),
            ("weight", self.over_quota_weight),
            ("cpus", self.cpus),
            ("memory", self.memory),
        ] {
            if let Some(amount) = amount {
                text.push_str(&format!(",{name}={amount}"));
            }
        }
        let units = self.memory_units.as_ref().filter(|_| self.memory.is_some());
        text + units.map_or("", String::as_str)
    }
}

/// Returns the whole quotas that a project has after the change, for the node pools that it names.
///
/// The API replaces the quota of a node pool, so what was not named is taken from the old one.
pub(super) async fn changed(
    admin: &Admin,
    project: &Project,
    wanted: &[PoolQuota],
) -> Result<Vec<Quota>> {
    let mut changed = Vec::new();
    for wanted in wanted {
        let old = match (&wanted.pool, of_default(&project.quotas)) {
            (Some(pool), _) => in_node_pool(admin, project, pool).await?,
            (None, Some(old)) => old.clone(),
            (None, None) => match in_node_pool(admin, project, DEFAULT).await? {
                // The control plane knows which one it is, even if it does not list them.
                quota if quota.node_pool_id.as_deref() == Some(DEFAULT) => Quota::new(),
                quota => quota,
            },
        };
        changed.push(wanted.applied_to(old));
    }
    Ok(changed)
}

/// Returns the quota in the default node pool: the one that has its name, or the only one if it has none.
fn of_default(quotas: &[Quota]) -> Option<&Quota> {
    let name = |quota: &Quota| quota.node_pool_name.clone();
    let mut named = quotas
        .iter()
        .filter(|quota| name(quota).as_deref() == Some(DEFAULT));
    match (named.next(), quotas) {
        (None, [only]) if name(only).is_none() => Some(only),
        (found, _) => found,
    }
}

/// Returns the quota of a project in a node pool of its cluster, which may be a new one.
async fn in_node_pool(admin: &Admin, project: &Project, text: &str) -> Result<Quota> {
    let cluster = Some(project.cluster_id.as_str()).filter(|id| !id.is_empty());
    let mut quotas = project.quotas.iter();
    match admin.node_pools().by_name_or_id(text, cluster).await {
        Ok(pool) => {
            let old = quotas.find(|quota| quota.node_pool_id.as_ref() == Some(&pool.id));
            Ok(old.cloned().unwrap_or_else(|| {
                let mut new = Quota::in_node_pool(pool.id);
                new.node_pool_name = Some(pool.name);
                new
            }))
        }
        // Control planes before 2.24 do not list node pools, and check the id.
        Err(error) if error.kind() == ErrorKind::ApiStatus && is_missing(&error) => {
            let old = quotas.find(|quota| {
                let names = [&quota.node_pool_name, &quota.node_pool_id];
                names.into_iter().flatten().any(|name| name == text)
            });
            Ok(old.cloned().unwrap_or_else(|| Quota::in_node_pool(text)))
        }
        Err(error) => Err(error),
    }
}

/// Returns true if the control plane lacks the call: the library's own error for that has the status of the response, which may be 200.
fn is_missing(error: &Error) -> bool {
    error.error_code() == Some("operation_missing") || error.status() == Some(StatusCode::NOT_FOUND)
}

/// The name of the node pool that every cluster has.
const DEFAULT: &str = "default";
