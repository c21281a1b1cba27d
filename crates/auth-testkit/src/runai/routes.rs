//! Which operations Run:ai's API has, and in which versions of the control plane.

use http::StatusCode;

use super::access_keys::Spelling;
use super::call::{Call, Outcome};
use super::tenant::Kind;
use super::{
    access_keys, clients, clusters, departments, me, node_pools, permissions, projects, roles,
    rules, rules_batch, users,
};
use crate::control_plane::ControlPlane::{self, V2_18, V2_20, V2_22, V2_24, V3_0};

/// One path and what can be done there.
pub(crate) struct Route {
    /// Below `/api`; a `*` stands for one id.
    path: &'static str,
    since: ControlPlane,
    before: Option<ControlPlane>,
    access: Access,
    unfamiliar: StatusCode,
    operations: &'static [(&'static str, Operation)],
}

/// Answers one call.
pub(crate) type Operation = fn(&mut Call<'_>) -> Outcome;

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Every subject of an access rule, whatever the role.
    TokenSet,
    /// Everybody who is signed in.
    SignedIn,
}

impl Route {
    /// Finds the route of a path, and the id in it.
    pub(crate) fn find(path: &str, version: ControlPlane) -> Option<(&'static Self, String)> {
        let path = path.strip_prefix("/api/")?;
        ROUTES
            .iter()
            .filter(|route| version >= route.since)
            .filter(|route| route.before.is_none_or(|before| version < before))
            .find_map(|route| route.id_in(path).map(|id| (route, id)))
    }

    /// Returns what a method does here.
    pub(crate) fn operation(&self, method: &str) -> Option<Operation> {
        let found = self.operations.iter().find(|(name, _)| *name == method);
        found.map(|(_, operation)| *operation)
    }

    pub(crate) fn access(&self) -> Access {
        self.access
    }

    /// Returns the status for a token that is missing or invalid.
    pub(crate) fn unfamiliar(&self) -> StatusCode {
        self.unfamiliar
    }

    /// Matches the path and returns the decoded id, which is empty where the route has none.
    fn id_in(&self, path: &str) -> Option<String> {
        let mut id = "";
        let mut parts = path.split('/');
        for expected in self.path.split('/') {
            let part = parts.next()?;
            if expected == "*" && !part.is_empty() {
                id = part;
            } else if expected != part {
                return None;
            }
        }
        if parts.next().is_some() {
            return None;
        }
        let decoded = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
        Some(decoded.into_owned())
    }
}

const fn route(
    path: &'static str,
    since: ControlPlane,
    operations: &'static [(&'static str, Operation)],
) -> Route {
    Route {
        path,
        since,
        before: None,
        access: Access::TokenSet,
        unfamiliar: StatusCode::UNAUTHORIZED,
        operations,
    }
}

impl Route {
    const fn gone_in(mut self, version: ControlPlane) -> Self {
        self.before = Some(version);
        self
    }

    const fn for_everybody(mut self) -> Self {
        self.access = Access::SignedIn;
        self
    }

    const fn without_401(mut self) -> Self {
        self.unfamiliar = StatusCode::BAD_REQUEST;
        self
    }
}

