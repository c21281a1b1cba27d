//! Tests of the wait: what is driven where, and the end of it if the other thread stands still.

use std::sync::mpsc;

use tokio::runtime::Builder;

use super::*;

/// A runtime that another thread drives until the sender is dropped, or blocks once it is told so.
fn elsewhere() -> (Handle, mpsc::Sender<()>) {
    let (sender, receiver) = mpsc::channel();
    let (stop, stopped) = mpsc::channel::<()>();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        sender.send(runtime.handle().clone()).unwrap();
        runtime.block_on(async move {
            while let Err(mpsc::TryRecvError::Empty) = stopped.try_recv() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
    });
    (receiver.recv().unwrap(), stop)
}

#[test]
fn timers_of_the_other_thread_wake_this_one() {
    let (runtime, _stop) = elsewhere();
    let here = thread::current().id();
    let polled_on = drive(&runtime, Duration::from_secs(20), async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Ok(thread::current().id())
    });
    assert_eq!(polled_on.unwrap(), here);
}

#[test]
fn long_work_goes_on_as_long_as_the_other_thread_lives() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let limit = Duration::from_secs(20);
    let mut now = Instant::now();
    let mut pulse = Pulse::ask(runtime.handle(), now);
    for _ in 0..10 {
        now += limit - Duration::from_nanos(1);
        assert!(!pulse.is_missing(runtime.handle(), now, limit));
        runtime.block_on(tokio::task::yield_now());
        // Its answer is found late, and is one all the same.
        now += 2 * limit;
        assert!(!pulse.is_missing(runtime.handle(), now, limit));
    }
    now += limit;
    assert!(pulse.is_missing(runtime.handle(), now, limit));
}

#[test]
fn a_thread_that_stands_still_is_an_error_after_the_limit() {
    let (runtime, stop) = elsewhere();
    runtime.spawn(async move {
        // Blocks until the test is over.
        let _ = stop;
        thread::park();
    });
    let outcome = drive(
        &runtime,
        Duration::from_millis(50),
        std::future::pending::<Result<()>>(),
    );
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Unavailable);
}
