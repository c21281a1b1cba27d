//! Maia's pipeline executions: started once, followed past the life of any token, and named in every error.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::vendor::Client;
use auth_core::{ErrorKind, RetryPolicy, Sent};
use auth_testkit::{EmulatedVendor, Emulator, Fault, ManualClock};
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use http::StatusCode;
use maia_auth::{Execution, ExecutionStatus, Maia, NewExecution};

use crate::vendors::Options;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// A pipeline that runs for two hours, and one that fails after them.
fn long() -> auth_testkit::Maia {
    auth_testkit::Maia::new()
        .projects(2)
        .pipeline("Long", 2 * HOUR)
        .failing_pipeline("Long failure", 2 * HOUR, "table SALES is locked")
}

fn long_run() -> NewExecution {
    NewExecution::new("Long", "Production")
}

async fn start(maia: auth_testkit::Maia) -> (Emulator, Client<Maia>, ManualClock, String) {
    let clock = ManualClock::auto_advancing();
    let builder = Emulator::builder(maia).clock(clock.clone());
    let emulator = builder.start().await.unwrap();
    let client = Options::of(&emulator)
        .clock(clock.clone())
        .client_of::<Maia>();
    let page = client.projects().page(0).await.unwrap();
    let project = page.items()[0].id().to_owned();
    (emulator, client, clock, project)
}

/// Few polls, since each costs the clock a moment of real time.
fn rarely(wait: auth_core::vendor::Wait<Execution>) -> auth_core::vendor::Wait<Execution> {
    wait.pauses(Duration::from_secs(240), Duration::from_secs(480))
}

#[tokio::test]
async fn a_run_of_two_hours_is_waited_for_over_tokens_of_thirty_minutes() {
    for maia in [long(), long().short_shapes()] {
        let (emulator, client, _clock, project) = start(maia).await;
        let executions = client.executions();
        let started = executions
            .start(
                &project,
                &NewExecution::new("Long", "Production").variable("day", "2026-11-28"),
            )
            .await
            .unwrap();
        assert!(!started.is_finished());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let finished = rarely(executions.wait(&project, started.id()))
            .on_progress(move |execution| {
                let status = execution.status().unwrap().as_str().to_owned();
                noted.lock().unwrap().push(status);
            })
            .await
            .unwrap();
        assert_eq!(finished.status(), Some(&ExecutionStatus::Success));
        assert_eq!(finished.id(), started.id());
        assert_eq!(finished.pipeline(), Some("Long"));
        assert!(finished.message().unwrap().contains("2026-11-28"));
        let seen = seen.lock().unwrap();
        assert_eq!(seen.first().unwrap(), "QUEUED");
        assert!(seen.iter().any(|status| status == "RUNNING"));
        assert_eq!(seen.last().unwrap(), "SUCCESS");
        assert!(
            emulator.token_requests() >= 4,
            "{}",
            emulator.token_requests()
        );
        assert_eq!(emulator.unauthorized_responses(), 0);
        let posts = emulator.received_requests();
        let posts = posts.iter().filter(|request| {
            request.method() == "POST" && request.path().ends_with("/pipeline-executions")
        });
        assert_eq!(posts.count(), 1);
    }
}

#[tokio::test]
async fn a_failed_run_is_an_error_that_names_it_and_quotes_why() {
    let (_emulator, client, _clock, project) = start(long()).await;
    let executions = client.executions();
    let started = executions
        .start(&project, &NewExecution::new("Long failure", "Development"))
        .await
        .unwrap();
    let wait = || rarely(executions.wait(&project, started.id()));
    let error = wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ApiStatus);
    assert_eq!(error.error_code(), Some("FAILED"));
    assert_eq!(
        error.to_string(),
        format!(
            "maia: execution {} of pipeline Long failure ended as FAILED: table SALES is locked",
            started.id()
        )
    );
    assert!(!error.is_retryable());
    // The same as a value, for programs that report on it.
    let finished = wait().outcome().await.unwrap();
    assert_eq!(finished.status(), Some(&ExecutionStatus::Failed));
    assert!(finished.error_for_status().is_err());
    let steps = executions.steps(&project, started.id()).await.unwrap();
    let last = steps.last().unwrap();
    assert_eq!(last.status(), Some(&ExecutionStatus::Failed));
    assert_eq!(last.message(), Some("table SALES is locked"));
}

