//! Speaks for NVIDIA Run:ai: two token APIs, the administration of one tenant, and the web UI on every other path.

mod settings;
mod permissions;
mod roles;
mod organization;
mod tenant;
mod call;
mod listing;
mod rules;
mod rules_batch;
mod clients;
mod access_keys;
mod users;
mod me;
mod clusters;
mod node_pools;
mod quota;
mod units;
mod departments;
mod projects;
mod routes;
mod sign_in;
mod token_v1;
mod token_v2;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use auth_core::Secret;
use http::StatusCode;

use self::call::{Call, INVALID_CLIENT, Outcome, error};
use self::routes::{Access, Route};
pub use self::settings::Runai;
use self::tenant::Tenant;
use crate::builder::EmulatorBuilder;
use crate::control_plane::ControlPlane;
use crate::engine::Engine;
use crate::error::phrase;
use crate::model::{Model, is_below};
use crate::reading::Bearer;
use crate::records::Place;
use crate::reply::Reply;
use crate::request::ReceivedRequest;

/// A control plane and its one tenant.
struct Plane {
    settings: Runai,
    tenant: Mutex<Tenant>,
}

impl From<Runai> for EmulatorBuilder {
    fn from(settings: Runai) -> Self {
        Self::new(Plane {
            tenant: Mutex::new(Tenant::new(&settings)),
            settings,
        })
    }
}

impl Model for Plane {
    fn name(&self) -> &'static str {
        "runai"
    }

    fn title(&self) -> &'static str {
        "Run:ai"
    }

    fn token_path(&self) -> Option<&str> {
        Some(if self.has_v2() { V2_PATH } else { V1_PATH })
    }

    fn user(&self) -> Option<(&str, &Secret)> {
        Some(self.settings.admin())
    }

    fn seed(&self, engine: &Engine) {
        let now = engine.clock.now().wall();
        self.tenant().seed(&self.settings, &engine.clients, now);
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

    fn token(&self, request: &ReceivedRequest, engine: &Engine) -> Reply {
        let mut tenant = self.tenant();
        let is_v2 = request.path() == V2_PATH;
        if is_v2 && !self.has_v2() {
            return Reply::front_end(self.title()).unscripted();
        }
        if request.method() != "POST" {
            return error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
        }
        let outcome = if is_v2 {
            token_v2::answer(request, engine, &mut tenant)
        } else {
            token_v1::answer(request, engine, &mut tenant)
        };
        outcome.unwrap_or_else(|refusal| refusal)
    }

    fn api(&self, request: &ReceivedRequest, engine: &Engine) -> Reply {
        self.operation(request, engine)
            .unwrap_or_else(|refusal| refusal)
    }

    fn open(&self, _request: &ReceivedRequest) -> Reply {
        Reply::front_end(self.title()).unscripted()
    }

    fn failure(&self, place: Place, path: &str, status: StatusCode) -> Reply {
        let is_v2 = place == Place::Token && path == V2_PATH;
        match status.as_u16() {
            // No specification has these; a gateway sends them.
            429 | 502 | 504 => Reply::gateway_page(status),
            401 if is_v2 => token_v2::invalid_client(),
            400..=499 if is_v2 => Reply::oauth_error(status, "invalid_request", phrase(status)),
            401 if place == Place::Token => error(status, INVALID_CLIENT),
            401 => error(status, UNFAMILIAR),
            _ => error(status, phrase(status)),
        }
    }
}

impl Plane {
    /// Returns access to the tenant; never taken while the engine's lock is held.
    fn tenant(&self) -> MutexGuard<'_, Tenant> {
        self.tenant.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_v2(&self) -> bool {
        self.settings.version() >= ControlPlane::V2_24
    }

    /// Looks at the path first, then at the token, at the method, and at the caller's rights.
    fn operation(&self, request: &ReceivedRequest, engine: &Engine) -> Outcome {
        let mut tenant = self.tenant();
        let Some((route, id)) = Route::find(request.path(), tenant.version) else {
            return Ok(Reply::front_end(self.title()).unscripted());
        };
        let owner = Bearer::of(request)
            .token()
            .and_then(|token| engine.owner(token));
        let caller = owner
            .and_then(|owner| tenant.principal(&owner))
            .ok_or_else(|| error(route.unfamiliar(), UNFAMILIAR).with_invalid_token())?;
        let operation = route
            .operation(request.method().as_str())
            .ok_or_else(|| error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed"))?;
        let has_rights = tenant.rules_of(&caller).next().is_some();
        if route.access() == Access::TokenSet && !has_rights {
            let text = "no access rule grants the caller any rights";
            return Err(error(StatusCode::FORBIDDEN, text));
        }
        operation(&mut Call {
            request,
            engine,
            tenant: &mut tenant,
            caller,
            id,
            now: engine.clock.now().wall(),
        })
    }
}

impl fmt::Debug for Plane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plane")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

const V1_PATH: &str = "/api/v1/token";
const V2_PATH: &str = "/api/v2/token";
const UNFAMILIAR: &str = "Issuer is not familiar.";
