//! Datasaur's GraphQL: what is sent, what comes back untouched, and what counts as a refused token.

use std::time::Duration;

use auth_core::{ErrorKind, ErrorReason};
use auth_testkit::{EmulatedVendor, Emulator, Fault, ManualClock};
use datasaur_auth::{Datasaur, Query};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::script::{Script, answer};
use crate::vendors::Options;

#[derive(Debug, PartialEq, Deserialize)]
struct Things {
    things: Vec<Option<u32>>,
}

/// Older than the ten seconds within which a refused token is not blamed on its age.
const A_MINUTE: Duration = Duration::from_secs(60);

const PARTIAL: &str = r#"{"errors":[{"message":"no third","locations":[{"line":1,  "column":3}],"path":["things",2],"extensions":{"type":"NotFound","more":1.50}},{"odd":true}],"data":{"things":[1,2,null]}}"#;

#[tokio::test]
async fn data_is_read_as_what_was_asked_for() {
    let script = Script::new([answer(
        200,
        &[],
        r#"{"data":{"things":[1,2]},"extensions":{}}"#,
    )]);
    let answer = script
        .client_of::<Datasaur>()
        .graphql(&Query::new("{ things }"))
        .await
        .unwrap();
    assert_eq!(answer.data::<Things>().unwrap().things, [Some(1), Some(2)]);
    assert_eq!(answer.data_json(), Some(r#"{"things":[1,2]}"#));
    assert!(answer.errors().is_empty());
    let error = answer.data::<Vec<u32>>().unwrap_err();
    assert_eq!(
        (error.kind(), error.is_retryable()),
        (ErrorKind::InvalidResponse, false)
    );
}

#[tokio::test]
async fn partial_data_and_its_errors_are_both_there_and_untouched() {
    let script = Script::new([answer(200, &[], PARTIAL)]);
    let answer = script
        .client_of::<Datasaur>()
        .graphql(&Query::new("{ things }"))
        .await
        .unwrap();
    let partial: Things = answer.partial_data().unwrap().unwrap();
    assert_eq!(partial.things, [Some(1), Some(2), None]);
    let [first, second] = answer.errors() else {
        panic!("two errors")
    };
    assert_eq!(
        (first.message(), first.kind()),
        ("no third", Some("NotFound"))
    );
    // Spaces and the last digit are as they came.
    assert!(first.json().contains("\"line\":1,  \"column\":3") && first.json().contains("1.50"));
    assert_eq!(
        first.read_as::<Value>().unwrap()["path"],
        json!(["things", 2])
    );
    assert_eq!((second.message(), second.json()), ("", r#"{"odd":true}"#));
    let error = answer.data::<Things>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ApiStatus);
    assert_eq!(error.error_code(), Some("NotFound"));
    assert!(error.to_string().contains("no third"), "{error}");
    let shown = format!("{answer:?}");
    assert!(!shown.contains("third"), "{shown}");
}

#[tokio::test]
async fn an_authentication_error_beside_data_is_handed_through() {
    let body = r#"{"errors":[{"message":"Unauthorized","extensions":{"type":"AuthenticationError"}}],"data":{"me":null}}"#;
    let script = Script::new([answer(200, &[], body)]);
    let client = script.client_of::<Datasaur>();
    let answer = client.graphql(&Query::new("{ me { id } }")).await.unwrap();
    assert_eq!(answer.errors()[0].kind(), Some("AuthenticationError"));
    assert_eq!(answer.data_json(), Some(r#"{"me":null}"#));
    assert_eq!(script.queries().len(), 1, "nothing was resent");
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_query_resent_once_at_each_status() {
    for status in [200, 400, 401] {
        for lasting in [false, true] {
            let clock = ManualClock::new();
            let emulator = Emulator::start(EmulatedVendor::Datasaur).await.unwrap();
            let options = Options::of(&emulator).clock(clock.clone());
            let client = options.client_of::<Datasaur>();
            client.warm_up().await.unwrap();
            clock.advance(A_MINUTE);
            let body = r#"{"errors":[{"message":"Unauthorized","extensions":{"type":"AuthenticationError"}}],"data":null}"#;
            let fault = Fault::body(status, "application/json", body);
            emulator.inject_api_fault(if lasting { fault.forever() } else { fault });
            let me = client.me().await;
            assert_eq!(emulator.token_requests(), 2, "{status}");
            assert_eq!(emulator.api_requests(), 2, "{status}");
            if lasting {
                let error = me.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::ApiStatus, "{error}");
                assert_eq!(error.error_code(), Some("AuthenticationError"));
                assert_eq!(error.reason(), Some(ErrorReason::TokenRejected));
                assert!(
                    error.to_string().contains("the token is rejected"),
                    "{error}"
                );
            } else {
                assert_eq!(me.unwrap().id(), "1");
            }
        }
    }
}

#[tokio::test]
async fn a_query_is_never_repeated_for_throttling() {
    for status in [429, 503] {
        let headers = [("retry-after", "1")];
        let script = Script::new([
            answer(status, &headers, ""),
            answer(200, &[], r#"{"data":{"me":{"id":"1"}}}"#),
        ]);
        let error = script.client_of::<Datasaur>().me().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ApiStatus);
        assert!(!error.is_retryable());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
        assert_eq!(script.queries().len(), 1);
    }
}

#[tokio::test]
async fn null_is_not_somebody() {
    let script = Script::new([answer(200, &[], r#"{"data":{"me":null}}"#)]);
    let error = script.client_of::<Datasaur>().me().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ApiStatus);
    assert!(error.to_string().contains("`me` is null"), "{error}");
}

#[tokio::test]
async fn what_is_not_graphql_is_no_answer() {
    for body in [
        "",
        "{}",
        "[]",
        "7",
        r#"{"data":null}"#,
        r#"{"errors":[]}"#,
        r#"{"data":"#,
    ] {
        let script = Script::new([answer(200, &[], body)]);
        let query = Query::new("{ me { id } }");
        let error = script
            .client_of::<Datasaur>()
            .graphql(&query)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{body}: {error}");
        assert!(
            !error.is_retryable(),
            "{body}: a mutation may have been done"
        );
        assert_eq!(error.vendor(), Some("datasaur"));
    }
}

#[tokio::test]
async fn unusable_variables_send_nothing() {
    let script = Script::new([]);
    let query = Query::new("{ me { id } }").variables(&[1, 2]);
    let error = script
        .client_of::<Datasaur>()
        .graphql(&query)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.vendor()),
        (ErrorKind::Config, Some("datasaur"))
    );
    assert!(script.queries().is_empty());
}
