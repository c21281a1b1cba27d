//! Run:ai's access keys, and user applications, which is their older name.

use http::StatusCode;
use serde_json::{Value, json};

use super::call::{
    Call, Outcome, bad_request, client_name, conflict, created, empty, not_found, ok,
};
use super::clients::new_secret;
use super::tenant::AccessKey;
use crate::jwt;
use crate::reply::Reply;
use crate::timestamp::rfc3339;

/// The two names under which the same keys are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    AccessKey,
    UserApplication,
}

/// Lists the caller's own keys.
pub(crate) fn list(call: &mut Call<'_>, spelling: Spelling) -> Outcome {
    let keys = call.tenant.access_keys.iter();
    let own = keys
        .filter(|key| key.owner_id == call.caller.id())
        .map(describe);
    ok(&listed(own.collect(), spelling))
}

/// Lists everybody's keys.
pub(crate) fn list_all(call: &mut Call<'_>, spelling: Spelling) -> Outcome {
    let by_client_id = call.query("clientId");
    let by_creator = call.query("createdBy");
    let is_wanted = |wanted: &Option<String>, value: &Value| {
        wanted
            .as_ref()
            .is_none_or(|wanted| value == wanted.as_str())
    };
    let keys = call.tenant.access_keys.iter();
    let all = keys.map(|key| {
        let mut described = describe(key);
        let owner = call.tenant.named(&key.owner_id);
        described["createdBy"] = owner.map_or(Value::Null, |owner| owner.name().into());
        described
    });
    let all = all.filter(|key| {
        is_wanted(&by_client_id, &key["clientId"]) && is_wanted(&by_creator, &key["createdBy"])
    });
    ok(&listed(all.collect(), spelling))
}

pub(crate) fn create(call: &mut Call<'_>, spelling: Spelling) -> Outcome {
    let name = client_name(&call.fields()?)?;
    let keys = call.tenant.access_keys.iter();
    let own: Vec<_> = keys
        .filter(|key| key.owner_id == call.caller.id())
        .collect();
    if own.iter().any(|key| key.name == name) {
        return Err(conflict(&format!("access key {name} already exists")));
    }
    if own.len() >= MOST_KEYS {
        return Err(bad_request("a user has at most 20 access keys"));
    }
    let key = AccessKey {
        id: jwt::uuid(),
        client_id: format!("{name}-{}", jwt::hex(8)),
        name,
        owner_id: call.caller.id().to_owned(),
        created_at: call.now,
        last_login: None,
    };
    let mut body = describe(&key);
    if let Some(fields) = body.as_object_mut() {
        fields.remove("lastLogin");
    }
    let field = match spelling {
        Spelling::AccessKey => "clientSecret",
        Spelling::UserApplication => "secret",
    };
    let secret = new_secret();
    body[field] = secret.expose_secret().into();
    call.engine.clients.add(&key.client_id, secret);
    call.tenant.access_keys.push(key);
    created(&body)
}

pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let key = find(call)?;
    ok(&describe(key))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    find(call)?;
    delete_any(call)
}

/// Deletes a key, whatever its owner.
pub(crate) fn delete_any(call: &mut Call<'_>) -> Outcome {
    let keys = &mut call.tenant.access_keys;
    let Some(at) = keys.iter().position(|key| key.id == call.id) else {
        return Err(not_found("access key"));
    };
    let key = keys.remove(at);
    call.engine.clients.remove(&key.client_id);
    empty(StatusCode::NO_CONTENT)
}

/// Both spellings name the field `clientSecret` here.
pub(crate) fn regenerate(call: &mut Call<'_>) -> Outcome {
    let client_id = find(call)?.client_id.clone();
    let secret = new_secret();
    let body = json!({ "clientSecret": secret.expose_secret() });
    if let Some(credentials) = call.engine.clients.find(&client_id) {
        credentials.rotate_secret(secret);
    }
    ok(&body)
}

/// Finds one of the caller's own.
fn find<'a>(call: &'a mut Call<'_>) -> Result<&'a mut AccessKey, Reply> {
    let mut keys = call.tenant.access_keys.iter_mut();
    keys.find(|key| key.id == call.id && key.owner_id == call.caller.id())
        .ok_or_else(|| not_found("access key"))
}

fn describe(key: &AccessKey) -> Value {
    json!({
        "id": key.id,
        "name": key.name,
        "clientId": key.client_id,
        "createdAt": rfc3339(key.created_at),
        "lastLogin": key.last_login.map(rfc3339),
    })
}

fn listed(keys: Vec<Value>, spelling: Spelling) -> Value {
    match spelling {
        Spelling::AccessKey => json!({ "accessKeys": keys }),
        Spelling::UserApplication => keys.into(),
    }
}

/// The vendor's documentation has this number.
const MOST_KEYS: usize = 20;
