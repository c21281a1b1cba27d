//! Run:ai's roles, with numbers up to 2.24 and opaque ids from 3.0 on.

use http::StatusCode;
use serde_json::{Value, json};

use super::call::{Call, Outcome, bad_request, error, not_found, ok};
use super::permissions::{ACTIONS, RESOURCES, permissions};
use crate::control_plane::ControlPlane;
use crate::jwt;

/// The list of version 1 is a bare array.
pub(crate) fn list_v1(_call: &mut Call<'_>) -> Outcome {
    ok(&ROLES.iter().map(describe_v1).collect())
}

pub(crate) fn get_v1(call: &mut Call<'_>) -> Outcome {
    let role = call.id.parse().ok().and_then(find);
    ok(&describe_v1(role.ok_or_else(|| not_found("role"))?))
}

/// Pages by `limit` and `token`, where `token` is the `next` of the page before; the vendor's names are not known.
pub(crate) fn list_v2(call: &mut Call<'_>) -> Outcome {
    let limit = call.query("limit").map_or(Some(PAGE), |text| {
        text.parse().ok().filter(|limit| (1..=PAGE).contains(limit))
    });
    let limit = limit.ok_or_else(|| bad_request("limit must be 1 to 50"))?;
    let start = match call.query("token") {
        None => 0,
        Some(token) => ROLES
            .iter()
            .position(|role| opaque(role.id) == token)
            .ok_or_else(|| error(StatusCode::BAD_REQUEST, "token is not known"))?,
    };
    let rest = &ROLES[start..];
    let next = rest.get(limit).map(|role| opaque(role.id));
    let roles: Vec<Value> = rest.iter().take(limit).map(describe_v2).collect();
    ok(&json!({ "next": next, "roles": roles }))
}

/// Returns the name of a role.
pub(crate) fn name(id: u32) -> Option<&'static str> {
    find(id).map(|role| role.name)
}

/// Returns the id of a role as this version writes it.
pub(crate) fn id_in(version: ControlPlane, id: u32) -> Value {
    if version >= ControlPlane::V3_0 {
        opaque(id).into()
    } else {
        id.into()
    }
}

/// Returns the number of the role that has this opaque id.
pub(crate) fn of_opaque(text: &str) -> Option<u32> {
    let mut roles = ROLES.iter();
    roles
        .find(|role| opaque(role.id) == text)
        .map(|role| role.id)
}

/// One role; everything but its name follows from a few words.
struct Role {
    id: u32,
    name: &'static str,
    description: &'static str,
    actions: &'static [&'static str],
    /// The groups of resources that it is about; all of them if there is none.
    groups: &'static [&'static str],
}

fn find(id: u32) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.id == id)
}

fn describe_v1(role: &Role) -> Value {
    let mut body = describe_v2(role);
    body["id"] = role.id.into();
    body["createdAt"] = INSTALLED.into();
    body["updatedAt"] = INSTALLED.into();
    body["deletedAt"] = Value::Null;
    body["createdBy"] = "system".into();
    body["custom"] = false.into();
    body["effectiveEnabled"] = true.into();
    body["kubernetesPermissions"] = json!({ "predefinedRole": null });
    body
}

fn describe_v2(role: &Role) -> Value {
    let resources: Vec<_> = RESOURCES
        .iter()
        .filter(|(_, group)| role.groups.is_empty() || role.groups.contains(group))
        .copied()
        .collect();
    json!({
        "id": opaque(role.id),
        "name": role.name,
        "description": role.description,
        "enabled": true,
        "permissions": permissions(&resources, role.actions),
    })
}

/// The same number is the same id in every emulator, so that a test may know one.
fn opaque(id: u32) -> String {
    // An odd multiplier spreads the numbers over all digits and keeps them distinct.
    jwt::uuid_from(u128::from(id).wrapping_mul(0xd1b5_4a32_d192_ed03_9e37_79b9_7f4a_7c15))
}

/// The role that the tenant's administrator has.
pub(crate) const ADMINISTRATOR: u32 = 1_013;

/// How many roles a page of version 2 has at most.
const PAGE: usize = 50;

/// Roles are as old as the installation, which is older than the emulator.
const INSTALLED: &str = "2025-01-01T00:00:00Z";

/// The names are plausible ones, and the numbers follow no order: both differ from one installation to the next.
const ROLES: &[Role] = &[
    Role {
        id: 1_007,
        name: "Compute resource administrator",
        description: "Manages compute resources",
        actions: &ACTIONS,
        groups: &["workload-asset"],
    },
    Role {
        id: 1_031,
        name: "Credentials administrator",
        description: "Manages credentials",
        actions: &ACTIONS,
        groups: &["workload-asset"],
    },
    Role {
        id: 1_002,
        name: "Data source administrator",
        description: "Manages data sources",
        actions: &ACTIONS,
        groups: &["workload-asset"],
    },
    Role {
        id: 1_024,
        name: "Department administrator",
        description: "Manages departments and their projects",
        actions: &ACTIONS,
        groups: &["organization", "iam"],
    },
    Role {
        id: 1_005,
        name: "Department viewer",
        description: "Sees departments and their projects",
        actions: &["read"],
        groups: &["organization"],
    },
    Role {
        id: 1_019,
        name: "Editor",
        description: "Changes what is there",
        actions: &["read", "update"],
        groups: &[],
    },
    Role {
        id: 1_011,
        name: "Environment administrator",
        description: "Manages environments",
        actions: &ACTIONS,
        groups: &["workload-asset"],
    },
    Role {
        id: 1_029,
        name: "L1 researcher",
        description: "Runs workloads",
        actions: &ACTIONS,
        groups: &["workload"],
    },
    Role {
        id: 1_003,
        name: "L2 researcher",
        description: "Runs workloads from given assets",
        actions: &["create", "read", "delete"],
        groups: &["workload"],
    },
    Role {
        id: 1_017,
        name: "ML engineer",
        description: "Runs inference workloads",
        actions: &ACTIONS,
        groups: &["workload"],
    },
    Role {
        id: 1_008,
        name: "Research manager",
        description: "Manages projects and sees workloads",
        actions: &["create", "read", "update"],
        groups: &["organization", "workload"],
    },
    Role {
        id: ADMINISTRATOR,
        name: "System administrator",
        description: "Manages everything",
        actions: &ACTIONS,
        groups: &[],
    },
    Role {
        id: 1_021,
        name: "Viewer",
        description: "Sees everything",
        actions: &["read"],
        groups: &[],
    },
];
