//! Datasaur's jobs: waited for past the life of any token, and their own errors as an error.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::ErrorKind;
use auth_core::vendor::Client;
use auth_testkit::{Emulator, Fault, ManualClock};
use bytes::Bytes;
use datasaur_auth::{Datasaur, JobStatus, Query};
use serde_json::{Value, json};

use crate::script::{Script, answer};
use crate::vendors::{Options, Row};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Starts an emulator and a job, and returns the job's id.
async fn start(datasaur: auth_testkit::Datasaur) -> (Emulator, Client<Datasaur>, String) {
    let clock = ManualClock::auto_advancing();
    let builder = Emulator::builder(datasaur).clock(clock.clone());
    let emulator = builder.start().await.unwrap();
    let client = Options::of(&emulator).clock(clock).client_of::<Datasaur>();
    let file = auth_core::UploadBody::from(Bytes::from("x"));
    let key = client.upload_file("a.txt", file).await.unwrap();
    let created = create(&client, key.as_str()).await.unwrap();
    let id = created["createProject"]["job"]["id"].as_str().unwrap();
    (emulator, client, id.to_owned())
}

async fn create(client: &Client<Datasaur>, key: &str) -> auth_core::Result<Value> {
    let create = Query::new(
        "mutation Create($input: LaunchProjectInput!) { createProject(input: $input) { job { id } } }",
    );
    let documents = json!([{ "document": { "name": "a.txt", "objectKey": key } }]);
    let input = json!({ "name": "A", "kinds": ["TOKEN_BASED"], "documents": documents });
    let created = client
        .graphql(&create.variables(&json!({ "input": input })))
        .await?;
    created.data()
}

fn rarely<T>(wait: auth_core::vendor::Wait<T>) -> auth_core::vendor::Wait<T> {
    wait.pauses(Duration::from_secs(240), Duration::from_secs(480))
}

#[tokio::test]
async fn a_job_of_three_hours_is_waited_for_over_tokens_of_one_hour() {
    let datasaur = auth_testkit::Datasaur::new().job_duration(3 * HOUR);
    let (emulator, client, id) = start(datasaur).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let wait = rarely(client.wait_for_job(&id)).on_progress(move |job| {
        noted
            .lock()
            .unwrap()
            .push((job.status().clone(), job.progress().unwrap()));
    });
    let job = wait.await.unwrap();
    assert_eq!((job.id(), job.status()), (&*id, &JobStatus::Delivered));
    assert_eq!(job.result_id(), Some("p3"));
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0], (JobStatus::Queued, 0));
    assert!(
        seen.iter()
            .any(|(status, _)| *status == JobStatus::InProgress)
    );
    assert!(seen.iter().map(|(_, progress)| progress).is_sorted());
    assert_eq!(*seen.last().unwrap(), (JobStatus::Delivered, 100));
    assert!(
        emulator.token_requests() >= 3,
        "{}",
        emulator.token_requests()
    );
    assert_eq!(emulator.unauthorized_responses(), 0);
}

#[tokio::test]
async fn a_failed_job_is_an_error_with_its_own_errors() {
    let datasaur = auth_testkit::Datasaur::new().failing_jobs("unreadable file\n  at parse");
    let (_emulator, client, id) = start(datasaur).await;
    let error = client.wait_for_job(&id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ApiStatus);
    assert_eq!(error.error_code(), Some("PROJECT_CREATION_FAILED"));
    assert!(!error.is_retryable());
    assert_eq!(
        error.to_string(),
        format!(
            "datasaur: job {id} failed: unreadable file at parse (check what it left behind before you start it again)"
        )
    );
    let job = client.wait_for_job(&id).outcome().await.unwrap();
    assert_eq!(job.status(), &JobStatus::Failed);
    assert_eq!(job.errors()[0].message(), "unreadable file at parse");
    assert!(job.error_for_status().is_err());
}

#[tokio::test]
async fn a_wait_ends_with_its_limit_and_names_the_job_and_its_state() {
    let datasaur = auth_testkit::Datasaur::new().job_duration(3 * HOUR);
    let (_emulator, client, id) = start(datasaur).await;
    let error = rarely(client.wait_for_job(&id))
        .time_limit(HOUR)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let message = error.to_string();
    assert!(
        message.starts_with(&format!(
            "datasaur: job {id} is IN_PROGRESS (33 %) after 3600 s"
        )),
        "{message}"
    );
}

