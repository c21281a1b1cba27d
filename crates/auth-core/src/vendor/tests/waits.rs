//! Tests of waits with odd settings, and without anything to wait on.

use std::pin::Pin;
use std::time::Duration;

use super::*;
use crate::clock::{Clock, ClockReading};
use crate::http::fake::FakeHttp;

/// Finished at the last poll.
#[derive(Debug)]
struct Job(u32);

impl Operation for Job {
    fn is_finished(&self) -> bool {
        self.0 == 0
    }

    fn describe(&self) -> String {
        format!("job with {} polls left", self.0)
    }

    fn failure(&self) -> Option<Error> {
        None
    }
}

/// Its sleeps end at once, or never if it has no timers.
#[derive(Debug)]
struct Odd {
    has_timers: bool,
}

impl Clock for Odd {
    fn now(&self) -> ClockReading {
        ClockReading::new(Duration::ZERO, Duration::ZERO)
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        match self.has_timers {
            true => Box::pin(std::future::ready(())),
            false => Box::pin(std::future::pending()),
        }
    }

    fn can_sleep(&self) -> bool {
        self.has_timers
    }
}

fn wait(polls: u32, has_timers: bool) -> Wait<Job> {
    let builder = with(&[])
        .http_client(FakeHttp::default())
        .clock(Odd { has_timers });
    let client = Client::new(builder.build().unwrap()).unwrap();
    let mut left = polls;
    client.wait("the job", move || {
        left -= 1;
        std::future::ready(Ok(Job(left)))
    })
}

#[tokio::test]
async fn the_longest_pauses_do_not_overflow() {
    let wait = wait(3, true)
        .pauses(Duration::MAX, Duration::MAX)
        .time_limit(Duration::MAX);
    assert!(wait.await.is_ok());
}

#[tokio::test]
async fn without_timers_a_wait_is_an_error_unless_there_is_nothing_to_wait_for() {
    assert!(wait(1, false).await.is_ok());
    let error = wait(2, false).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("enable_time"), "{error}");
}