/// A fixed path stands before one with an id in the same place.
const ROUTES: &[Route] = &[
    route(
        "v1/apps",
        V2_18,
        &[
            ("GET", |call| clients::list(call, Kind::Application)),
            ("POST", |call| clients::create(call, Kind::Application)),
        ],
    )
    .gone_in(V3_0),
    route(
        "v1/apps/*",
        V2_18,
        &[
            ("GET", |call| clients::get(call, Kind::Application)),
            ("PATCH", |call| clients::update(call, Kind::Application)),
            ("DELETE", |call| clients::delete(call, Kind::Application)),
        ],
    )
    .gone_in(V3_0),
    route(
        "v1/apps/*/secret",
        V2_18,
        &[("POST", |call| clients::regenerate(call, Kind::Application))],
    )
    .gone_in(V3_0),
    route(
        "v1/service-accounts",
        V2_24,
        &[
            ("GET", |call| clients::list(call, Kind::ServiceAccount)),
            ("POST", |call| clients::create(call, Kind::ServiceAccount)),
        ],
    ),
    route(
        "v1/service-accounts/*",
        V2_24,
        &[
            ("GET", |call| clients::get(call, Kind::ServiceAccount)),
            ("PATCH", |call| clients::update(call, Kind::ServiceAccount)),
            ("DELETE", |call| clients::delete(call, Kind::ServiceAccount)),
        ],
    ),
    route(
        "v1/service-accounts/*/secret",
        V2_24,
        &[("POST", |call| {
            clients::regenerate(call, Kind::ServiceAccount)
        })],
    ),
    route(
        "v1/access-keys",
        V2_24,
        &[
            ("GET", |call| access_keys::list(call, Spelling::AccessKey)),
            ("POST", |call| {
                access_keys::create(call, Spelling::AccessKey)
            }),
        ],
    ),
    route(
        "v1/access-keys/*",
        V2_24,
        &[("GET", access_keys::get), ("DELETE", access_keys::delete)],
    ),
    route(
        "v1/access-keys/*/secret",
        V2_24,
        &[("POST", access_keys::regenerate)],
    ),
    route(
        "v1/administration/access-keys",
        V2_24,
        &[("GET", |call| {
            access_keys::list_all(call, Spelling::AccessKey)
        })],
    ),
    route(
        "v1/administration/access-keys/*",
        V2_24,
        &[("DELETE", access_keys::delete_any)],
    ),
    route(
        "v1/user-applications",
        V2_20,
        &[
            ("GET", |call| {
                access_keys::list(call, Spelling::UserApplication)
            }),
            ("POST", |call| {
                access_keys::create(call, Spelling::UserApplication)
            }),
        ],
    )
    .gone_in(V3_0),
    route(
        "v1/user-applications/*",
        V2_20,
        &[("GET", access_keys::get), ("DELETE", access_keys::delete)],
    )
    .gone_in(V3_0),
    route(
        "v1/user-applications/*/secret",
        V2_20,
        &[("POST", access_keys::regenerate)],
    )
    .gone_in(V3_0),
    route(
        "v1/administration/user-applications",
        V2_20,
        &[("GET", |call| {
            access_keys::list_all(call, Spelling::UserApplication)
        })],
    )
    .gone_in(V3_0),
    route(
        "v1/administration/user-applications/*",
        V2_20,
        &[("DELETE", access_keys::delete_any)],
    )
    .gone_in(V3_0),
    route(
        "v1/users",
        V2_18,
        &[("GET", users::list), ("POST", users::create)],
    ),
    route("v1/users/count", V2_20, &[("GET", users::count)]),
    route(
        "v1/users/*",
        V2_18,
        &[("GET", users::get), ("DELETE", users::delete)],
    ),
    route("v1/users/*/logout", V2_18, &[("POST", users::log_out)]),
    route(
        "v1/users/*/password",
        V2_18,
        &[("POST", users::reset_password)],
    ),
    route("v1/me/password", V2_18, &[("POST", me::change_password)]).for_everybody(),
    // The vendor has them from 2.21 on, and lists neither 401 nor 403 for them.
    route(
        "v1/authorization/me/access-rules",
        V2_22,
        &[("GET", me::access_rules)],
    )
    .for_everybody()
    .without_401(),
    route(
        "v1/authorization/me/access-rules/count",
        V2_22,
        &[("GET", me::count_access_rules)],
    )
    .for_everybody()
    .without_401(),
    route(
        "v1/authorization/access-rules",
        V2_18,
        &[("GET", rules::list), ("POST", rules::create)],
    ),
    route(
        "v1/authorization/access-rules/count",
        V2_18,
        &[("GET", rules::count)],
    ),
    // The vendor has it from 2.21 on.
    route(
        "v1/authorization/access-rules/batch",
        V2_22,
        &[("POST", rules_batch::delete)],
    ),
    route(
        "v1/authorization/access-rules/batch-create",
        V2_22,
        &[("POST", rules_batch::create)],
    ),
    route(
        "v1/authorization/access-rules/*",
        V2_18,
        &[("GET", rules::get), ("DELETE", rules::delete)],
    ),
    route("v1/authorization/roles", V2_18, &[("GET", roles::list_v1)]).gone_in(V3_0),
    route("v1/authorization/roles/*", V2_18, &[("GET", roles::get_v1)]).gone_in(V3_0),
    route("v2/authorization/roles", V2_24, &[("GET", roles::list_v2)]),
    route("v2/authorization/roles/*", V2_24, &[("GET", roles::get_v2)]),
    route("v1/clusters", V2_18, &[("GET", clusters::list)]),
    route("v1/clusters/*", V2_18, &[("GET", clusters::get)]),
    route(
        "v1/org-unit/departments",
        V2_18,
        &[("GET", departments::list), ("POST", departments::create)],
    ),
    route(
        "v1/org-unit/departments/count",
        V2_18,
        &[("GET", departments::count)],
    ),
    route(
        "v1/org-unit/departments/*",
        V2_18,
        &[("GET", departments::get), ("DELETE", departments::delete)],
    ),
    route(
        "v1/org-unit/projects",
        V2_18,
        &[("GET", projects::list), ("POST", projects::create)],
    ),
    route(
        "v1/org-unit/projects/count",
        V2_18,
        &[("GET", projects::count)],
    ),
    route(
        "v1/org-unit/projects/*",
        V2_18,
        &[
            ("GET", projects::get),
            ("PUT", projects::update),
            ("DELETE", projects::delete),
        ],
    ),
    route(
        "v1/org-unit/projects/*/resources",
        V2_18,
        &[("PATCH", projects::patch_resources)],
    ),
    route("v1/node-pools", V2_24, &[("GET", node_pools::list)]),
    route("v1/node-pools/count", V2_24, &[("GET", node_pools::count)]),
    route("v1/node-pools/*", V2_24, &[("GET", node_pools::get)]),
    // The specification has no 403 for these two, so permissions are not checked.
    route(
        "v1/authorization/permissions",
        V2_18,
        &[("GET", permissions::list)],
    )
    .for_everybody(),
    route(
        "v1/authorization/permitted-scopes",
        V2_18,
        &[("POST", permissions::permitted_scopes)],
    )
    .for_everybody(),
];
