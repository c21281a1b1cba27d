//! Run:ai's row.

use auth_core::{ApiRequest, Result};
use auth_testkit::EmulatorBuilder;
use bytes::Bytes;
use http::{Method, Request};
use runai_auth::{Client, Runai};
use serde::de::IgnoredAny;

use super::{Contract, request};

impl Contract for Runai {
    const TOKEN_PATH: &'static str = "/api/v2/token";

    fn emulator() -> EmulatorBuilder {
        auth_testkit::EmulatedVendor::Runai.into()
    }

    fn request() -> Request<Bytes> {
        request(Method::GET, "/api/v1/apps", "")
    }

    async fn call(client: &Client) -> Result<()> {
        let call = ApiRequest::new(Method::GET, "/api/v1/apps");
        client.execute_json::<IgnoredAny>(&call).await.map(drop)
    }
}
