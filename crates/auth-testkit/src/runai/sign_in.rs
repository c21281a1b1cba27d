//! Who signs in at Run:ai, and the tokens that they get.

use std::time::Duration;

use auth_core::ClockReading;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::tenant::{Principal, TENANT_ID, Tenant};
use super::users::is_email;
use crate::clients::Standing;
use crate::engine::Engine;
use crate::issued::Owner;
use crate::jwt;

/// Somebody who has shown who they are.
#[derive(Debug)]
pub(crate) struct SignedIn {
    owner: Owner,
    principal: Principal,
}

/// The tokens for one sign-in.
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    pub(crate) expires_in: u64,
    /// People get these two, clients do not.
    pub(crate) refresh_token: Option<String>,
    pub(crate) id_token: Option<String>,
}

/// Signs in a client or an access key.
pub(crate) fn by_secret(
    engine: &Engine,
    tenant: &mut Tenant,
    id: &str,
    secret: &str,
) -> Option<SignedIn> {
    let now = engine.clock.now();
    let Standing::Good(_) = engine.clients.standing(id, secret) else {
        return None;
    };
    let mut clients = tenant.clients.iter_mut();
    let mut keys = tenant.access_keys.iter_mut();
    let vendor_id = if let Some(client) = clients.find(|client| client.client_id == id) {
        client.last_login = Some(now.wall());
        client.id.clone()
    } else {
        let key = keys.find(|key| key.client_id == id)?;
        key.last_login = Some(now.wall());
        key.id.clone()
    };
    let owner = Owner {
        id: vendor_id,
        client_id: Some(id.to_owned()),
        session: 0,
    };
    Some(SignedIn {
        principal: tenant.principal(&owner)?,
        owner,
    })
}

/// Signs in a local user.
pub(crate) fn by_password(
    tenant: &mut Tenant,
    username: &str,
    password: &str,
    now: ClockReading,
) -> Option<SignedIn> {
    let user = tenant.user_named(username)?;
    let known = user.password.as_ref()?;
    if known.expose_secret() != password {
        return None;
    }
    user.last_login = Some(now.wall());
    Some(SignedIn {
        owner: owner(&user.id, user.session),
        principal: user.principal(),
    })
}

/// Signs in the user of a refresh token; it may be shown again until it expires or its user is signed out.
pub(crate) fn by_refresh_token(engine: &Engine, tenant: &Tenant, token: &str) -> Option<SignedIn> {
    let now = engine.clock.now();
    let owner = engine.live().refresh_tokens.owner(token, now)?.clone();
    Some(SignedIn {
        principal: tenant.principal(&owner)?,
        owner,
    })
}

/// Signs in the user that an identity provider's token names; there is no identity provider, so any such token will do.
///
/// It must be a JWT whose `email` or `preferred_username` is an e-mail address and whose `exp`, if it has one, is to
/// come. An unknown user becomes a user without rights, as happens at a first single sign-on.
pub(crate) fn by_external_token(
    tenant: &mut Tenant,
    token: &str,
    now: ClockReading,
) -> Option<SignedIn> {
    let payload = token
        .split('.')
        .nth(1)
        .filter(|_| token.split('.').count() == 3)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    let is_over = |exp: &Value| exp.as_u64().is_some_and(|exp| exp <= now.wall().as_secs());
    if claims.get("exp").is_some_and(is_over) {
        return None;
    }
    let names = ["email", "preferred_username"];
    let mut names = names.iter().filter_map(|name| claims.get(name)?.as_str());
    let username = names.find(|name| is_email(name))?;
    if tenant.user_named(username).is_none() {
        tenant.add_user(username, None, "single sign-on", now.wall());
    }
    let user = tenant.user_named(username)?;
    user.last_login = Some(now.wall());
    Some(SignedIn {
        owner: owner(&user.id, user.session),
        principal: user.principal(),
    })
}

/// Issues the tokens.
pub(crate) fn issue(engine: &Engine, signed_in: SignedIn) -> Tokens {
    let SignedIn { owner, principal } = signed_in;
    let client_id = owner.client_id.clone();
    let mut id_token = None;
    let (access_token, times) = engine.issue_to(owner.clone(), |times| {
        let mut claims = json!({
            "iat": times.issued_at,
            "exp": times.expires_at(),
            "jti": jwt::uuid(),
            "iss": format!("{}/auth/realms/demo", engine.base_url),
            "aud": "runai",
            "typ": "Bearer",
            "tenant_id": TENANT_ID,
            "sub": principal.id(),
            "azp": client_id.as_deref().unwrap_or("runai-cli"),
        });
        match &principal {
            Principal::Client { client_id, .. } => {
                claims["preferred_username"] = format!("service-account-{client_id}").into();
            }
            Principal::User { username, .. } => {
                claims["email"] = username.as_str().into();
                claims["preferred_username"] = username.as_str().into();
            }
        }
        if let Some(client_id) = &client_id {
            claims["client_id"] = client_id.as_str().into();
        } else {
            let mut id_claims = claims.clone();
            id_claims["typ"] = "ID".into();
            id_token = Some(jwt::encode(JWT_HEADER, &id_claims));
        }
        jwt::encode(JWT_HEADER, &claims)
    });
    let refresh_token = client_id.is_none().then(|| {
        let token = jwt::hex(REFRESH_TOKEN_DIGITS);
        let now = engine.clock.now();
        let mut live = engine.live();
        let tokens = &mut live.refresh_tokens;
        tokens.add(token.clone(), now, REFRESH_LIFETIME, owner);
        drop(live);
        token
    });
    Tokens {
        access_token,
        expires_in: times.expires_in,
        refresh_token,
        id_token,
    }
}

fn owner(id: &str, session: u64) -> Owner {
    Owner {
        id: id.to_owned(),
        client_id: None,
        session,
    }
}

const JWT_HEADER: &str = r#"{"alg":"RS256","typ":"JWT","kid":"emulated-key"}"#;

/// Long enough that no two are the same; what Run:ai's look like is of no interest to a client.
const REFRESH_TOKEN_DIGITS: usize = 64;

/// Ten hours, the default duration of a session in Keycloak.
const REFRESH_LIFETIME: Duration = Duration::from_secs(36_000);
