//! Tests of the system's clock where there is no timer to wait by.

use std::task::{Context, Waker};

use tokio::runtime::{Builder, Runtime};

use super::*;

fn is_pending(sleep: &mut Pin<Box<dyn Future<Output = ()> + Send>>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    sleep.as_mut().poll(&mut context).is_pending()
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

#[test]
fn without_a_runtime_or_without_its_timers_a_sleep_never_completes_and_says_so() {
    assert!(!SystemClock.can_sleep());
    assert!(is_pending(&mut SystemClock.sleep(Duration::ZERO)));
    let without_timers = Builder::new_current_thread().build().unwrap();
    let _entered = without_timers.enter();
    assert!(!SystemClock.can_sleep());
    assert!(is_pending(&mut SystemClock.sleep(Duration::ZERO)));
}

#[test]
fn on_a_runtime_with_timers_it_completes() {
    runtime().block_on(async {
        assert!(SystemClock.can_sleep());
        SystemClock.sleep(Duration::ZERO).await;
    });
}

#[test]
fn a_sleep_whose_runtime_was_shut_down_does_not_panic() {
    let runtime = runtime();
    let entered = runtime.enter();
    let mut sleep = SystemClock.sleep(Duration::from_secs(60));
    drop(entered);
    drop(runtime);
    assert!(is_pending(&mut sleep));
}
