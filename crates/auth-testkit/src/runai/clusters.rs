//! Run:ai's clusters, which cannot be changed here.

use serde_json::{Value, json};

use super::call::{Call, Outcome, not_found, ok};
use super::organization::Cluster;
use super::tenant::TENANT_ID;
use crate::timestamp::rfc3339;

/// The list is a bare array, without pages.
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let clusters = call.tenant.organization.clusters.iter();
    ok(&clusters.map(|cluster| describe(call, cluster)).collect())
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let cluster = call.tenant.organization.cluster(&call.id);
    let cluster = cluster.ok_or_else(|| not_found("cluster"))?;
    ok(&describe(call, cluster))
}

fn describe(call: &Call<'_>, cluster: &Cluster) -> Value {
    let mut body = json!({
        "uuid": cluster.id,
        "tenantId": TENANT_ID,
        "name": cluster.name,
        "createdAt": rfc3339(cluster.created_at),
        "updatedAt": rfc3339(cluster.created_at),
        "deletedAt": null,
        "deleteRequestedAt": null,
        "lastLiveness": rfc3339(call.now),
        "domain": format!("https://{}.clusters.example.com", cluster.name),
        "version": call.tenant.version.as_str(),
    });
    if call.query("verbosity").as_deref() != Some("metadata") {
        body["status"] = json!({
            "state": "Connected",
            "conditions": [],
            "platform": { "type": "vanilla", "kubeVersion": "v1.33.0" },
        });
    }
    body
}
