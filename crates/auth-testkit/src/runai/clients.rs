//! Run:ai's applications and service accounts, which differ in name only.

use http::StatusCode;
use serde_json::{Value, json};

use auth_core::Secret;

use super::call::{
    Call, Outcome, bad_request, client_name, conflict, created, empty, not_found, ok,
};
use super::tenant::{Client, Kind, TENANT_ID};
use crate::clients::Clients;
use crate::jwt;
use crate::reply::Reply;
use crate::timestamp::rfc3339;

pub(crate) fn list(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let clients = call.tenant.clients.iter();
    let own: Vec<Value> = clients
        .filter(|client| client.kind == kind)
        .map(|client| describe(client, &call.engine.clients))
        .collect();
    ok(&own.into())
}

pub(crate) fn create(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let name = client_name(&call.fields()?)?;
    let mut clients = call.tenant.clients.iter();
    if clients.any(|client| client.kind == kind && client.name == name) {
        let noun = kind.noun();
        return Err(conflict(&format!("{noun} {name} already exists")));
    }
    // Programs that were written before a response had `clientId` take the name for it.
    let client_id = if kind == Kind::Application && !call.engine.clients.contains(&name) {
        name.clone()
    } else {
        format!("{name}-{}", jwt::hex(8))
    };
    let secret = new_secret();
    let credentials = call.engine.clients.add(&client_id, secret.clone());
    let client = Client {
        kind,
        id: credentials.uuid().to_owned(),
        name,
        client_id,
        created_by: call.caller.name().to_owned(),
        created_at: call.now,
        updated_at: call.now,
        last_login: None,
    };
    let mut body = json!({ "id": client.id, "name": client.name, "clientId": client.client_id });
    body[secret_field(kind)] = secret.expose_secret().into();
    call.tenant.clients.push(client);
    created(&body)
}

pub(crate) fn get(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let client = find(call, kind)?.clone();
    ok(&describe(&client, &call.engine.clients))
}

pub(crate) fn update(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let fields = call.fields()?;
    let Some(enabled) = fields.value("enabled").and_then(Value::as_bool) else {
        return Err(bad_request("enabled must be true or false"));
    };
    let now = call.now;
    let client = find(call, kind)?;
    client.updated_at = now;
    let client_id = client.client_id.clone();
    if let Some(credentials) = call.engine.clients.find(&client_id) {
        credentials.enable(enabled);
    }
    empty(StatusCode::OK)
}

pub(crate) fn delete(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let client = find(call, kind)?;
    let (principal, client_id) = (client.principal(), client.client_id.clone());
    call.engine.clients.remove(&client_id);
    call.tenant
        .forget(&principal, &call.engine.clients, call.now);
    let clients = &mut call.tenant.clients;
    clients.retain(|client| client.id != principal.id());
    empty(StatusCode::NO_CONTENT)
}

/// The old secret is rejected from this moment on; tokens that were obtained with it stay valid.
pub(crate) fn regenerate(call: &mut Call<'_>, kind: Kind) -> Outcome {
    let now = call.now;
    let client = find(call, kind)?;
    client.updated_at = now;
    let client_id = client.client_id.clone();
    let secret = new_secret();
    let mut body = json!({});
    body[secret_field(kind)] = secret.expose_secret().into();
    if let Some(credentials) = call.engine.clients.find(&client_id) {
        credentials.rotate_secret(secret);
    }
    ok(&body)
}

pub(crate) fn new_secret() -> Secret {
    let mut secret = String::from("not-a-real-secret-");
    secret.push_str(&jwt::hex(16));
    Secret::from(secret)
}

fn find<'a>(call: &'a mut Call<'_>, kind: Kind) -> Result<&'a mut Client, Reply> {
    let mut clients = call.tenant.clients.iter_mut();
    clients
        .find(|client| client.kind == kind && client.id == call.id)
        .ok_or_else(|| not_found(kind.noun()))
}

fn describe(client: &Client, credentials: &Clients) -> Value {
    let registered = credentials.find(&client.client_id);
    let is_enabled = registered.is_some_and(|registered| registered.is_enabled());
    json!({
        "id": client.id,
        "name": client.name,
        "clientId": client.client_id,
        "tenantId": TENANT_ID.to_string(),
        "enabled": is_enabled,
        "createdBy": client.created_by,
        "createdAt": rfc3339(client.created_at),
        "updatedAt": rfc3339(client.updated_at),
        "lastLogin": client.last_login.map(rfc3339),
    })
}

fn secret_field(kind: Kind) -> &'static str {
    match kind {
        Kind::Application => "secret",
        Kind::ServiceAccount => "clientSecret",
    }
}
