//! What every call sends, and that there is one for every operation that the API's description has.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::calls::CALLS;
use crate::plane::{Plane, Reply};

/// The client's own business, and no calls of the administration.
const SIGN_IN: [&str; 2] = ["grant_token", "grant_token_v2"];

#[tokio::test]
async fn each_call_sends_what_the_api_describes() {
    let mut all = String::new();
    for call in CALLS {
        let plane = Plane::answering([Reply::new(200, "null")]);
        let _ = (call.run)(&plane.admin()).await;
        let sent = plane.sent();
        assert_eq!(sent.len(), 1, "{}", call.operation);
        assert_eq!(sent[0].token, "Bearer token-1");
        all.push_str(&format!("{}: {}\n", call.operation, sent[0]));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn there_is_a_call_for_every_operation_that_is_described() {
    let description = include_str!("../../crates/runai-auth/spec/admin.json");
    let description: Value = serde_json::from_str(description).unwrap();
    let paths = description["paths"].as_object().unwrap().values();
    let described: BTreeSet<&str> = paths
        .flat_map(|methods| methods.as_object().unwrap().values())
        .filter_map(|operation| operation["operationId"].as_str())
        .filter(|name| !SIGN_IN.contains(name))
        .collect();
    let called: BTreeSet<&str> = CALLS.iter().map(|call| call.operation).collect();
    assert_eq!(called, described);
}
