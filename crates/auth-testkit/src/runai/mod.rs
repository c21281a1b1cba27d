//! Speaks for NVIDIA Run:ai: two token APIs, the administration of one tenant, and the web UI on every other path.

mod tenant;
mod call;
mod listing;
mod permissions;
mod roles;
mod rules;
mod rules_batch;
mod clients;
mod access_keys;
mod users;
mod me;
mod routes;
mod sign_in;
mod token_v1;
mod token_v2;

use std::time::Duration;

use http::StatusCode;
use wiremock::Request;

use self::call::{Call, Outcome, error};
use self::routes::{Access, Route};
pub(crate) use self::tenant::Tenant;
use crate::answer::{Answer, reason};
use crate::behaviour::{Behaviour, Place, is_below};
use crate::control_plane::ControlPlane;
use crate::request::Bearer;
use crate::state::State;

#[derive(Debug)]
pub(crate) struct Runai;

impl Behaviour for Runai {
    fn token_path(&self, state: &State) -> &'static str {
        if has_v2(&state.tenant()) {
            V2_PATH
        } else {
            V1_PATH
        }
    }

    fn token_lifetime(&self) -> Duration {
        Duration::from_secs(3_600)
    }

    fn username(&self) -> Option<&'static str> {
        Some("admin@example.com")
    }

    fn title(&self) -> &'static str {
        "Run:ai"
    }

    fn place(&self, path: &str) -> Place {
        if path == V1_PATH || path == V2_PATH {
            Place::Token
        } else if is_below(path, "/api") {
            Place::Api
        } else {
            Place::Open
        }
    }

    fn token(&self, request: &Request, state: &State) -> Answer {
        let mut tenant = state.tenant();
        let is_v2 = request.url.path() == V2_PATH;
        if is_v2 && !has_v2(&tenant) {
            return Answer::front_end(self.title());
        }
        if request.method != "POST" {
            return error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
        }
        let outcome = if is_v2 {
            token_v2::answer(request, state, &mut tenant)
        } else {
            token_v1::answer(request, state, &mut tenant)
        };
        outcome.unwrap_or_else(|refusal| refusal)
    }

    fn api(&self, request: &Request, state: &State) -> Answer {
        self.operation(request, state)
            .unwrap_or_else(|refusal| refusal)
    }

    fn open(&self, _request: &Request) -> Answer {
        Answer::front_end(self.title())
    }

    fn failure(&self, place: Place, path: &str, status: StatusCode) -> Answer {
        let is_v2 = place == Place::Token && path == V2_PATH;
        match status.as_u16() {
            // No specification has these; a gateway sends them.
            429 | 502 | 504 => Answer::gateway_page(status),
            401 if is_v2 => token_v2::invalid_client(),
            400..=499 if is_v2 => Answer::oauth_error(status, "invalid_request", reason(status)),
            401 if place == Place::Token => error(status, INVALID_CLIENT),
            401 => error(status, UNFAMILIAR),
            _ => error(status, reason(status)),
        }
    }
}

impl Runai {
    /// Looks at the path first, then at the token, at the method, and at the caller's rights.
    fn operation(&self, request: &Request, state: &State) -> Outcome {
        let mut tenant = state.tenant();
        let Some((route, id)) = Route::find(request.url.path(), tenant.version) else {
            return Ok(Answer::front_end(self.title()));
        };
        let owner = Bearer::of(request)
            .token()
            .and_then(|token| state.owner(token));
        let caller = owner
            .and_then(|owner| tenant.principal(&owner))
            .ok_or_else(|| error(route.unfamiliar(), UNFAMILIAR).refusing_token())?;
        let operation = route
            .operation(request.method.as_str())
            .ok_or_else(|| error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed"))?;
        let has_rights = tenant.rules_of(&caller).next().is_some();
        if route.access() == Access::TokenSet && !has_rights {
            let text = "no access rule grants the caller any rights";
            return Err(error(StatusCode::FORBIDDEN, text));
        }
        operation(&mut Call {
            request,
            state,
            tenant: &mut tenant,
            caller,
            id,
            now: state.clock.now().wall(),
        })
    }
}

fn has_v2(tenant: &Tenant) -> bool {
    tenant.version >= ControlPlane::V2_24
}

const V1_PATH: &str = "/api/v1/token";
const V2_PATH: &str = "/api/v2/token";
const INVALID_CLIENT: &str = "invalid client credentials";
const UNFAMILIAR: &str = "Issuer is not familiar.";
