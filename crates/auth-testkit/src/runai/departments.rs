//! Run:ai's departments, of which every cluster has a default one.

use http::StatusCode;
use serde_json::{Value, json};

use super::call::{Call, Outcome, bad_request, created, empty, not_found, ok};
use super::listing::{self, Shape};
use super::organization::Unit;
use super::units::{check_free, read_new, with_statistics};
use crate::reply::Reply;

pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let departments = filtered(call)?;
    ok(&listing::with_next(
        call,
        &SHAPE,
        "departments",
        departments,
    )?)
}

pub(crate) fn count(call: &mut Call<'_>) -> Outcome {
    ok(&json!({ "count": filtered(call)?.len() }))
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let fields = call.fields()?;
    let department = read_new(call, "department", &fields)?;
    check_free(
        "department",
        &call.tenant.organization.departments,
        &department,
    )?;
    let body = department.describe();
    call.tenant.organization.departments.push(department);
    created(&body)
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let department = call.tenant.organization.department(&call.id);
    ok(&department
        .ok_or_else(|| not_found("department"))?
        .describe())
}

pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let organization = &mut call.tenant.organization;
    organization.settle(call.now);
    if organization.department(&call.id).is_none() {
        return Err(not_found("department"));
    }
    let parent = Some(&call.id);
    if organization
        .projects
        .iter()
        .any(|it| it.parent_id.as_ref() == parent)
    {
        return Err(bad_request("the department has projects"));
    }
    organization.departments.retain(|one| one.id != call.id);
    call.tenant.forget_scope("department", &call.id, call.now);
    empty(StatusCode::NO_CONTENT)
}

fn filtered(call: &Call<'_>) -> Result<Vec<Value>, Reply> {
    let departments = call.tenant.organization.departments.iter();
    listing::filter(call, &SHAPE, departments.map(Unit::describe).collect())
}

const SHAPE: Shape = Shape {
    fields: with_statistics![
        ("name", "/name"),
        ("clusterId", "/clusterId"),
        ("totalGpuQuota", "/totalResources/gpuQuota"),
        ("createdAt", "/createdAt"),
    ],
    operators: listing::ALL_OPERATORS,
    searched: &[],
    default_limit: 50,
};
