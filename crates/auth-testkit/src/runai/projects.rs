//! Run:ai's projects, whose deletion is accepted first and done a little later.

use http::StatusCode;
use serde_json::{Value, json};

use super::call::{Call, Outcome, bad_request, created, empty, not_found, ok};
use super::listing::{self, Shape};
use super::organization::{DEFAULT, Organization, Unit};
use super::quota;
use super::units::{check_free, read_new, settings, with_statistics};
use crate::reading::JsonFields;
use crate::reply::Reply;
use crate::timestamp::rfc3339;

pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let projects = filtered(call)?;
    ok(&listing::with_next(call, &SHAPE, "projects", projects)?)
}

pub(crate) fn count(call: &mut Call<'_>) -> Outcome {
    ok(&json!({ "count": filtered(call)?.len() }))
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let fields = call.fields()?;
    call.tenant.organization.settle(call.now);
    let mut project = read_new(call, "project", &fields)?;
    project.parent_id = Some(parent(&call.tenant.organization, &fields, &project)?);
    let namespace = fields.text(&["requestedNamespace"]);
    project.requested_namespace = namespace.map(str::to_owned);
    check_free("project", &call.tenant.organization.projects, &project)?;
    let body = describe(&call.tenant.organization, &project);
    call.tenant.organization.projects.push(project);
    created(&body)
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    call.tenant.organization.settle(call.now);
    let project = call.tenant.organization.project(&call.id);
    let project = project.ok_or_else(|| not_found("project"))?;
    ok(&describe(&call.tenant.organization, project))
}

/// All settings are replaced: what is not sent is gone.
pub(crate) fn update(call: &mut Call<'_>) -> Outcome {
    let cluster_id = find(call)?.cluster_id.clone();
    let fields = call.fields()?;
    let organization = &call.tenant.organization;
    let resources = quota::read(organization, &cluster_id, fields.value("resources"))?;
    let now = call.now;
    let project = find(call)?;
    project.settings = settings(&fields);
    project.resources = resources;
    project.updated_at = now;
    get(call)
}

/// The quotas of the node pools that are not sent stay as they are.
pub(crate) fn patch_resources(call: &mut Call<'_>) -> Outcome {
    let cluster_id = find(call)?.cluster_id.clone();
    let body = serde_json::from_slice::<Value>(call.request.body()).ok();
    let changed = quota::read(&call.tenant.organization, &cluster_id, body.as_ref())?;
    let now = call.now;
    let project = find(call)?;
    quota::merge(&mut project.resources, changed);
    project.updated_at = now;
    ok(&project.resources.clone().into())
}

pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let now = call.now;
    find(call)?.deleted_at.get_or_insert(now);
    call.tenant.forget_scope("project", &call.id, call.now);
    empty(StatusCode::ACCEPTED)
}

fn filtered(call: &mut Call<'_>) -> Result<Vec<Value>, Reply> {
    call.tenant.organization.settle(call.now);
    let organization = &call.tenant.organization;
    let projects = organization.projects.iter();
    let projects = projects.map(|project| describe(organization, project));
    listing::filter(call, &SHAPE, projects.collect())
}

fn find<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Unit, Reply> {
    let organization = &mut call.tenant.organization;
    organization.settle(call.now);
    let mut projects = organization.projects.iter_mut();
    projects
        .find(|project| project.id == call.id)
        .ok_or_else(|| not_found("project"))
}

/// Returns the department's id; without one, it is the cluster's default department.
fn parent(
    organization: &Organization,
    fields: &JsonFields,
    project: &Unit,
) -> Result<String, Reply> {
    let mut departments = organization.departments.iter();
    let wanted = fields.text(&["parentId"]);
    let found = departments.find(|one| {
        let is_it = match wanted {
            Some(id) => one.id == id,
            None => one.name == DEFAULT,
        };
        is_it && one.cluster_id == project.cluster_id
    });
    let wanted = wanted.unwrap_or(DEFAULT);
    let found = found.map(|department| department.id.clone());
    found.ok_or_else(|| bad_request(&format!("department {wanted} not found")))
}

fn describe(organization: &Organization, project: &Unit) -> Value {
    let mut body = project.describe();
    let parent_id = project.parent_id.as_deref().unwrap_or_default();
    let parent = organization.department(parent_id);
    let namespace = project.requested_namespace.clone();
    let namespace = namespace.unwrap_or_else(|| format!("runai-{}", project.name));
    let phase = match project.deleted_at {
        Some(_) => "Deleting",
        None => "Ready",
    };
    body["parentId"] = parent_id.into();
    body["parent"] = parent.map_or(
        Value::Null,
        |parent| json!({ "id": parent.id, "name": parent.name }),
    );
    body["requestedNamespace"] = json!(project.requested_namespace);
    body["status"] = json!({
        "namespace": namespace,
        "phase": phase,
        "lastUpdatedTime": rfc3339(project.updated_at),
    });
    body["effective"] = json!({
        "schedulingRules": body["schedulingRules"],
        "defaultNodePools": body["defaultNodePools"],
        "nodeTypes": body["nodeTypes"],
    });
    if body["enforceRunaiScheduler"].is_null() {
        body["enforceRunaiScheduler"] = true.into();
    }
    body
}

const SHAPE: Shape = Shape {
    fields: with_statistics![
        ("name", "/name"),
        ("clusterId", "/clusterId"),
        ("departmentId", "/parentId"),
        ("parentId", "/parentId"),
        ("parentName", "/parent/name"),
        ("phase", "/status/phase"),
        ("totalGpuQuota", "/totalResources/gpuQuota"),
        ("createdAt", "/createdAt"),
    ],
    operators: listing::ALL_OPERATORS,
    searched: &["name", "parentName"],
    default_limit: 50,
};
