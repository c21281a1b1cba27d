//! Run:ai's access rules: who has which role in which scope.

use http::StatusCode;
use serde_json::{Value, json};

use super::call::{
    Call, Outcome, bad_request, conflict, created, empty, not_found, ok, required, without_400,
    without_409,
};
use super::listing::{self, Shape, contains};
use super::roles;
use super::tenant::{Rule, TENANT_ID, Tenant};
use crate::reading::JsonFields;
use crate::reply::Reply;
use crate::timestamp::rfc3339;

pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let page = filtered(call).and_then(|rules| listed(call, rules));
    ok(&page.map_err(without_400)?)
}

pub(crate) fn count(call: &mut Call<'_>) -> Outcome {
    ok(&json!({ "count": filtered(call)?.len() }))
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let fields = call.fields()?;
    let rule = Rule {
        subject_id: required(&fields, "subjectId")?,
        subject_type: one_of(&fields, "subjectType", SUBJECT_TYPES)?,
        role_id: role_id(&fields)?,
        scope_id: required(&fields, "scopeId")?,
        scope_type: one_of(&fields, "scopeType", SCOPE_TYPES)?,
        scope_name: String::new(),
        cluster_id: fields.text(&["clusterId"]).map(str::to_owned),
        created_by: call.caller.name().to_owned(),
        created_at: call.now,
        deleted_at: None,
    };
    let (id, rule) = add(call.tenant, rule).map_err(without_409)?;
    created(&describe(id, &rule))
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let (id, rule) = find(call.tenant, &call.id)?;
    let mut body = describe(id, rule);
    body["scopePath"] = Value::Null;
    ok(&body)
}

pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let (id, _) = find(call.tenant, &call.id)?;
    if let Some(rule) = call.tenant.rules.get_mut(&id) {
        rule.deleted_at = Some(call.now);
    }
    empty(StatusCode::NO_CONTENT)
}

/// Finds a rule that is not deleted.
pub(crate) fn find<'a>(tenant: &'a Tenant, id: &str) -> Result<(u32, &'a Rule), Reply> {
    let id = id.parse().unwrap_or_default();
    let rule = tenant.rules.get(&id);
    rule.filter(|rule| rule.deleted_at.is_none())
        .map(|rule| (id, rule))
        .ok_or_else(|| not_found("access rule"))
}

/// Adds a rule unless its role or its scope does not exist, or it exists already.
pub(crate) fn add(tenant: &mut Tenant, mut rule: Rule) -> Result<(u32, Rule), Reply> {
    if roles::name(rule.role_id).is_none() {
        return Err(not_found("role"));
    }
    let scope_name = match rule.scope_type.as_str() {
        "tenant" if rule.scope_id != TENANT_ID.to_string() => None,
        "tenant" => Some("demo"),
        "system" => Some(rule.scope_id.as_str()),
        other => tenant.organization.scope_name(other, &rule.scope_id),
    };
    let scope_name = scope_name.map(str::to_owned);
    rule.scope_name = scope_name.ok_or_else(|| not_found("scope"))?;
    let mut others = tenant.rules.values();
    if others.any(|other| other.deleted_at.is_none() && is_same(other, &rule)) {
        return Err(conflict("access rule already exists"));
    }
    let id = tenant.add_rule(rule.clone());
    Ok((id, rule))
}

/// Returns a rule's representation in a response.
pub(crate) fn describe(id: u32, rule: &Rule) -> Value {
    let mut body = json!({
        "id": id,
        "subjectId": rule.subject_id,
        "subjectType": rule.subject_type,
        "roleId": rule.role_id,
        "roleName": roles::name(rule.role_id),
        "scopeId": rule.scope_id,
        "scopeType": rule.scope_type,
        "scopeName": rule.scope_name,
        "createdAt": rfc3339(rule.created_at),
        "updatedAt": rfc3339(rule.deleted_at.unwrap_or(rule.created_at)),
        "deletedAt": rule.deleted_at.map(rfc3339),
        "tenantId": TENANT_ID,
        "createdBy": rule.created_by,
        "status": { "phase": if rule.deleted_at.is_some() { "Deleting" } else { "Ready" } },
    });
    if let Some(cluster) = &rule.cluster_id {
        body["clusterId"] = cluster.as_str().into();
    }
    body
}

