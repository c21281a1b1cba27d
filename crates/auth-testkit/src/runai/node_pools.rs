//! Run:ai's node pools, which cannot be changed here.

use serde_json::{Value, json};

use super::call::{Call, Outcome, not_found, ok};
use super::listing::{self, Shape};
use super::organization::NodePool;
use super::tenant::TENANT_ID;
use crate::reply::Reply;
use crate::timestamp::rfc3339;

pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let pools = filtered(call)?;
    ok(&listing::with_next(call, &SHAPE, "nodepools", pools)?)
}

pub(crate) fn count(call: &mut Call<'_>) -> Outcome {
    ok(&json!({ "count": filtered(call)?.len() }))
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let mut pools = call.tenant.organization.node_pools.iter();
    let pool = pools.find(|pool| pool.id == call.id);
    let pool = pool.ok_or_else(|| not_found("node pool"))?;
    ok(&describe(call, pool))
}

fn filtered(call: &Call<'_>) -> Result<Vec<Value>, Reply> {
    let pools = call.tenant.organization.node_pools.iter();
    let pools = pools.map(|pool| describe(call, pool)).collect();
    listing::filter(call, &SHAPE, pools)
}

fn describe(call: &Call<'_>, pool: &NodePool) -> Value {
    let cluster = call.tenant.organization.cluster(&pool.cluster_id);
    json!({
        "id": pool.id,
        "name": pool.name,
        "labelKey": "run.ai/node-pool",
        "labelValue": pool.name,
        "clusterId": pool.cluster_id,
        "clusterName": cluster.map(|cluster| cluster.name.as_str()),
        "phase": "Ready",
        "tenantId": TENANT_ID,
        "isDefault": pool.is_default,
        "createdBy": "system",
        "createdAt": rfc3339(pool.created_at),
        "updatedBy": "system",
        "updatedAt": rfc3339(pool.created_at),
        "deletedAt": null,
    })
}

const SHAPE: Shape = Shape {
    fields: &[
        ("name", "/name"),
        ("clusterId", "/clusterId"),
        ("phase", "/phase"),
        ("createdAt", "/createdAt"),
        ("updatedAt", "/updatedAt"),
        (
            "gpuNetworkAccelerationDetection",
            "/gpuNetworkAccelerationDetection",
        ),
        ("networkTopologyName", "/networkTopologyName"),
        (
            "gpuNetworkAccelerationDetected",
            "/status/gpuNetworkAccelerationDetected",
        ),
        (
            "gpuNetworkAccelerationLabelKey",
            "/gpuNetworkAccelerationLabelKey",
        ),
        ("swapEnabled", "/gpuResourceOptimization/swapEnabled"),
        (
            "nodeLevelSchedulerEnabled",
            "/gpuResourceOptimization/nodeLevelSchedulerEnabled",
        ),
    ],
    operators: listing::ALL_OPERATORS,
    searched: &[],
    default_limit: 50,
};
