//! Datasaur's row.

use auth_core::Result;
use auth_testkit::EmulatorBuilder;
use bytes::Bytes;
use datasaur_auth::{Client, Datasaur};
use http::{Method, Request};

use super::{Contract, request};

impl Contract for Datasaur {
    const TOKEN_PATH: &'static str = "/api/oauth/token";

    fn emulator() -> EmulatorBuilder {
        auth_testkit::EmulatedVendor::Datasaur.into()
    }

    fn request() -> Request<Bytes> {
        request(Method::POST, "/graphql", r#"{"query":"{ me { id } }"}"#)
    }

    async fn call(client: &Client) -> Result<()> {
        client.me().await.map(drop)
    }
}
