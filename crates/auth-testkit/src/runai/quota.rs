//! Reads the quotas of departments and projects, one for each node pool.

use serde_json::{Map, Value, json};

use super::call::bad_request;
use super::organization::Organization;
use crate::reply::Reply;

/// Reads `resources`, whose node pools must be those of the cluster.
pub(crate) fn read(
    organization: &Organization,
    cluster_id: &str,
    resources: Option<&Value>,
) -> Result<Vec<Value>, Reply> {
    let items = resources.and_then(Value::as_array);
    let items = items.ok_or_else(|| bad_request("resources must be a list"))?;
    let mut quotas: Vec<Value> = Vec::new();
    for item in items {
        let quota = one(organization, cluster_id, item)?;
        if quotas.iter().any(|other| is_same_pool(other, &quota)) {
            return Err(bad_request("resources has a node pool twice"));
        }
        quotas.push(quota);
    }
    Ok(quotas)
}

/// Replaces the quotas of the same node pools, and adds the others.
pub(crate) fn merge(quotas: &mut Vec<Value>, changed: Vec<Value>) {
    for quota in changed {
        match quotas.iter_mut().find(|other| is_same_pool(other, &quota)) {
            Some(other) => *other = quota,
            None => quotas.push(quota),
        }
    }
}

fn is_same_pool(left: &Value, right: &Value) -> bool {
    left["nodePool"]["id"] == right["nodePool"]["id"]
}

fn one(organization: &Organization, cluster_id: &str, item: &Value) -> Result<Value, Reply> {
    if !item.is_object() {
        return Err(bad_request("resources must be a list of objects"));
    }
    let pool = match item.pointer("/nodePool").filter(|pool| !pool.is_null()) {
        Some(pool) => {
            let id = pool["id"].as_str();
            let id = id.ok_or_else(|| bad_request("nodePool.id is required"))?;
            organization
                .node_pool(id, cluster_id)
                .ok_or_else(|| bad_request(&format!("node pool {id} not found")))?
        }
        None => organization
            .default_node_pool(cluster_id)
            .ok_or_else(|| bad_request("the cluster has no default node pool"))?,
    };
    let mut gpu = amount(item, "gpu")?.unwrap_or_default();
    gpu.entry("deserved").or_insert_with(|| json!(0.0));
    let memory = amount(item, "memory")?;
    if let Some(memory) = &memory {
        let units = memory.get("units").and_then(Value::as_str);
        if !units.is_some_and(|units| UNITS.contains(&units)) {
            return Err(bad_request("memory.units must be one of Mib, MB, GB"));
        }
    }
    Ok(json!({
        "nodePool": { "id": pool.id, "name": pool.name },
        "gpu": gpu,
        "cpu": amount(item, "cpu")?,
        "memory": memory,
        "priority": item.get("priority").filter(|priority| priority.is_string()),
    }))
}

/// A negative limit means none.
fn amount(item: &Value, name: &str) -> Result<Option<Map<String, Value>>, Reply> {
    let Some(value) = item.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let refuse = |what: &str| bad_request(&format!("{name} {what}"));
    let fields = value
        .as_object()
        .ok_or_else(|| refuse("must be an object"))?;
    for member in ["deserved", "limit", "overQuotaWeight"] {
        let number = fields.get(member).filter(|value| !value.is_null());
        let is_wrong = |value: &Value| {
            let number = value.as_f64();
            number.is_none_or(|number| number < 0.0 && member != "limit")
        };
        if number.is_some_and(is_wrong) {
            return Err(refuse(&format!("has no valid {member}")));
        }
    }
    Ok(Some(fields.clone()))
}

const UNITS: [&str; 3] = ["Mib", "MB", "GB"];
