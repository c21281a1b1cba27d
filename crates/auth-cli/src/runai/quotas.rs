//! Quotas as they are printed, and as they are set.

use auth_core::{ErrorKind, Result};
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

/// Returns all quotas in one cell, such as `default=2 a100=0.5`.
pub(super) fn cell(quotas: &[PrintedQuota]) -> String {
    let quotas = quotas.iter().map(|quota| {
        let pool = quota.node_pool_name.as_ref();
        let pool = pool.or(quota.node_pool_id.as_ref());
        let pool = pool.map_or("default", String::as_str);
        format!("{pool}={}", quota.gpus.unwrap_or_default())
    });
    quotas.collect::<Vec<_>>().join(" ")
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
        let old = match &wanted.pool {
            Some(pool) => {
                let id = node_pool(admin, project, pool).await?;
                let mut quotas = project.quotas.iter();
                let old = quotas.find(|quota| quota.node_pool_id.as_ref() == Some(&id));
                old.cloned().unwrap_or_else(|| Quota::in_node_pool(id))
            }
            None => of_default(&project.quotas),
        };
        changed.push(wanted.applied_to(old));
    }
    Ok(changed)
}

/// Returns the quota in the default node pool, which is the only one or has that name.
fn of_default(quotas: &[Quota]) -> Quota {
    let old = match quotas {
        [only] => Some(only),
        quotas => quotas
            .iter()
            .find(|quota| quota.node_pool_name.as_deref() == Some(DEFAULT)),
    };
    old.cloned().unwrap_or_default()
}

/// Returns the id of a node pool of the project's cluster.
async fn node_pool(admin: &Admin, project: &Project, text: &str) -> Result<String> {
    let cluster = Some(project.cluster_id.as_str()).filter(|id| !id.is_empty());
    match admin.node_pools().by_name_or_id(text, cluster).await {
        Ok(pool) => Ok(pool.id),
        // Control planes before 2.24 do not list node pools, and check the id.
        Err(error)
            if error.kind() == ErrorKind::InvalidResponse
                || error.status() == Some(StatusCode::NOT_FOUND) =>
        {
            let mut quotas = project.quotas.iter();
            let named = quotas.find(|quota| quota.node_pool_name.as_deref() == Some(text));
            let id = named.and_then(|quota| quota.node_pool_id.clone());
            Ok(id.unwrap_or_else(|| text.to_owned()))
        }
        Err(error) => Err(error),
    }
}

/// The name of the node pool that every cluster has.
const DEFAULT: &str = "default";
