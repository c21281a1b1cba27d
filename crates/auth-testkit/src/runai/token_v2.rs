//! Run:ai's token API of version 2: RFC 6749 with forms, client credentials in the body or by Basic.

use crate::request::ReceivedRequest;
use http::StatusCode;
use serde_json::json;

use super::call::{INVALID_CLIENT, Outcome, ok};
use super::sign_in::{self, SignedIn};
use super::tenant::Tenant;
use crate::engine::Engine;
use crate::reading::{Form, Presented};
use crate::reply::Reply;

pub(crate) fn answer(request: &ReceivedRequest, engine: &Engine, tenant: &mut Tenant) -> Outcome {
    let form = Form::of(request)
        .ok_or_else(|| invalid_request("the body must be application/x-www-form-urlencoded"))?;
    if form.has_duplicate() {
        return Err(invalid_request("a parameter was sent twice"));
    }
    let basic = Presented::by_basic(request);
    if basic.is_some() && form.get("client_secret").is_some() {
        let text = "only one client authentication method is allowed";
        return Err(invalid_request(text));
    }
    let signed_in = sign_in(&form, basic, engine, tenant)?;
    let tokens = sign_in::issue(engine, signed_in);
    let mut body = json!({
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
    });
    if let Some(token) = tokens.refresh_token {
        body["refresh_token"] = token.into();
    }
    if let Some(token) = tokens.id_token {
        body["id_token"] = token.into();
    }
    ok(&body).map(Reply::not_stored)
}

/// Creates the response to credentials that are no client's.
pub(crate) fn invalid_client() -> Reply {
    Reply::oauth_error(StatusCode::UNAUTHORIZED, "invalid_client", INVALID_CLIENT)
}

fn sign_in(
    form: &Form,
    basic: Option<Presented>,
    engine: &Engine,
    tenant: &mut Tenant,
) -> Result<SignedIn, Reply> {
    let grant = form
        .get("grant_type")
        .ok_or_else(|| invalid_request("grant_type is required"))?;
    // A person needs no client; one that is named all the same must exist, and an empty name is no client's.
    let names_client = basic.is_some() || form.sent("client_id").is_some();
    let is_for_people = matches!(grant, "password" | "refresh_token");
    let client = if grant == "client_credentials" || is_for_people && names_client {
        Some(by_client(form, basic, engine, tenant).ok_or_else(invalid_client)?)
    } else {
        None
    };
    let now = engine.clock.now();
    let required = |name| {
        form.get(name)
            .ok_or_else(|| invalid_request(&format!("{name} is required")))
    };
    let person = match grant {
        "client_credentials" => client,
        "password" => {
            let (name, password) = (required("username")?, required("password")?);
            sign_in::by_password(tenant, name, password, now)
        }
        "refresh_token" => sign_in::by_refresh_token(engine, tenant, required("refresh_token")?),
        _ => {
            let text = "grant_type is not supported";
            let code = "unsupported_grant_type";
            return Err(Reply::oauth_error(StatusCode::BAD_REQUEST, code, text));
        }
    };
    person.ok_or_else(|| {
        let text = match grant {
            "password" => "Invalid user credentials",
            _ => "Invalid refresh token",
        };
        Reply::oauth_error(StatusCode::BAD_REQUEST, "invalid_grant", text)
    })
}

/// RFC 6749 has the parts of a Basic header form-encoded; whether Run:ai decodes them is not established.
fn by_client(
    form: &Form,
    basic: Option<Presented>,
    engine: &Engine,
    tenant: &mut Tenant,
) -> Option<SignedIn> {
    let mut judge = |presented: &Presented| {
        sign_in::by_secret(engine, tenant, &presented.id, &presented.secret)
    };
    match basic {
        Some(basic) => judge(&basic.form_decoded()).or_else(|| judge(&basic)),
        None => judge(&Presented::by_form(form)?),
    }
}

fn invalid_request(description: &str) -> Reply {
    Reply::oauth_error(StatusCode::BAD_REQUEST, "invalid_request", description)
}
