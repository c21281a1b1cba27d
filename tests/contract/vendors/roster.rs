//! Roster's row: an emulator with OAuth, an audience, a scope, and users in linked pages.

use auth_core::Result;
use auth_testkit::{
    EmulatedError, EmulatedTokenEndpoint, Emulator, EmulatorBuilder, ReceivedRequest, Reply,
};
use bytes::Bytes;
use http::{Method, Request};
use roster_auth::{Client, Roster};
use serde_json::{Value, json};

use super::{Contract, request};

impl Contract for Roster {
    const TOKEN_PATH: &'static str = "/oauth2/v1/token";

    fn emulator() -> EmulatorBuilder {
        let endpoint = EmulatedTokenEndpoint::oauth(Self::TOKEN_PATH)
            .audience("api://default")
            .require_audience()
            .scopes(["roster.users.read", "roster.users.manage"])
            .require_scope();
        Emulator::builder(endpoint)
            .name("roster")
            .route(Method::GET, "/api/v1/users", users)
            .route(Method::GET, "/api/v1/users/{userId}", |request| {
                Reply::json(user(request.parameter("userId").unwrap_or_default()))
            })
            .api_error(failure)
    }

    fn request() -> Request<Bytes> {
        request(Method::GET, "/api/v1/users/me", "")
    }

    async fn call(client: &Client) -> Result<()> {
        client.user("me").await.map(drop)
    }
}

/// How many users there are.
pub(crate) const USERS: usize = 450;

fn users(request: &ReceivedRequest) -> Reply {
    let number = |name| request.query(name).and_then(|text| text.parse().ok());
    let (limit, after) = (number("limit").unwrap_or(200), number("after").unwrap_or(0));
    let end = (after + limit).min(USERS);
    let page: Vec<Value> = (after..end).map(|index| user(&index.to_string())).collect();
    let reply = Reply::json(page);
    if end == USERS {
        return reply;
    }
    let url = request.base_url();
    reply.with_next_link(format!("{url}/api/v1/users?after={end}&limit={limit}"))
}

fn user(id: &str) -> Value {
    json!({ "id": id, "login": format!("{id}@example.com") })
}

fn failure(error: &EmulatedError) -> Reply {
    let code = match error.status() {
        401 => "E0000011",
        404 => "E0000007",
        429 => "E0000047",
        _ => "E0000009",
    };
    let body = json!({ "errorCode": code, "errorSummary": error.message(), "errorCauses": [] });
    Reply::json(body).with_status(error.status())
}