#[tokio::test]
async fn a_cancelled_run_ends_as_such() {
    let (_emulator, client, _clock, project) = start(long()).await;
    let executions = client.executions();
    let started = executions.start(&project, &long_run()).await.unwrap();
    executions.cancel(&project, started.id()).await.unwrap();
    let error = executions.wait(&project, started.id()).await.unwrap_err();
    assert_eq!(error.error_code(), Some("CANCELLED"));
}

#[tokio::test]
async fn a_wait_ends_with_its_limit_and_says_that_the_run_continues() {
    let (emulator, client, _clock, project) = start(long()).await;
    let executions = client.executions();
    let started = executions.start(&project, &long_run()).await.unwrap();
    let wait = rarely(executions.wait(&project, started.id())).time_limit(HOUR);
    let error = wait.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(
        error.to_string(),
        format!(
            "maia: pipeline execution {} is RUNNING after 3600 s, and continues: wait for it again, with a longer time limit",
            started.id()
        )
    );
    // Dropping a wait cancels nothing either.
    assert!(
        executions
            .wait(&project, started.id())
            .into_future()
            .now_or_never()
            .is_none()
    );
    let patches = emulator.received_requests();
    assert!(patches.iter().all(|request| request.method() != "PATCH"));
    assert!(
        rarely(executions.wait(&project, started.id()))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_wait_outlasts_an_outage_and_not_an_endless_one() {
    let (emulator, client, _clock, project) = start(long()).await;
    let executions = client.executions();
    let started = executions.start(&project, &long_run()).await.unwrap();
    for fault in [
        Fault::status(503).times(4),
        Fault::status(429),
        Fault::status(504),
    ] {
        emulator.inject_api_fault(fault);
    }
    let wait = || rarely(executions.wait(&project, started.id()));
    assert!(wait().await.is_ok());
    emulator.inject_api_fault(Fault::status(503).times(1_000));
    let before = emulator.api_requests();
    let error = wait().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(emulator.api_requests() - before, 10);
    // What will not pass ends it at once.
    emulator.clear_faults();
    emulator.inject_api_fault(Fault::status(403));
    let error = wait().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
}

#[tokio::test]
async fn what_the_api_does_not_know_is_named() {
    let (emulator, client, _clock, project) = start(long()).await;
    let executions = client.executions();
    let fail = async |project: &str, pipeline: &str, environment: &str| {
        let error = executions
            .start(project, &NewExecution::new(pipeline, environment))
            .await
            .unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
        assert!(error.side_effect().is_none(), "nothing was started");
        format!("{error:?}")
    };
    let unknown = fail("no-such-project", "Long", "Production").await;
    let expected = "maia: pipeline Long was not started in environment Production of project no-such-project: the API answered POST /dpc/v1/projects/{projectId}/pipeline-executions with status 404: Project no-such-project not found";
    assert_eq!(unknown, expected);
    let unknown = fail(&project, "Nope", "Production").await;
    assert!(
        unknown.contains("pipeline Nope was not started"),
        "{unknown}"
    );
    let unknown = fail(&project, "Long", "Nowhere").await;
    assert!(unknown.contains("in environment Nowhere"), "{unknown}");
    let error = executions
        .status(&project, "no-such-run")
        .await
        .unwrap_err();
    let expected =
        format!("maia: pipeline execution no-such-run was not found in project {project}");
    assert_eq!(error.to_string(), expected);
    for error in [
        client.environments("nope").page(0).await.unwrap_err(),
        client.pipelines("nope").page(0).await.unwrap_err(),
        executions.list("nope").try_next().await.unwrap_err(),
    ] {
        assert!(
            error
                .to_string()
                .starts_with("maia: project nope was not found"),
            "{error}"
        );
    }
    assert_eq!(emulator.unscripted_requests(), 0);
    // An id that would lead elsewhere is refused before anything is sent.
    let before = emulator.api_requests();
    let error = executions.start("..", &long_run()).await.unwrap_err();
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Config, Sent::No));
    assert_eq!(emulator.api_requests(), before);
}

