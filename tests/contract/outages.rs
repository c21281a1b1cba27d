//! Outages of an API during a wait: reported when they start and when their reason changes, and part of the error that ends the wait.

use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::vendor::Wait;
use auth_core::{Error, ErrorKind};
use auth_testkit::ManualClock;
use bytes::Bytes;
use http::Response;
use maia_auth::{Execution, Maia};

use crate::script::{Script, answer};
use crate::vendors::{Options, Row};

const HOUR: Duration = Duration::from_secs(60 * 60);

type Reasons = Arc<Mutex<Vec<(u16, u64)>>>;

/// Waits for an execution whose polls get these answers, and notes each outage with its status and its seconds.
fn wait(answers: Vec<Response<Bytes>>) -> (Wait<Execution>, Reasons) {
    let script = Script::new(answers);
    let clock = ManualClock::auto_advancing();
    let mut options = Options::at("https://vendor.example").clock(clock);
    options.http = Some(script.http(Row::of::<Maia>()));
    let client = options.client_of::<Maia>();
    let reasons = Reasons::default();
    let noted = Arc::clone(&reasons);
    let minutes = Duration::from_secs(240);
    let wait = client.executions().wait("p", "e").pauses(minutes, minutes);
    let wait = wait.on_outage(move |outage| {
        let status = outage.error().status().unwrap().as_u16();
        let seconds = outage.duration().as_secs();
        noted.lock().unwrap().push((status, seconds));
    });
    (wait, reasons)
}

fn state(status: &str) -> Response<Bytes> {
    answer(200, &[], &format!(r#"{{"status":"{status}"}}"#))
}

fn failures(status: u16, count: usize) -> Vec<Response<Bytes>> {
    std::iter::repeat_with(|| answer(status, &[], ""))
        .take(count)
        .collect()
}

/// The source of an error says what the API did, without the vendor, which the error itself names.
#[track_caller]
fn assert_source(error: &Error, status: u16) {
    let source = error.source().unwrap().downcast_ref::<Error>().unwrap();
    assert_eq!(source.status().unwrap().as_u16(), status);
    assert_eq!(
        format!("{error:?}").matches("maia: ").count(),
        1,
        "{error:?}"
    );
}

#[tokio::test]
async fn it_is_reported_once_for_each_reason_and_again_after_a_response() {
    let mut answers = vec![state("RUNNING")];
    answers.extend(failures(502, 3));
    answers.extend(failures(503, 2));
    answers.push(state("RUNNING"));
    answers.extend(failures(503, 1));
    answers.extend([state("SUCCESS"), state("SUCCESS")]);
    let (wait, reasons) = wait(answers);
    wait.await.unwrap();
    assert_eq!(
        *reasons.lock().unwrap(),
        [(502, 240), (503, 960), (503, 240)]
    );
}

#[tokio::test]
async fn a_time_limit_that_ends_during_it_says_how_old_the_state_is_and_why() {
    let mut answers = vec![state("RUNNING")];
    answers.extend(failures(503, 9));
    let (wait, _) = wait(answers);
    let error = wait.time_limit(HOUR / 2).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(
        error.to_string(),
        "maia: pipeline execution e is RUNNING, as of 1800 s ago; the API has been unavailable since, and the time limit of 1800 s is over: wait for it again"
    );
    assert_source(&error, 503);
}

#[tokio::test]
async fn one_that_does_not_end_is_an_error_that_says_the_same() {
    for (first, words) in [
        (
            Some("RUNNING"),
            "pipeline execution e is RUNNING, as of 2400 s ago; the API has been unavailable since",
        ),
        (
            None,
            "the state of pipeline execution e is unknown; the API has been unavailable for 2160 s",
        ),
    ] {
        let mut answers: Vec<_> = first.into_iter().map(state).collect();
        answers.extend(failures(504, 10));
        let (wait, reasons) = wait(answers);
        let error = wait.await.unwrap_err();
        assert_eq!(error.to_string(), format!("maia: {words}"));
        assert_eq!(error.status().unwrap().as_u16(), 504);
        assert_source(&error, 504);
        assert_eq!(reasons.lock().unwrap().len(), 1);
    }
}
