//! Tests of how a refresh is ended, whenever that happens.

use std::future::pending;

use super::*;

fn refresh() -> RefreshHandle {
    let now = Moment::new(Duration::ZERO, Duration::ZERO);
    RefreshHandle::new(1, now, 0, Handle::current().id())
}

#[tokio::test]
async fn a_task_that_is_spawned_after_its_refresh_was_cancelled_is_aborted() {
    let refresh = refresh();
    refresh.cancel();
    let task = tokio::spawn(pending::<()>());
    refresh.set_task(task.abort_handle());
    assert!(task.await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn a_task_that_runs_is_aborted_when_its_refresh_is_cancelled() {
    let refresh = refresh();
    let task = tokio::spawn(pending::<()>());
    refresh.set_task(task.abort_handle());
    refresh.cancel();
    assert!(task.await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn an_outcome_is_not_taken_back() {
    let refresh = refresh();
    let failed = Err(crate::error::Error::config("fake"));
    refresh.progress.send_replace(Progress::Done(failed));
    refresh.mark_abandoned();
    assert!(!refresh.is_abandoned());
    assert!(refresh.outcome().await.is_some());
}

#[tokio::test]
async fn one_watchdog_on_each_runtime_is_enough() {
    let mut refresh = refresh();
    let here = Handle::current().id();
    assert!(refresh.needs_watchdog_on(here));
    assert!(!refresh.needs_watchdog_on(here));
}
