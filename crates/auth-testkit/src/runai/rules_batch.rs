//! Run:ai's access rules in batches, where each one succeeds or fails individually within a 200 response.

use serde_json::{Value, json};

use super::call::{Call, Outcome, bad_request, ok};
use super::rules::{self, SCOPE_TYPES, SUBJECT_TYPES};
use super::tenant::Rule;
use crate::jwt;
use crate::reading::JsonFields;
use crate::reply::Reply;

/// Deletes rules, or says which could be deleted.
///
/// The specification calls the ids UUIDs, while the ids of rules are numbers everywhere else: the numbers are taken,
/// as texts.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let fields = call.fields()?;
    let is_trial = match fields.text(&["action"]) {
        Some("delete") => false,
        Some("validate_delete") => true,
        _ => return Err(bad_request("action must be delete or validate_delete")),
    };
    let ids = fields.value("ids").and_then(Value::as_array);
    let ids: Option<Vec<&str>> = ids.and_then(|ids| {
        let texts = ids.iter().map(Value::as_str);
        texts.map(|id| id.filter(|id| !id.is_empty())).collect()
    });
    let Some(ids) = ids.filter(|ids| !ids.is_empty()) else {
        return Err(bad_request(
            "ids must be a list of at least one text, none of them empty",
        ));
    };
    let (mut succeeded, mut failed) = (Vec::new(), Vec::new());
    for id in ids {
        match rules::find(call.tenant, id) {
            Ok((number, _)) => {
                if let Some(rule) = call.tenant.rules.get_mut(&number).filter(|_| !is_trial) {
                    rule.deleted_at = Some(call.now);
                }
                succeeded.push(id);
            }
            Err(answer) => {
                let (code, message) = answer.code_and_message();
                failed.push(json!({ "id": id, "code": code, "message": message }));
            }
        }
    }
    ok(&json!({ "id": jwt::uuid(), "succeeded": succeeded, "failed": failed }))
}

/// Grants every subject the role in every scope.
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let fields = call.fields()?;
    let payload = fields.value("payload").cloned();
    let Some(payload) = payload.and_then(JsonFields::of_value) else {
        return Err(bad_request("payload is required"));
    };
    let role_id = rules::role_id(&payload)?;
    let cluster_id = payload.text(&["clusterId"]).map(str::to_owned);
    let subjects = pairs(
        &payload,
        "subjects",
        ["subjectId", "subjectType"],
        SUBJECT_TYPES,
    )?;
    let scopes = pairs(&payload, "scopes", ["scopeId", "scopeType"], SCOPE_TYPES)?;
    if subjects.len().saturating_mul(scopes.len()) > MOST_RULES {
        return Err(bad_request("a batch makes at most 1000 access rules"));
    }
    let (mut succeeded, mut failed) = (Vec::new(), Vec::new());
    for (subject_id, subject_type) in &subjects {
        for (scope_id, scope_type) in &scopes {
            let rule = Rule {
                subject_id: subject_id.clone(),
                subject_type: subject_type.clone(),
                role_id,
                scope_id: scope_id.clone(),
                scope_type: scope_type.clone(),
                scope_name: String::new(),
                cluster_id: cluster_id.clone(),
                created_by: call.caller.name().to_owned(),
                created_at: call.now,
                deleted_at: None,
            };
            match rules::add(call.tenant, rule) {
                Ok((id, rule)) => succeeded.push(rules::describe(id, &rule)),
                Err(answer) => {
                    let (code, message) = answer.code_and_message();
                    let mut asked = json!({
                        "subjectId": subject_id,
                        "subjectType": subject_type,
                        "roleId": payload.value("roleId"),
                        "scopeId": scope_id,
                        "scopeType": scope_type,
                    });
                    if let Some(cluster) = &cluster_id {
                        asked["clusterId"] = cluster.as_str().into();
                    }
                    failed.push(json!({ "payload": asked, "code": code, "message": message }));
                }
            }
        }
    }
    ok(&json!({ "succeeded": succeeded, "failed": failed }))
}

/// Reads a list of ids with their types.
fn pairs(
    payload: &JsonFields,
    name: &str,
    [id, kind]: [&str; 2],
    kinds: &[&str],
) -> Result<Vec<(String, String)>, Reply> {
    let Some(items) = payload.value(name).and_then(Value::as_array) else {
        return Err(bad_request(&format!("{name} must be a list")));
    };
    let read = |item: &Value| {
        let item = JsonFields::of_value(item.clone())
            .ok_or_else(|| bad_request(&format!("{name} must be a list of objects")))?;
        let id = super::call::required(&item, id)?;
        Ok((id, rules::one_of(&item, kind, kinds)?))
    };
    items.iter().map(read).collect()
}

/// The emulator's own number: a short body could request millions.
const MOST_RULES: usize = 1_000;
