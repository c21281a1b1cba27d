//! The requests of each vendor as they stand on the wire, as snapshots.

use std::sync::Arc;

use async_trait::async_trait;
use auth_core::{Error, ErrorKind, HttpClient, RequestLimits, Result};
use bytes::Bytes;
use http::{Request, Response};
use std::sync::Mutex;

use crate::script::{Script, answer};
use crate::vendors::{Options, Row, VENDORS};

/// Writes down what it is asked to send, and fails.
#[derive(Debug, Default)]
struct Recorder(Mutex<Vec<String>>);

#[async_trait]
impl HttpClient for Recorder {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        let mut lines = vec![format!("{} {}", request.method(), request.uri())];
        for (name, value) in request.headers() {
            lines.push(format!("{name}: {}", value.to_str().unwrap()));
        }
        lines.push(String::new());
        lines.push(String::from_utf8(request.body().to_vec()).unwrap());
        lines.push(format!(
            "({:?}, {} bytes)",
            limits.timeout(),
            limits.max_body()
        ));
        self.0.lock().unwrap().push(lines.join("\n"));
        Err(Error::new(
            ErrorKind::Transport,
            "this client only writes down",
        ))
    }
}

async fn recorded(vendor: Row) -> String {
    let recorder = Arc::new(Recorder::default());
    let mut options = Options::at("https://vendor.example/prefix");
    options.http = Some(recorder.clone());
    options.client(vendor).token().await.unwrap_err();
    recorder.0.lock().unwrap().join("\n---\n")
}

#[tokio::test]
async fn the_token_request_on_the_wire() {
    for &vendor in VENDORS {
        crate::fixtures::assert_snapshot(vendor, vendor.token_request(), &recorded(vendor).await);
    }
}

#[tokio::test]
async fn runai_token_api_v1_on_the_wire() {
    let recorder = Arc::new(Recorder::default());
    let config = runai_auth::Config::builder()
        .client_id("fake-client")
        .client_secret("fake-client-secret")
        .base_url("https://vendor.example/prefix")
        .options(|options| options.token_api(runai_auth::TokenApi::V1))
        .refresh_policy(auth_core::RefreshPolicy::new().with_max_attempts(1))
        .http_client(recorder.clone())
        .build()
        .unwrap();
    runai_auth::Client::new(config)
        .unwrap()
        .token()
        .await
        .unwrap_err();
    insta::assert_snapshot!(recorder.0.lock().unwrap().join("\n---\n"));
}

#[tokio::test]
async fn datasaur_with_basic_on_the_wire() {
    let recorder = Arc::new(Recorder::default());
    let config = datasaur_auth::Config::builder()
        .client_id("fake-client")
        .client_secret("fake-client-secret")
        .options(|options| {
            options.client_auth_method(auth_core::ClientAuthMethod::ClientSecretBasic)
        })
        .refresh_policy(auth_core::RefreshPolicy::new().with_max_attempts(1))
        .http_client(recorder.clone())
        .build()
        .unwrap();
    datasaur_auth::Client::new(config)
        .unwrap()
        .token()
        .await
        .unwrap_err();
    insta::assert_snapshot!(recorder.0.lock().unwrap().join("\n---\n"));
}

#[tokio::test]
async fn me_graphql_and_projects_on_the_wire() {
    let script = Script::new([
        answer(200, &[], r#"{"data":{"me":{"id":"1"}}}"#),
        answer(200, &[], r#"{"data":{}}"#),
    ]);
    let client = script.client_of::<datasaur_auth::Datasaur>();
    client.me().await.unwrap();
    let query = datasaur_auth::Query::new("query One($id: ID!) { one(id: $id) }")
        .variables(&std::collections::BTreeMap::from([("id", "fäke & \"id\"")]))
        .operation_name("One");
    client.graphql(&query).await.unwrap();
    insta::assert_snapshot!("api_requests_datasaur", script.shown());

    let pages = r#"{"results":[]}"#;
    let script = Script::new([answer(200, &[], pages), answer(200, &[], pages)]);
    let client = script.client_of::<maia_auth::Maia>();
    client.projects().page(0).await.unwrap();
    client.projects().page_size(100).page(7).await.unwrap();
    insta::assert_snapshot!("api_requests_maia", script.shown());
}
