//! Run:ai's users, their temporary passwords and their sessions.

use auth_core::Secret;
use http::StatusCode;
use serde_json::{Value, json};

use super::call::{Call, Outcome, bad_request, conflict, created, empty, not_found, ok, required};
use super::listing::{self, Shape, contains};
use super::tenant::User;
use crate::jwt;
use crate::reply::Reply;
use crate::timestamp::rfc3339;

/// The list is a bare array, without a total.
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let users = filtered(call)?;
    ok(&listing::page(call, &SHAPE, users)?.into())
}

pub(crate) fn count(call: &mut Call<'_>) -> Outcome {
    ok(&json!({ "count": filtered(call)?.len() }))
}

pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let email = required(&call.fields()?, "email")?;
    if !is_email(&email) {
        return Err(bad_request("email is not an e-mail address"));
    }
    if call.tenant.user_named(&email).is_some() {
        return Err(conflict("a user with this email already exists"));
    }
    let password = new_password();
    let by = call.caller.name().to_owned();
    let id = call
        .tenant
        .add_user(&email, Some(password.clone()), &by, call.now);
    if call.tenant.documented_users {
        let at = rfc3339(call.now);
        return created(&json!({ "id": id, "email": email, "createdAt": at }));
    }
    created(&json!({ "id": id, "username": email, "tempPassword": password.expose_secret() }))
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let user = find(call)?;
    ok(&describe(user))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let principal = find(call)?.principal();
    call.tenant
        .forget(&principal, &call.engine.clients, call.now);
    let users = &mut call.tenant.users;
    users.retain(|user| user.id != principal.id());
    empty(StatusCode::NO_CONTENT)
}

/// Ends the user's tokens and refresh tokens; access keys are no part of a session.
pub(crate) fn log_out(call: &mut Call<'_>) -> Outcome {
    find(call)?.session += 1;
    empty(StatusCode::OK)
}

/// The old password is rejected from this moment on; sessions stay valid.
pub(crate) fn reset_password(call: &mut Call<'_>) -> Outcome {
    let now = call.now;
    let user = find(call)?;
    if user.password.is_none() {
        return Err(bad_request("the user is not local and has no password"));
    }
    let password = new_password();
    let body = json!({ "tempPassword": password.expose_secret() });
    user.password = Some(password);
    user.updated_at = now;
    ok(&body)
}

/// Matches `^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$`, the specification's pattern.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let Some((host, top)) = domain.rsplit_once('.') else {
        return false;
    };
    let consists = |part: &str, others: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || others.contains(letter))
    };
    consists(local, "._%+-")
        && consists(host, ".-")
        && top.len() >= 2
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn filtered(call: &Call<'_>) -> Result<Vec<Value>, Reply> {
    let mut users: Vec<Value> = call.tenant.users.iter().map(describe).collect();
    // What `filter` does is not documented; it is taken for a part of the name.
    if let Some(part) = call.query("filter") {
        users.retain(|user| {
            user["username"]
                .as_str()
                .is_some_and(|name| contains(name, &part))
        });
    }
    listing::filter(call, &SHAPE, users)
}

fn find<'a>(call: &'a mut Call<'_>) -> Result<&'a mut User, Reply> {
    call.tenant
        .user_mut(&call.id)
        .ok_or_else(|| not_found("user"))
}

fn describe(user: &User) -> Value {
    json!({
        "id": user.id,
        "username": user.username,
        "createdBy": user.created_by,
        "createdAt": rfc3339(user.created_at),
        "updatedAt": rfc3339(user.updated_at),
        "lastLogin": user.last_login.map(rfc3339),
        "isLocal": user.password.is_some(),
        "groups": [],
    })
}

fn new_password() -> Secret {
    Secret::from(jwt::fake("not-a-real-password-"))
}

const SHAPE: Shape = Shape {
    fields: &[
        ("username", "/username"),
        ("createdBy", "/createdBy"),
        ("lastLogin", "/lastLogin"),
        ("creationTime", "/createdAt"),
        ("lastUpdated", "/updatedAt"),
        ("isLocal", "/isLocal"),
        ("type", "/isLocal"),
    ],
    operators: &["==", "<=", ">=", "=@"],
    searched: &["username", "createdBy"],
    default_limit: 500,
};
