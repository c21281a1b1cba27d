//! Run:ai's token API of version 1: JSON in camelCase, whose keys the server takes in any case.

use crate::request::ReceivedRequest;
use serde_json::json;

use super::call::{INVALID_CLIENT, Outcome, bad_request, ok};
use super::sign_in::{self, SignedIn};
use super::tenant::Tenant;
use crate::control_plane::ControlPlane;
use crate::engine::Engine;
use crate::reading::JsonFields;
use crate::reply::Reply;

pub(crate) fn answer(request: &ReceivedRequest, engine: &Engine, tenant: &mut Tenant) -> Outcome {
    let fields =
        JsonFields::of(request).ok_or_else(|| bad_request("the body is not a JSON object"))?;
    let signed_in = sign_in(&fields, engine, tenant)?;
    let tokens = sign_in::issue(engine, signed_in);
    let mut body = json!({ "accessToken": tokens.access_token });
    if let Some(token) = tokens.refresh_token {
        body["refreshToken"] = token.into();
    }
    if let Some(token) = tokens.id_token {
        body["idToken"] = token.into();
    }
    if tenant.version >= ControlPlane::V2_24 {
        body["expiresIn"] = tokens.expires_in.into();
    }
    ok(&body)
}

fn sign_in(fields: &JsonFields, engine: &Engine, tenant: &mut Tenant) -> Result<SignedIn, Reply> {
    let now = engine.clock.now();
    let required = |names: &[&str]| {
        let text = format!("{} is required", names[0]);
        fields.text(names).ok_or_else(|| bad_request(&text))
    };
    let (signed_in, refusal) = match required(&["grantType"])? {
        "client_credentials" if tenant.version >= ControlPlane::V2_20 => {
            (by_secret(fields, engine, tenant)?, INVALID_CLIENT)
        }
        "app_token" if tenant.version < ControlPlane::V3_0 => {
            (by_secret(fields, engine, tenant)?, INVALID_CLIENT)
        }
        "password" => {
            let (name, password) = (required(&["username"])?, required(&["password"])?);
            let signed_in = sign_in::by_password(tenant, name, password, now);
            (signed_in, "invalid user credentials")
        }
        "refresh_token" => {
            let token = required(&["refreshToken"])?;
            let signed_in = sign_in::by_refresh_token(engine, tenant, token);
            (signed_in, "invalid refresh token")
        }
        "external_token_exchange" if tenant.version >= ControlPlane::V2_22 => {
            let token = required(&["externalToken"])?;
            let signed_in = sign_in::by_external_token(tenant, token, now);
            (signed_in, "invalid external token")
        }
        _ => return Err(bad_request("grantType is not supported")),
    };
    // The specification has no 401 here.
    signed_in.ok_or_else(|| bad_request(refusal))
}

/// Old clients spell the pair AppId and AppSecret, with either grant.
fn by_secret(
    fields: &JsonFields,
    engine: &Engine,
    tenant: &mut Tenant,
) -> Result<Option<SignedIn>, Reply> {
    let id = fields.text(&["clientID", "appID"]);
    let secret = fields.text(&["clientSecret", "appSecret"]);
    let (Some(id), Some(secret)) = (id, secret) else {
        return Err(bad_request("clientID and clientSecret are required"));
    };
    Ok(sign_in::by_secret(engine, tenant, id, secret))
}