#[tokio::test]
async fn an_outage_of_the_api_does_not_end_a_wait_although_queries_are_never_retried() {
    let (emulator, client, id) = start(auth_testkit::Datasaur::new().job_duration(HOUR)).await;
    emulator.inject_api_fault(Fault::status(502).times(5));
    assert!(rarely(client.wait_for_job(&id)).await.is_ok());
    // An error of GraphQL will not pass.
    let failure = r#"{"errors":[{"message":"no","extensions":{"type":"Forbidden"}}]}"#;
    emulator.inject_api_fault(Fault::body(200, "application/json", failure));
    let error = client.wait_for_job(&id).await.unwrap_err();
    assert_eq!(error.error_code(), Some("Forbidden"));
}

#[tokio::test]
async fn an_unknown_job_and_an_unknown_object_are_named() {
    let (_emulator, client, _id) = start(auth_testkit::Datasaur::new()).await;
    for error in [
        client.job("no-such-job").await.unwrap_err(),
        client.wait_for_job("no-such-job").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::ApiStatus);
        assert!(
            error.to_string().contains("there is no job no-such-job"),
            "{error}"
        );
    }
    let error = create(&client, "temp/nothing").await.unwrap_err();
    assert!(error.to_string().contains("temp/nothing"), "{error}");
}

#[tokio::test]
async fn odd_jobs_are_read_as_far_as_they_go() {
    let job = |job: &str| answer(200, &[], &format!(r#"{{"data":{{"getJob":{job}}}}}"#));
    let script = Script::new([
        job("{}"),
        job(r#"{"id":7,"status":"THINKING","progress":33.4,"errors":null,"resultId":9}"#),
        job(
            r#"{"status":"failed","progress":-1,"errors":[{"id":null,"stack":null},{"stack":"two"}]}"#,
        ),
        job(r#"{"status":"FAILED","resultId":"","errors":[{"id":"","stack":"three"},{"id":{}}]}"#),
    ]);
    let mut options = Options::at("https://vendor.example");
    options.http = Some(script.http(Row::of::<Datasaur>()));
    let client = options.client_of::<Datasaur>();
    let empty = client.job("7").await.unwrap();
    assert_eq!((empty.id(), empty.progress()), ("7", None));
    assert!(!empty.is_finished());
    let odd = client.job("7").await.unwrap();
    assert_eq!(odd.status(), &JobStatus::Other("THINKING".to_owned()));
    assert_eq!((odd.progress(), odd.result_id()), (Some(33), Some("9")));
    let failed = client
        .job("7")
        .await
        .unwrap()
        .error_for_status()
        .unwrap_err();
    assert!(failed.to_string().contains("two"), "{failed}");
    let empty = client.job("7").await.unwrap();
    assert_eq!((empty.result_id(), empty.errors()[0].id()), (None, ""));
    assert!(empty.error_for_status().is_err());
}

#[tokio::test]
async fn the_error_of_a_job_quotes_a_few_reasons_and_counts_the_rest() {
    let long = "x".repeat(2_000);
    let token = crate::script::TOKEN;
    for (count, rest) in [
        (1, None),
        (3, None),
        (4, Some("1 more")),
        (10_000, Some("9997 more")),
    ] {
        let mut errors = vec![json!({ "id": "E1", "stack": format!("first {long}") })];
        errors.resize_with(count, || json!({ "id": "E2", "stack": null }));
        if let Some(error) = errors.get_mut(1) {
            error["id"] = json!(format!("of {token}"));
        }
        let job = json!({ "data": { "getJob": { "status": "FAILED", "errors": errors } } });
        let script = Script::new([answer(200, &[], &job.to_string())]);
        let job = script.client_of::<Datasaur>().job("7").await.unwrap();
        assert_eq!(job.errors().len(), count);
        assert!(!format!("{job:?}").contains(token));
        let error = job.error_for_status().unwrap_err();
        assert_eq!(error.error_code(), Some("E1"));
        let message = error.to_string();
        assert!(message.contains("failed: first xxx"), "{message}");
        assert!(message.len() < 4 << 10, "{} bytes", message.len());
        assert!(!message.contains(token), "{message}");
        match rest {
            Some(rest) => assert!(message.contains(rest), "{message}"),
            None => assert!(!message.contains(" more"), "{message}"),
        }
    }
}
