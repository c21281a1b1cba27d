//! Calls a gRPC service through the tower layer: every call has a token, and a rejected one is replaced before the next call.
//!
//! ```sh
//! TOKEN_URL=https://id.example.com/token CLIENT_ID=id CLIENT_SECRET=secret cargo run -p examples --bin grpc-health -- https://api.example.com
//! ```

#![expect(clippy::print_stdout, reason = "examples print")]

use std::env;
use std::error::Error;
use std::sync::Arc;

use auth_core::vendor::TokenEndpoint;
use auth_core::{
    BaseUrl, BearerTokenLayer, Credentials, OAuthTokenSource, ReqwestHttpClient, SystemClock,
    TokenCache,
};
use tonic::Code;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tower_layer::Layer as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = env::args().nth(1).ok_or("usage: grpc-health URL")?;
    let credentials = Credentials::new(env::var("CLIENT_ID")?, env::var("CLIENT_SECRET")?)?;

    // Any token source can be used here: a client of a vendor crate is one as well.
    let http = Arc::new(ReqwestHttpClient::builder().build()?);
    let clock = Arc::new(SystemClock::new());
    let token_url = BaseUrl::parse(&env::var("TOKEN_URL")?)?;
    let endpoint = TokenEndpoint::new("health", &token_url, http, clock)?;
    let cache = TokenCache::new(OAuthTokenSource::new(endpoint, Arc::new(credentials)));

    // The token goes to this origin only, and the channel is connected to nothing else.
    let layer = BearerTokenLayer::new(cache).with_origin(BaseUrl::parse(&api)?);
    let channel = Endpoint::from_shared(api)?.connect().await?;
    let mut client = HealthClient::new(layer.layer(channel));

    let mut outcome = client.check(HealthCheckRequest::default()).await;
    if outcome
        .as_ref()
        .is_err_and(|status| status.code() == Code::Unauthenticated)
    {
        // The layer has reported the token. A body of gRPC cannot be copied, so the second call is the program's.
        outcome = client.check(HealthCheckRequest::default()).await;
    }
    println!("{}", outcome?.into_inner().status().as_str_name());
    Ok(())
}
