//! Run:ai's rows, one for each version of the control plane; the first is that of the default version.

use std::sync::Arc;

use auth_core::{ApiRequest, Result};
use auth_testkit::{ControlPlane, EmulatorBuilder};
use bytes::Bytes;
use http::{Method, Request};
use runai_auth::{APP_TOKEN, Client, Runai, TokenApi};
use serde::de::IgnoredAny;

use super::{Contract, Row, request};

/// Without client credentials.
pub(crate) const V2_18: Row = Row::of::<Runai>()
    .version(
        "runai 2.18",
        || at(ControlPlane::V2_18),
        |options| Arc::new(options.client_with::<Runai>(|builder| builder.grant(APP_TOKEN))),
    )
    .token_api(V1_PATH, v1_response, "token_request_2_18");

/// Without token API v2.
pub(crate) const V2_22: Row = Row::of::<Runai>()
    .version(
        "runai 2.22",
        || at(ControlPlane::V2_22),
        |options| {
            let v1 = |options: runai_auth::Options| options.token_api(TokenApi::V1);
            Arc::new(options.client_with::<Runai>(|builder| builder.options(v1)))
        },
    )
    .token_api(V1_PATH, v1_response, "token_request_2_22");

pub(crate) const V2_25: Row = Row::of::<Runai>().version(
    "runai 2.25",
    || at(ControlPlane::V2_25),
    |options| Arc::new(options.client_of::<Runai>()),
);

pub(crate) const V3_0: Row = Row::of::<Runai>().version(
    "runai 3.0",
    || at(ControlPlane::V3_0),
    |options| Arc::new(options.client_of::<Runai>()),
);

impl Contract for Runai {
    const TOKEN_PATH: &'static str = "/api/v2/token";

    fn emulator() -> EmulatorBuilder {
        at(ControlPlane::default())
    }

    fn request() -> Request<Bytes> {
        request(Method::GET, EVERYWHERE, "")
    }

    async fn call(client: &Client) -> Result<()> {
        let call = ApiRequest::new(Method::GET, EVERYWHERE);
        client.execute_json::<IgnoredAny>(&call).await.map(drop)
    }
}

fn at(version: ControlPlane) -> EmulatorBuilder {
    auth_testkit::Runai::new().control_plane(version).into()
}

fn v1_response(token: &str) -> String {
    format!(r#"{{"accessToken":"{token}","expiresIn":3600}}"#)
}

const V1_PATH: &str = "/api/v1/token";

/// A list that every version has.
const EVERYWHERE: &str = "/api/v1/users";
