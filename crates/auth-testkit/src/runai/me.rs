//! Run:ai's information about the caller.

use auth_core::Secret;
use http::StatusCode;
use serde_json::{Value, json};

use super::call::{Call, Outcome, bad_request, error, ok, required};
use super::rules;
use crate::reply::Reply;

pub(crate) fn access_rules(call: &mut Call<'_>) -> Outcome {
    let rules = own(call)?;
    ok(&json!({ "accessRules": rules::listed(call, rules)? }))
}

pub(crate) fn count_access_rules(call: &mut Call<'_>) -> Outcome {
    ok(&json!({ "count": own(call)?.len() }))
}

/// Changes the caller's password; sessions stay valid.
pub(crate) fn change_password(call: &mut Call<'_>) -> Outcome {
    let fields = call.fields()?;
    let current = required(&fields, "currentPassword")?;
    let new = required(&fields, "newPassword")?;
    let now = call.now;
    let user = call.tenant.user_mut(call.caller.id());
    let Some((user, password)) = user.and_then(|user| {
        let password = user.password.clone()?;
        Some((user, password))
    }) else {
        return Err(error(
            StatusCode::FORBIDDEN,
            "only a local user has a password",
        ));
    };
    if password.expose_secret() != current {
        return Err(bad_request("the current password is wrong"));
    }
    user.password = Some(Secret::from(new));
    user.updated_at = now;
    // The specification's answer has room for both passwords, and need for neither.
    ok(&json!({}))
}

/// Lists the rules by which the caller has rights, with what the specification shows of them here.
fn own(call: &Call<'_>) -> Result<Vec<Value>, Reply> {
    let rules = call.tenant.rules_of(&call.caller);
    let rules = rules.map(|(id, rule)| {
        let mut rule = rules::describe(id, rule);
        if let Some(fields) = rule.as_object_mut() {
            for name in ["createdAt", "updatedAt", "deletedAt", "createdBy", "status"] {
                fields.remove(name);
            }
        }
        rule
    });
    rules::searched(call, rules.collect())
}
