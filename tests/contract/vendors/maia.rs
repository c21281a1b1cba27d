//! Maia's row.

use auth_core::Result;
use auth_testkit::EmulatorBuilder;
use bytes::Bytes;
use http::{Method, Request};
use maia_auth::{Client, Config, ConfigBuilder, Maia};

use super::{Contract, request};

impl Contract for Maia {
    const TOKEN_PATH: &'static str = "/oauth/dpc/token";

    fn emulator() -> EmulatorBuilder {
        auth_testkit::EmulatedVendor::Maia.into()
    }

    fn builder(base_url: &str) -> ConfigBuilder {
        let token_url = format!("{base_url}{}", Self::TOKEN_PATH);
        let builder = Config::builder().base_url(base_url);
        builder.options(|options| options.token_url(token_url))
    }

    fn request() -> Request<Bytes> {
        request(Method::GET, "/dpc/v1/projects?page=0&size=25", "")
    }

    async fn call(client: &Client) -> Result<()> {
        client.projects().page(0).await.map(drop)
    }
}
