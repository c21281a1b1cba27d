//! Tests of waits whose API goes away, and of waits for what does not exist: said on standard error, and nothing is claimed that is not known.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::hostile::{Answer, Hostile};
use crate::maia_runs::{maia_environment, server};
use crate::support::{Environment, Run, vauth};

const STATUS: &str = "GET /dpc/v1/projects/p-1/pipeline-executions/e-7/status";

fn datasaur_environment(server: &Hostile) -> Environment {
    let environment = server.environment().into_iter();
    environment
        .map(|(name, value)| (name.replace("RUNAI", "DATASAUR"), value))
        .collect()
}

/// Answers the polls from a list, and then with its last entry.
fn polls(answers: Vec<Answer>) -> impl Fn() -> Answer + Send + Sync + 'static {
    let count = AtomicUsize::new(0);
    move || {
        let at = count.fetch_add(1, Ordering::Relaxed);
        answers[at.min(answers.len() - 1)].clone()
    }
}

fn wait_for_execution(answers: Vec<Answer>, limit: &str) -> Run {
    let next = polls(answers);
    let server = server(move |request| (request == STATUS).then(&next));
    let arguments = ["maia", "wait", "p-1", "e-7", "--time-limit", limit];
    vauth(&arguments, &maia_environment(&server))
}

fn wait_for_job(answers: Vec<Answer>) -> Run {
    let next = polls(answers);
    let server = Hostile::start(move |request| (request == "POST /graphql").then(&next));
    let arguments = ["datasaur", "job", "7", "--wait", "--time-limit", "1s"];
    vauth(&arguments, &datasaur_environment(&server))
}

fn execution(status: &str) -> Answer {
    Answer::Json(200, json!({ "status": status }))
}

fn job(status: &str) -> Answer {
    Answer::Json(200, json!({ "data": { "getJob": { "status": status } } }))
}

#[test]
fn a_time_limit_during_an_outage_says_since_when_and_why() {
    for (run, state, name) in [
        (
            wait_for_execution(vec![execution("RUNNING"), Answer::HangUp], "1s"),
            "pipeline execution e-7 is RUNNING",
            "execution e-7",
        ),
        (
            wait_for_job(vec![job("QUEUED"), Answer::HangUp]),
            "job 7 is QUEUED",
            "job 7",
        ),
    ] {
        assert_eq!(run.code, Some(9), "{run:?}");
        let lines: Vec<_> = run.stderr.lines().collect();
        let [told, last] = lines[..] else {
            panic!("{run:?}");
        };
        assert!(
            told.starts_with("vauth: the API has been unavailable for ")
                && told.ends_with(&format!("; still waiting for {name}")),
            "{told}"
        );
        for words in [
            format!("{state}, as of "),
            " s ago; since then the API has been unavailable: ".to_owned(),
            format!("{name} may continue"),
        ] {
            assert!(last.contains(&words), "{words}: {last}");
        }
    }
    let nothing = wait_for_job(vec![Answer::Json(503, json!({}))]);
    assert_eq!(nothing.code, Some(9), "{nothing:?}");
    let words = "the state of job 7 is unknown after 1 s; the API has been unavailable: ";
    assert!(nothing.stderr.contains(words), "{nothing:?}");
}

#[test]
fn an_api_that_comes_back_is_reported_and_the_wait_goes_on() {
    let away = Answer::Json(503, json!({}));
    let answers = vec![execution("RUNNING"), away, execution("SUCCESS")];
    let run = wait_for_execution(answers, "60s");
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines: Vec<_> = run.stderr.lines().collect();
    let [away, back] = lines[..] else {
        panic!("{run:?}");
    };
    assert!(away.contains("has been unavailable for "), "{away}");
    assert_eq!(
        back,
        "vauth: the API responds again: pipeline execution e-7 is SUCCESS"
    );
}

#[test]
fn what_was_never_seen_is_not_said_to_continue() {
    let refused = |status| Answer::Json(status, json!({ "message": "no" }));
    let unknown = Answer::Json(200, json!({ "data": { "getJob": null } }));
    for run in [
        wait_for_execution(vec![refused(404)], "1s"),
        wait_for_execution(vec![refused(403)], "1s"),
        wait_for_job(vec![unknown]),
    ] {
        let line = run.failure(22);
        assert!(!line.contains("continue"), "{line}");
    }
    // What was seen and may not be read any more is.
    let run = wait_for_execution(vec![execution("RUNNING"), refused(403)], "60s");
    let line = run.failure(22);
    assert!(line.contains("execution e-7 continues"), "{line}");
}
