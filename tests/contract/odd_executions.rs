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