/// Cuts a page out of what was found, and says of how many it is a part.
pub(crate) fn listed(call: &Call<'_>, rules: Vec<Value>) -> Result<Value, Reply> {
    let total = rules.len();
    let page = listing::page(call, &SHAPE, rules)?;
    Ok(json!({ "totalRecords": total, "displayRecords": page.len(), "accessRules": page }))
}

/// Applies `filterBy` and `search` to rules that were described.
pub(crate) fn searched(call: &Call<'_>, rules: Vec<Value>) -> Result<Vec<Value>, Reply> {
    listing::filter(call, &SHAPE, rules)
}

/// Returns a text of the body that must be one of a few.
pub(crate) fn one_of(fields: &JsonFields, name: &str, values: &[&str]) -> Result<String, Reply> {
    let value = required(fields, name)?;
    if values.contains(&value.as_str()) {
        Ok(value)
    } else {
        let values = values.join(", ");
        Err(bad_request(&format!("{name} must be one of {values}")))
    }
}

/// Returns the role that the body names, whether or not it exists.
pub(crate) fn role_id(fields: &JsonFields) -> Result<u32, Reply> {
    fields
        .value("roleId")
        .and_then(Value::as_u64)
        .and_then(|id| u32::try_from(id).ok())
        .ok_or_else(|| bad_request("roleId must be the number of a role"))
}

fn filtered(call: &Call<'_>) -> Result<Vec<Value>, Reply> {
    let with_deleted = match call.query("includeDeleted").as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(bad_request("includeDeleted must be true or false")),
    };
    let rules = call.tenant.rules.iter();
    let mut rules: Vec<Value> = rules
        .filter(|(_, rule)| with_deleted || rule.deleted_at.is_none())
        .map(|(id, rule)| describe(*id, rule))
        .collect();
    for name in ["subjectType", "clusterId", "scopeType", "scopeId"] {
        if let Some(wanted) = call.query(name) {
            rules.retain(|rule| rule[name] == wanted.as_str());
        }
    }
    if let Some(wanted) = call.query("roleId") {
        let wanted: u32 = wanted
            .parse()
            .map_err(|_| bad_request("roleId must be the number of a role"))?;
        rules.retain(|rule| rule["roleId"] == wanted);
    }
    if let Some(part) = call.query("subjectIdFilter") {
        rules.retain(|rule| {
            rule["subjectId"]
                .as_str()
                .is_some_and(|id| contains(id, &part))
        });
    }
    if let Some(all) = call.query("subjectIds") {
        let wanted: Vec<&str> = all.split(',').collect();
        rules.retain(|rule| {
            rule["subjectId"]
                .as_str()
                .is_some_and(|id| wanted.contains(&id))
        });
    }
    // What it means is not documented; it is taken for "not changed before".
    if let Some(moment) = call.query("lastUpdated") {
        rules.retain(|rule| {
            rule["updatedAt"]
                .as_str()
                .is_some_and(|at| at >= moment.as_str())
        });
    }
    searched(call, rules)
}

fn is_same(left: &Rule, right: &Rule) -> bool {
    left.subject_id == right.subject_id
        && left.subject_type == right.subject_type
        && left.role_id == right.role_id
        && left.scope_id == right.scope_id
        && left.scope_type == right.scope_type
        && left.cluster_id == right.cluster_id
}

/// The subjects that a rule can have.
pub(crate) const SUBJECT_TYPES: &[&str] = &["user", "app", "service-account", "group"];

/// What a rule can hold in.
pub(crate) const SCOPE_TYPES: &[&str] = &["system", "tenant", "cluster", "department", "project"];

const SHAPE: Shape = Shape {
    fields: &[
        ("subjectId", "/subjectId"),
        ("subjectType", "/subjectType"),
        ("roleId", "/roleId"),
        ("scopeId", "/scopeId"),
        ("scopeType", "/scopeType"),
        ("roleName", "/roleName"),
        ("scopeName", "/scopeName"),
        ("createdAt", "/createdAt"),
        ("deletedAt", "/deletedAt"),
        ("createdBy", "/createdBy"),
        ("phase", "/status/phase"),
    ],
    operators: listing::ALL_OPERATORS,
    searched: &["subjectId", "roleName", "scopeName"],
    default_limit: 50,
};
