//! Maia's pipeline executions as a server may describe them: unknown statuses, and messages that repeat the token.

use std::sync::{Arc, Mutex};

use auth_core::{ErrorKind, Sent};
use auth_testkit::ManualClock;
use futures_util::TryStreamExt as _;
use maia_auth::{Maia, NewExecution};

use crate::script::{Script, answer};
use crate::vendors::Options;

#[tokio::test]
async fn a_status_that_is_not_known_is_kept_and_waited_through() {
    let clock = ManualClock::auto_advancing();
    let statuses = ["WARMING_UP", "running", "Success"];
    let answers = statuses.map(|status| answer(200, &[], &format!(r#"{{"status":"{status}"}}"#)));
    let details = answer(500, &[], "");
    let script = Script::new(answers.into_iter().chain([details]));
    let mut options = Options::at("https://vendor.example").clock(clock);
    options.http = Some(script.http(crate::vendors::Row::of::<Maia>()));
    let client = options.client_of::<Maia>();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let wait = client
        .executions()
        .wait("p", "e")
        .on_progress(move |execution| {
            noted
                .lock()
                .unwrap()
                .push(execution.status().unwrap().to_string());
        });
    let finished = wait.await.unwrap();
    assert_eq!(finished.id(), "e");
    assert_eq!(*seen.lock().unwrap(), ["WARMING_UP", "RUNNING", "SUCCESS"]);
}

#[tokio::test]
async fn a_message_that_repeats_the_token_is_quoted_without_it_and_in_one_line() {
    let text = format!(r#"bad row\nwith Bearer {}"#, crate::script::TOKEN);
    let body = format!(r#"{{"id":"e","status":"FAILED","message":"{text}"}}"#);
    let list = format!(r#"{{"results":[{body}]}}"#);
    let script = Script::new([&body, &body, &list].map(|body| answer(200, &[], body)));
    let client = script.client_of::<Maia>();
    let error = client.executions().wait("p", "e").await.unwrap_err();
    let listed = client
        .executions()
        .list("p")
        .try_next()
        .await
        .unwrap()
        .unwrap();
    for error in [error, listed.error_for_status().unwrap_err()] {
        let message = error.to_string();
        assert!(message.contains("bad row with"), "{message}");
        assert!(!message.contains(crate::script::TOKEN), "{message}");
    }
}

#[tokio::test]
async fn no_text_of_an_execution_or_a_step_contains_the_token() {
    let token = crate::script::TOKEN;
    let all = format!(
        r#""status":"odd {token}","message":"bad  row\nof Bearer {token}","startedAt":"{token}","finishedAt":"{token}""#
    );
    let started = format!(
        r#"{{"id":"{token}","projectId":"{token}","pipelineName":"{token}","environmentName":"of {token}",{all}}}"#
    );
    let steps = format!(r#"{{"steps":[{{"name":"{token}",{all}}}]}}"#);
    let failed = format!(r#"{{"id":"e","pipelineName":"Load  sales","status":"FAILED",{all}}}"#)
        .replace(&format!(r#""status":"odd {token}","#), "");
    let script = Script::new([
        answer(201, &[], &started),
        answer(200, &[], &steps),
        answer(201, &[], &failed),
    ]);
    let client = script.client_of::<Maia>();
    let executions = client.executions();
    let new = NewExecution::new("Long", "Production");
    let started = executions.start("p", &new).await.unwrap();
    let steps = executions.steps("p", "e").await.unwrap();
    for message in [started.message(), steps[0].message()] {
        assert!(message.unwrap().starts_with("bad row of "), "{message:?}");
    }
    let failed = executions.start("p", &new).await.unwrap();
    // What contains no secret is as the API wrote it.
    assert_eq!(failed.pipeline(), Some("Load  sales"));
    let error = failed.clone().error_for_status().unwrap_err();
    for text in [
        format!("{started:?}"),
        format!("{steps:?}"),
        format!("{failed:?}"),
        format!("{error} {error:?}"),
    ] {
        assert!(!text.contains(token), "{text}");
    }
}

#[tokio::test]
async fn a_list_contains_no_execution_of_another_project_even_if_the_api_ignores_the_filter() {
    let execution = |id: &str, project: &str| {
        format!(r#"{{"pipelineExecutionId":"{id}","projectId":"{project}"}}"#)
    };
    let unsaid = r#"{"pipelineExecutionId":"e4"}"#;
    let pages = [
        format!(
            r#"{{"results":[{},{}],"paginationToken":"two"}}"#,
            execution("e1", "p"),
            execution("e2", "q")
        ),
        format!(
            r#"{{"results":[{}],"paginationToken":"three"}}"#,
            execution("e3", "q")
        ),
        format!(r#"{{"results":[{unsaid},{}]}}"#, execution("e5", "p")),
    ];
    let script = Script::new(pages.iter().map(|page| answer(200, &[], page)));
    let client = script.client_of::<Maia>();
    let listed: Vec<_> = client.executions().list("p").try_collect().await.unwrap();
    let ids: Vec<_> = listed.iter().map(maia_auth::Execution::id).collect();
    assert_eq!(ids, ["e1", "e4", "e5"]);
    assert!(listed.iter().all(|execution| execution.project_id() == "p"));
}

#[tokio::test]
async fn the_details_of_a_finished_execution_take_nothing_away() {
    let status =
        r#"{"id":"e","status":"FAILED","message":"table SALES is locked","startedAt":"at nine"}"#;
    let details = r#"{"id":"e","status":"RUNNING","pipelineName":"Long","finishedAt":"at ten"}"#;
    let script = Script::new([status, details].map(|body| answer(200, &[], body)));
    let client = script.client_of::<Maia>();
    let finished = client.executions().wait("p", "e").outcome().await.unwrap();
    assert_eq!(finished.status().unwrap().as_str(), "FAILED");
    assert_eq!(finished.message(), Some("table SALES is locked"));
    assert_eq!(finished.pipeline(), Some("Long"));
    assert_eq!(finished.started_at(), Some("at nine"));
    assert_eq!(finished.finished_at(), Some("at ten"));
}

#[tokio::test]
async fn a_variable_that_is_set_twice_is_an_error_before_anything_is_sent() {
    let script = Script::new([]);
    let client = script.client_of::<Maia>();
    let execution = NewExecution::new("Long", "Production")
        .variable("day", "2026-11-27")
        .variable("secret", "fake-value")
        .variable("day", "2026-11-28");
    let error = client.executions().start("p", &execution).await;
    let error = error.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Config, Sent::No));
    assert!(error.side_effect().is_none());
    let text = format!("{error:?}");
    assert!(text.contains("variable day is set twice"), "{text}");
    assert!(!format!("{execution:?}").contains("fake-value"));
    assert!(format!("{execution:?}").contains("secret"));
}
