//! Tests of how a refresh is ended, whenever that happens.

use std::future::pending;

use tokio::sync::watch;

use super::*;

/// The runtime as the cache sees it: the model checker compiles this over one of its own.
fn runtime() -> Handle {
    Handle::try_current().unwrap_or_else(|_| unreachable!("tests have a runtime"))
}

fn refresh() -> RefreshHandle {
    let now = ClockReading::new(Duration::ZERO, Duration::ZERO);
    RefreshHandle::new(1, now, 0, runtime().id())
}

/// Spawns a task that ends only by being aborted; returns how to abort it, and what tells that it was.
fn task() -> (AbortHandle, watch::Sender<()>) {
    let alive = watch::Sender::new(());
    let held = alive.subscribe();
    let task = runtime().spawn(async move {
        let _held = held;
        pending::<()>().await;
    });
    (task.abort_handle(), alive)
}

#[tokio::test]
async fn a_task_that_is_spawned_after_its_refresh_was_cancelled_is_aborted() {
    let refresh = refresh();
    refresh.cancel();
    let (task, alive) = task();
    refresh.set_task(task);
    alive.closed().await;
}

#[tokio::test]
async fn a_task_that_runs_is_aborted_when_its_refresh_is_cancelled() {
    let refresh = refresh();
    let (task, alive) = task();
    refresh.set_task(task);
    tokio::task::yield_now().await;
    assert!(!alive.is_closed());
    refresh.cancel();
    alive.closed().await;
}

#[tokio::test]
async fn an_outcome_is_not_taken_back() {
    let refresh = refresh();
    let failed = Err(Error::config("fake"));
    refresh.complete(failed);
    refresh.mark_abandoned();
    assert!(!refresh.is_abandoned());
    assert!(refresh.outcome().await.is_some());
}

#[tokio::test]
async fn one_watchdog_on_each_runtime_is_enough() {
    let mut refresh = refresh();
    let here = runtime().id();
    assert!(refresh.needs_watchdog_on(here));
    assert!(!refresh.needs_watchdog_on(here));
}
