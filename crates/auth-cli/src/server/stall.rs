//! A limit on the time without progress, which costs no timer operation while there is progress.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// Measures how long something has been waiting.
#[derive(Debug)]
pub(crate) struct Stall {
    limit: Duration,
    /// The start of the present wait.
    since: Option<Instant>,
    /// Kept between waits, since a timer is more expensive than a clock reading; it may be due too early.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Stall {
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            limit,
            since: None,
            timer: None,
        }
    }

    /// Ends the present wait.
    pub(crate) fn progress(&mut self) {
        self.since = None;
    }

    /// Continues the present wait, or starts one; ready once it has lasted for the limit.
    pub(crate) fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let due = *self.since.get_or_insert_with(Instant::now) + self.limit;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
        while timer.as_mut().poll(context).is_ready() {
            if timer.deadline() >= due {
                return Poll::Ready(());
            }
            timer.as_mut().reset(due);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests;