#[tokio::test]
async fn a_start_is_sent_once_whatever_comes_back_and_says_what_may_have_happened() {
    let open = "may not have been started in environment Production of project 7f3a";
    let known = "was started in environment Production of project 7f3a, and its id is unknown";
    for (fault, is_certain) in [
        (Fault::status(503), false),
        (Fault::status(500), false),
        // The page of a gateway, or of a wrong base URL, says nothing about the pipeline.
        (Fault::html(), false),
        (Fault::body(201, "text/html", "<html></html>"), false),
        (Fault::body(201, "application/json", ""), false),
        (Fault::body(200, "application/json", "[]"), false),
        (Fault::body(201, "application/json", "{}"), true),
    ] {
        let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
        let mut options = Options::of(&emulator);
        options.retry_policy = RetryPolicy::default();
        let client = options.client_of::<Maia>();
        client.warm_up().await.unwrap();
        emulator.inject_api_fault(fault);
        let executions = client.executions();
        let error = executions.start("7f3a", &long_run()).await.unwrap_err();
        assert_eq!(emulator.api_requests(), 1);
        assert!(!error.is_retryable());
        let effect = error.side_effect().unwrap();
        assert_eq!((effect.name(), effect.is_certain()), ("Long", is_certain));
        let message = error.to_string();
        let expected = if is_certain { known } else { open };
        assert!(
            message.contains(&format!("pipeline Long {expected}")),
            "{message}"
        );
        assert!(
            message.contains("list the project's executions"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_start_is_resent_after_a_rejected_token_alone() {
    let clock = ManualClock::new();
    let builder = Emulator::builder(long()).clock(clock.clone());
    let emulator = builder.start().await.unwrap();
    let client = Options::of(&emulator)
        .clock(clock.clone())
        .client_of::<Maia>();
    let page = client.projects().page(0).await.unwrap();
    let project = page.items()[0].id();
    clock.advance(Duration::from_secs(60));
    emulator.revoke_tokens();
    let executions = client.executions();
    executions.start(project, &long_run()).await.unwrap();
    assert_eq!(emulator.unauthorized_responses(), 1);
    let listed: Vec<_> = executions.list(project).try_collect().await.unwrap();
    assert_eq!(listed.len(), 1);
}

#[tokio::test]
async fn executions_are_listed_over_pages_the_most_recent_first() {
    let (emulator, client, _clock, project) = start(long()).await;
    let executions = client.executions();
    let mut started = Vec::new();
    for _ in 0..130 {
        let execution = executions.start(&project, &long_run()).await.unwrap();
        started.push(execution.id().to_owned());
    }
    started.reverse();
    let before = emulator.api_requests();
    let listed: Vec<Execution> = executions.list(&project).try_collect().await.unwrap();
    let ids: Vec<_> = listed
        .iter()
        .map(|execution| execution.id().to_owned())
        .collect();
    assert_eq!(ids, started);
    assert_eq!(emulator.api_requests() - before, 2);
    let few = executions
        .list(&project)
        .max_items(3)
        .collect::<Vec<_>>()
        .await;
    assert!(few.last().unwrap().is_err(), "more than the limit");
}

#[tokio::test]
async fn environments_and_pipelines_are_listed() {
    let (_emulator, client, _clock, project) = start(long()).await;
    let environments: Vec<_> = client
        .environments(&project)
        .stream()
        .try_collect()
        .await
        .unwrap();
    let names: Vec<_> = environments
        .iter()
        .map(maia_auth::Environment::name)
        .collect();
    assert_eq!(names, ["Development", "Production"]);
    assert_eq!(environments[0].agent_name(), Some("Emulated agent"));
    let pipelines: Vec<_> = client
        .pipelines(&project)
        .page_size(1)
        .stream()
        .try_collect()
        .await
        .unwrap();
    let names: Vec<_> = pipelines.iter().map(maia_auth::Pipeline::name).collect();
    assert_eq!(
        names,
        ["Load sales", "Broken pipeline", "Long", "Long failure"]
    );
}
