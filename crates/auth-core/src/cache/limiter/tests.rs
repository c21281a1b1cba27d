//! Tests of the limiter: its bound, its order, and what the dead and the cancelled leave behind.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::clock::ClockReading;

/// Moved by hand; a sleep ends at the first poll after its time.
#[derive(Debug, Clone, Default)]
struct Hand(Arc<Mutex<Duration>>);

impl Hand {
    fn advance(&self, seconds: u64) {
        *self.0.lock().unwrap() += Duration::from_secs(seconds);
    }

    fn time(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

impl Clock for Hand {
    fn now(&self) -> ClockReading {
        ClockReading::new(self.time(), self.time())
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (clock, until) = (self.clone(), self.time() + duration);
        Box::pin(std::future::poll_fn(move |_| {
            if clock.time() >= until {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }))
    }
}

type Request<'a> = Pin<Box<dyn Future<Output = Result<Permit>> + 'a>>;

fn limiter(limit: usize) -> (Arc<RefreshLimiter>, Hand) {
    (Arc::new(RefreshLimiter::new(limit)), Hand::default())
}

fn request<'a>(limiter: &'a Arc<RefreshLimiter>, clock: &'a Hand) -> Request<'a> {
    let (patience, limit) = (Duration::from_secs(30), Duration::from_secs(10));
    Box::pin(limiter.acquire(clock, patience, limit))
}

fn poll(request: &mut Request<'_>) -> Option<Result<Permit>> {
    match request
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    }
}

fn granted(request: &mut Request<'_>) -> Permit {
    poll(request).expect("it is its turn").unwrap()
}

#[test]
fn permits_are_as_many_as_the_limit_and_go_to_those_who_came_first() {
    let (limiter, clock) = limiter(2);
    let mut requests: Vec<_> = (0..4).map(|_| request(&limiter, &clock)).collect();
    let first = granted(&mut requests[0]);
    let _second = granted(&mut requests[1]);
    assert!(poll(&mut requests[2]).is_none());
    assert!(poll(&mut requests[3]).is_none());
    drop(first);
    assert!(poll(&mut requests[3]).is_none(), "it came last");
    let third = granted(&mut requests[2]);
    drop(third);
    let _fourth = granted(&mut requests[3]);
}

#[test]
fn one_that_comes_later_does_not_overtake_those_who_wait() {
    let (limiter, clock) = limiter(1);
    let (mut first, mut second) = (request(&limiter, &clock), request(&limiter, &clock));
    let permit = granted(&mut first);
    assert!(poll(&mut second).is_none());
    drop(permit);
    let mut third = request(&limiter, &clock);
    assert!(poll(&mut third).is_none());
    let _permit = granted(&mut second);
}

#[test]
fn who_stops_waiting_leaves_no_gap() {
    let (limiter, clock) = limiter(1);
    let mut requests: Vec<_> = (0..4).map(|_| request(&limiter, &clock)).collect();
    let permit = granted(&mut requests[0]);
    for request in &mut requests[1..] {
        assert!(poll(request).is_none());
    }
    // One leaves while it waits, one after the permit was granted and before it knew.
    drop(requests.remove(1));
    drop(permit);
    drop(requests.remove(1));
    let _permit = granted(&mut requests[1]);
}

#[test]
fn patience_ends_in_a_timeout_that_names_the_limit() {
    let (limiter, clock) = limiter(1);
    let (mut first, mut second) = (request(&limiter, &clock), request(&limiter, &clock));
    // Keeps its permit for longer than patience lasts, and takes a new one as soon as the old one has ended.
    let mut permit = granted(&mut first);
    for _ in 0..30 {
        assert!(poll(&mut second).is_none());
        clock.advance(1);
        assert!(limiter.claim(&permit, clock.time(), Duration::from_secs(11)));
        permit.granted = Arc::new(Notify::new());
    }
    let error = poll(&mut second).expect("patience is over").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_retryable());
    assert!(error.to_string().contains("the limit of 1 "), "{error}");
}

#[test]
fn a_permit_that_nobody_gives_back_ends_by_itself() {
    let (limiter, clock) = limiter(1);
    let (mut first, mut second) = (request(&limiter, &clock), request(&limiter, &clock));
    let forgotten = granted(&mut first);
    for _ in 0..10 {
        assert!(poll(&mut second).is_none());
        clock.advance(1);
    }
    assert!(poll(&mut second).is_none(), "the lease is a second longer");
    clock.advance(1);
    let permit = granted(&mut second);
    // Its late end frees nothing that is not its own.
    drop(forgotten);
    let mut third = request(&limiter, &clock);
    assert!(poll(&mut third).is_none());
    drop(permit);
    let _permit = granted(&mut third);
}

#[test]
fn the_dead_at_the_front_of_the_queue_keep_nobody() {
    let (limiter, clock) = limiter(2);
    let mut dead: Vec<_> = (0..100).map(|_| request(&limiter, &clock)).collect();
    let permits: Vec<_> = dead[..2].iter_mut().map(granted).collect();
    for request in &mut dead[2..] {
        assert!(poll(request).is_none());
    }
    // None of them is polled again, nor dropped.
    let mut living = request(&limiter, &clock);
    let mut waited = 0;
    let _permit = loop {
        if let Some(outcome) = poll(&mut living) {
            break outcome.unwrap();
        }
        clock.advance(1);
        waited += 1;
        assert!(waited <= 12, "the dead hold what they were granted");
    };
    drop(permits);
}

#[test]
fn the_dead_are_passed_over_while_others_give_permits_back() {
    let (limiter, clock) = limiter(1);
    let mut first = request(&limiter, &clock);
    let permit = granted(&mut first);
    let mut dead: Vec<_> = (0..100).map(|_| request(&limiter, &clock)).collect();
    for request in &mut dead {
        assert!(poll(request).is_none());
    }
    let mut living = request(&limiter, &clock);
    for _ in 0..4 {
        assert!(poll(&mut living).is_none());
        clock.advance(1);
    }
    assert!(poll(&mut living).is_none());
    drop(permit);
    let _permit = granted(&mut living);
}

#[test]
fn one_that_overslept_its_grant_keeps_its_place() {
    let (limiter, clock) = limiter(1);
    let (mut first, mut second) = (request(&limiter, &clock), request(&limiter, &clock));
    let mut third = request(&limiter, &clock);
    let permit = granted(&mut first);
    assert!(poll(&mut second).is_none());
    assert!(poll(&mut third).is_none());
    drop(permit);
    clock.advance(1);
    let permit = granted(&mut third);
    let mut fourth = request(&limiter, &clock);
    assert!(poll(&mut fourth).is_none());
    assert!(poll(&mut second).is_none());
    drop(permit);
    assert!(poll(&mut fourth).is_none());
    let _permit = granted(&mut second);
}
