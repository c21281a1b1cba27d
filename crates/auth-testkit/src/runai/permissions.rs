//! What Run:ai's roles can permit, and where the caller may do it.

use serde_json::{Map, Value, json};

use super::call::{Call, Outcome, bad_request, ok, required, without_400};
use super::tenant::TENANT_ID;

pub(crate) fn list(_call: &mut Call<'_>) -> Outcome {
    ok(&permissions(RESOURCES, &ACTIONS).into())
}

/// A subject with any role has all permissions in the tenant: roles are not evaluated.
pub(crate) fn permitted_scopes(call: &mut Call<'_>) -> Outcome {
    scopes(call).map_err(without_400)
}

fn scopes(call: &Call<'_>) -> Outcome {
    let fields = call.fields()?;
    let resource = required(&fields, "resourceType")?;
    if !RESOURCES.iter().any(|(name, _)| *name == resource) {
        return Err(bad_request("resourceType is not known"));
    }
    let action = fields.value("action").and_then(Value::as_str);
    if action.is_some_and(|action| !ACTIONS.contains(&action)) {
        return Err(bad_request("action must be create, read, update or delete"));
    }
    let has_rights = call.tenant.rules_of(&call.caller).next().is_some();
    let scopes = ACTIONS.iter().map(|name| {
        let is_asked = action.is_none_or(|action| action == *name);
        let tenants: Vec<String> = (has_rights && is_asked)
            .then(|| TENANT_ID.to_string())
            .into_iter()
            .collect();
        let scopes = json!({
            "system": false,
            "tenants": tenants,
            "clusters": [],
            "departments": [],
            "projects": [],
        });
        ((*name).to_owned(), scopes)
    });
    ok(&Value::Object(scopes.collect::<Map<_, _>>()))
}

/// Spells out that the actions are permitted with the resources.
pub(crate) fn permissions(resources: &[(&str, &str)], actions: &[&str]) -> Vec<Value> {
    let permission = |(resource, group): &(&str, &str)| {
        let words = resource.replace(['-', '_'], " ");
        let mut letters = words.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let display: String = first.into_iter().chain(letters).collect();
        json!({
            "resourceType": resource,
            "displayName": display,
            "groupId": group,
            "actions": actions,
        })
    };
    resources.iter().map(permission).collect()
}

/// What most resources permit.
pub(crate) const ACTIONS: [&str; 4] = ["create", "read", "update", "delete"];

/// The specification's resource types in 2.24, each with its group; which group a type is in is a guess.
pub(crate) const RESOURCES: &[(&str, &str)] = &[
    ("department", "organization"),
    ("tenant", "organization"),
    ("project", "organization"),
    ("cluster", "physical-resource"),
    ("cluster-config", "physical-resource"),
    ("nodepools", "physical-resource"),
    ("nodes", "physical-resource"),
    ("settings", "organization"),
    ("security-settings", "organization"),
    ("branding-settings", "organization"),
    ("users", "iam"),
    ("apps", "iam"),
    ("service-account", "iam"),
    ("dashboards-overview", "dashboard"),
    ("dashboards-analytics", "dashboard"),
    ("dashboards-consumption", "dashboard"),
    ("roles", "iam"),
    ("access_rules", "iam"),
    ("jobs", "workload"),
    ("workloads", "workload"),
    ("workspaces", "workload"),
    ("trainings", "workload"),
    ("inferences", "workload"),
    ("environments", "workload-asset"),
    ("pvc-assets", "workload-asset"),
    ("git-assets", "workload-asset"),
    ("host-path-assets", "workload-asset"),
    ("nfs-assets", "workload-asset"),
    ("s3-assets", "workload-asset"),
    ("compute-resources", "workload-asset"),
    ("templates", "workload-asset"),
    ("credentials", "workload-asset"),
    ("events-history", "organization"),
    ("policies", "organization"),
    ("cm-volume-assets", "workload-asset"),
    ("datavolumes", "workload-asset"),
    ("secret-volume-assets", "workload-asset"),
    ("storage-class-configuration", "physical-resource"),
    ("access-keys", "iam"),
    ("workload-properties", "workload"),
    ("network-topologies", "physical-resource"),
    ("registries", "workload-asset"),
    ("scrapeable-metrics", "dashboard"),
];
