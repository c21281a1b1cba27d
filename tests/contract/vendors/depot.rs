//! Depot's row: an emulator with a sign-in in its own JSON, and errors inside a status of 200.

use auth_core::Result;
use auth_testkit::{
    EmulatedError, EmulatedTokenEndpoint, Emulator, EmulatorBuilder, ReceivedRequest, Reply,
};
use bytes::Bytes;
use depot_auth::{Client, Depot};
use http::{Method, Request};
use serde_json::{Value, json};

use super::{Contract, request};

impl Contract for Depot {
    const TOKEN_PATH: &'static str = "/v1/sessions";

    fn emulator() -> EmulatorBuilder {
        let endpoint = EmulatedTokenEndpoint::json(Self::TOKEN_PATH, "key", "secret")
            .response(|token| {
                let ttl = token.expires_in().as_secs();
                success(json!({ "token": token.as_str(), "ttl": ttl }))
            })
            .error(|error| failure(error, 40101));
        Emulator::builder(endpoint)
            .name("depot")
            .route(Method::GET, "/v1/parcels", parcels)
            .api_error(|error| failure(error, 40102))
    }

    fn token_response(token: &str) -> String {
        format!(r#"{{"code":0,"data":{{"token":"{token}","ttl":3600}}}}"#)
    }

    fn request() -> Request<Bytes> {
        request(Method::GET, "/v1/parcels?offset=0&limit=50", "")
    }

    async fn call(client: &Client) -> Result<()> {
        client.parcels().await.map(drop)
    }
}

/// How many parcels there are at all sites, and at one of them.
pub(crate) const PARCELS: usize = 120;

fn parcels(request: &ReceivedRequest) -> Reply {
    let number = |name| request.query(name).and_then(|text| text.parse().ok());
    let (offset, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(50));
    let total = if request.query("site").is_some() {
        PARCELS / 2
    } else {
        PARCELS
    };
    let label = |index| json!({ "label": format!("P-{index}") });
    let items: Vec<Value> = (offset..total.min(offset + limit)).map(label).collect();
    success(json!({ "items": items, "total": total }))
}

fn success(data: Value) -> Reply {
    Reply::json(json!({ "code": 0, "msg": "", "data": data }))
}

/// Only an invalid key or token has a code of its own here.
fn failure(error: &EmulatedError, invalid: u32) -> Reply {
    let code = if error.status() == 401 {
        invalid
    } else {
        50000
    };
    let reply = Reply::json(json!({ "code": code, "msg": error.message() }));
    if error.is_invalid_token() {
        return reply.with_invalid_token();
    }
    reply
}
