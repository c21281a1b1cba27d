//! Run:ai's roles: a bare array in version 1 of their API, pages in version 2.

use serde_json::{Value, json};

use super::call::{Call, Outcome, not_found, ok, without_400};
use super::listing::{self, Shape};
use super::permissions::{ACTIONS, RESOURCES, permissions};
use super::tenant::ADMINISTRATOR;
use crate::jwt;
use crate::reply::Reply;

pub(crate) fn list_v1(_call: &mut Call<'_>) -> Outcome {
    ok(&ROLES.iter().map(describe_v1).collect())
}

pub(crate) fn get_v1(call: &mut Call<'_>) -> Outcome {
    ok(&describe_v1(asked(call)?))
}

/// Names the offset of the next page as long as there is one; that `next` means this is an inference.
pub(crate) fn list_v2(call: &mut Call<'_>) -> Outcome {
    let all = ROLES.iter().map(describe_v2).collect();
    let roles = listing::filter(call, &SHAPE, all).map_err(without_400)?;
    ok(&listing::with_next(call, &SHAPE, "roles", roles).map_err(without_400)?)
}

pub(crate) fn get_v2(call: &mut Call<'_>) -> Outcome {
    ok(&describe_v2(asked(call)?))
}

/// Returns the name of a role.
pub(crate) fn name(id: u32) -> Option<&'static str> {
    find(id).map(|role| role.name)
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

fn asked(call: &Call<'_>) -> Result<&'static Role, Reply> {
    let role = call.id.parse().ok().and_then(find);
    role.ok_or_else(|| not_found("role"))
}

fn find(id: u32) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.id == id)
}

fn describe_v1(role: &Role) -> Value {
    let mut body = describe(role);
    body["deletedAt"] = Value::Null;
    body["custom"] = false.into();
    body
}

fn describe_v2(role: &Role) -> Value {
    let mut body = describe(role);
    // An odd multiplier spreads the numbers over all digits and keeps them distinct.
    let set = u128::from(role.id).wrapping_mul(0xd1b5_4a32_d192_ed03_9e37_79b9_7f4a_7c15);
    body["permissionSets"] = json!([{ "id": jwt::uuid_from(set), "name": role.name }]);
    body["deprecated"] = false.into();
    body
}

/// What both versions say of a role.
fn describe(role: &Role) -> Value {
    let resources: Vec<_> = RESOURCES
        .iter()
        .filter(|(_, group)| role.groups.is_empty() || role.groups.contains(group))
        .copied()
        .collect();
    json!({
        "id": role.id,
        "name": role.name,
        "description": role.description,
        "createdAt": INSTALLED,
        "updatedAt": INSTALLED,
        "createdBy": "system",
        "enabled": true,
        "effectiveEnabled": true,
        "permissions": permissions(&resources, role.actions),
        "kubernetesPermissions": { "predefinedRole": null },
    })
}

/// The names to filter and sort by are not known; these are the members that all lists have.
const SHAPE: Shape = Shape {
    fields: &[
        ("id", "/id"),
        ("name", "/name"),
        ("createdAt", "/createdAt"),
        ("updatedAt", "/updatedAt"),
        ("createdBy", "/createdBy"),
    ],
    operators: &["==", "!=", "<=", ">=", "=@", "!@", "=^", "=$"],
    searched: &["name"],
    default_limit: 50,
};

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
