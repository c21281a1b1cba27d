//! What creating and listing departments and projects have in common.

use serde_json::{Map, Value};

use super::call::{Call, bad_request, conflict, required};
use super::organization::Unit;
use super::quota;
use crate::reading::JsonFields;
use crate::reply::Reply;

/// Reads a new department or project and checks what it refers to; it is not kept yet.
pub(crate) fn read_new(
    call: &mut Call<'_>,
    noun: &str,
    fields: &JsonFields,
) -> Result<Unit, Reply> {
    let name = required(fields, "name")?;
    if !is_kubernetes_name(&name) {
        return Err(bad_request(&format!(
            "the name of a {noun} must be a Kubernetes name of lower-case letters, digits and hyphens"
        )));
    }
    let cluster_id = required(fields, "clusterId")?;
    let organization = &call.tenant.organization;
    if organization.cluster(&cluster_id).is_none() {
        return Err(bad_request(&format!("cluster {cluster_id} not found")));
    }
    let resources = quota::read(organization, &cluster_id, fields.value("resources"))?;
    Ok(Unit {
        id: call.tenant.organization.next_id(),
        name,
        cluster_id,
        parent_id: None,
        requested_namespace: None,
        settings: settings(fields),
        resources,
        created_by: call.caller.name().to_owned(),
        created_at: call.now,
        updated_at: call.now,
        deleted_at: None,
    })
}

/// Refuses a name that another one in the same cluster has.
pub(crate) fn check_free(noun: &str, others: &[Unit], unit: &Unit) -> Result<(), Reply> {
    let is_same = |other: &Unit| other.name == unit.name && other.cluster_id == unit.cluster_id;
    if others.iter().any(is_same) {
        let name = &unit.name;
        return Err(conflict(&format!("{noun} {name} already exists")));
    }
    Ok(())
}

/// Takes the members that are kept as they are.
pub(crate) fn settings(fields: &JsonFields) -> Map<String, Value> {
    let mut settings = Map::new();
    for name in KEPT {
        if let Some(value) = fields.value(name) {
            settings.insert((*name).to_owned(), value.clone());
        }
    }
    settings
}

fn is_kubernetes_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    name.len() <= MAX_LABEL
        && bytes.first().is_some_and(|&first| is_plain(first))
        && bytes.last().is_some_and(|&last| is_plain(last))
        && bytes.iter().all(|&byte| is_plain(byte) || byte == b'-')
}

/// RFC 1123 limits a label to 63 octets.
const MAX_LABEL: usize = 63;

const KEPT: &[&str] = &[
    "description",
    "schedulingRules",
    "defaultNodePools",
    "nodeTypes",
    "enforceRunaiScheduler",
];

/// The statistics that lists can be filtered and ordered by, which nothing has here.
macro_rules! with_statistics {
    ($($field:expr),* $(,)?) => {
        &[
            $($field,)*
            ("gpuAllocated", "/overtimeData/none"),
            ("avgGpuAllocation24h", "/overtimeData/none"),
            ("avgGpuUtilization24h", "/overtimeData/none"),
            ("avgGpuMemoryUtilization24h", "/overtimeData/none"),
            ("avgGpuAllocation7d", "/overtimeData/none"),
            ("avgGpuUtilization7d", "/overtimeData/none"),
            ("avgGpuMemoryUtilization7d", "/overtimeData/none"),
            ("avgGpuAllocation30d", "/overtimeData/none"),
            ("avgGpuUtilization30d", "/overtimeData/none"),
            ("avgGpuMemoryUtilization30d", "/overtimeData/none"),
        ]
    };
}

pub(crate) use with_statistics;
