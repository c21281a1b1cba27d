//! The cache, its callers and its clock; every promise is checked after everything that happens.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::{
    AccessToken, CacheState, Clock, ErrorKind, Moment, RefreshPolicy, Result, TokenCache,
};
use auth_testkit::ManualClock;
use tokio::task::JoinHandle;

use crate::event::{Event, Story};
use crate::source::Source;

pub(crate) struct World {
    pub(crate) source: Source,
    clock: ManualClock,
    cache: TokenCache<Source>,
    waiting: VecDeque<JoinHandle<()>>,
    /// What callers were given, and when.
    given: Arc<Mutex<Vec<(Result<AccessToken>, Moment)>>>,
    /// What callers were given and is checked, the latest first.
    handed_out: Vec<AccessToken>,
    discarded: VecDeque<AccessToken>,
    is_closed: bool,
}

impl World {
    pub(crate) fn new(story: &Story) -> Self {
        let clock = ManualClock::new();
        let source = Source::new(clock.clone(), story.answers.clone());
        let policy = RefreshPolicy::new()
            .with_attempts(story.attempts)
            .with_jitter(Some(story.jitter));
        Self {
            cache: TokenCache::with_policy(source.clone(), policy, Arc::new(clock.clone())),
            source,
            clock,
            waiting: VecDeque::new(),
            given: Arc::default(),
            handed_out: Vec::new(),
            discarded: VecDeque::new(),
            is_closed: false,
        }
    }

    pub(crate) async fn take(&mut self, event: Event) {
        match event {
            Event::Get(callers) => (0..callers).for_each(|_| self.get()),
            Event::Peek => self.peek().await,
            Event::Cancel => {
                if let Some(caller) = self.waiting.pop_front() {
                    caller.abort();
                }
            }
            Event::Advance(seconds) => self.advance(Duration::from_secs_f64(seconds)).await,
            Event::Suspend(seconds) => self.clock.suspend(Duration::from_secs_f64(seconds)),
            Event::WallBack(seconds) => self.clock.set_wall_back(Duration::from_secs_f64(seconds)),
            Event::WallForward(seconds) => {
                self.clock
                    .set_wall_forward(Duration::from_secs_f64(seconds));
            }
            Event::Invalidate(back) => self.invalidate(back),
            Event::Rotate => self.source.rotate(),
        }
        self.settle().await;
    }

    /// A caller for every second: the source must not be asked more than `limit` times in any minute after the first flight's end.
    pub(crate) async fn stays_below(&mut self, limit: usize, duration: Duration) {
        // What was under way may end, and the token that was valid may run out.
        self.advance(Duration::from_secs(8_100)).await;
        let start = self.clock.now();
        for _ in 0..duration.as_secs() {
            self.take(Event::Get(1)).await;
            self.advance(Duration::from_secs(1)).await;
        }
        let requests: Vec<Duration> = self
            .source
            .requests()
            .into_iter()
            .map(|request| request.monotonic())
            .filter(|request| *request >= start.monotonic())
            .collect();
        for (index, first) in requests.iter().enumerate() {
            let within = requests[index..]
                .iter()
                .take_while(|request| **request - *first < Duration::from_secs(60))
                .count();
            assert!(within <= limit, "{within} requests in one minute");
        }
    }

    /// However it ends, everybody who asked is told within two deaths and a cool-down.
    pub(crate) async fn leaves_nobody_behind(&mut self) {
        self.advance(Duration::from_secs(120)).await;
        self.settle().await;
        let left = self.waiting.iter().filter(|caller| !caller.is_finished());
        assert_eq!(left.count(), 0, "callers still wait");
    }

    pub(crate) async fn closes(&mut self) {
        let cache = self.cache.clone();
        let shutdown = tokio::spawn(async move { cache.shutdown().await });
        self.settle().await;
        self.is_closed = true;
        self.advance(Duration::from_secs(60)).await;
        assert!(shutdown.is_finished(), "the shutdown has a limit");
    }

    fn get(&mut self) {
        let (cache, clock, given) = (
            self.cache.clone(),
            self.clock.clone(),
            Arc::clone(&self.given),
        );
        self.waiting.push_back(tokio::spawn(async move {
            let outcome = cache.token().await;
            given.lock().unwrap().push((outcome, clock.now()));
        }));
    }

    async fn peek(&mut self) {
        let requests = self.source.requests().len();
        if let Some(token) = self.cache.peek() {
            self.check(&token, self.clock.now());
        }
        self.settle().await;
        assert_eq!(self.source.requests().len(), requests, "a peek asked");
    }

    fn invalidate(&mut self, back: usize) {
        let Some(token) = self.handed_out.iter().rev().nth(back).cloned() else {
            return;
        };
        let current = self.cache.peek();
        self.cache.invalidate(&token);
        let Some(current) = current.filter(|current| current.is_same_token(&token)) else {
            return;
        };
        if self.cache.peek().is_none() {
            self.discarded.push_back(token);
            // As many as are remembered.
            if self.discarded.len() > 8 {
                self.discarded.pop_front();
            }
        } else {
            let age = self.clock.now().since(current.anchor());
            assert!(age < Duration::from_secs(10), "it was old enough: {age:?}");
        }
    }

    /// Moves time, stopping at every timer on the way.
    async fn advance(&mut self, duration: Duration) {
        let mut left = duration;
        while let Some(next) = self.clock.next_timer().filter(|next| *next <= left) {
            self.clock.advance(next);
            left -= next;
            self.settle().await;
        }
        self.clock.advance(left);
        self.settle().await;
    }

    /// Lets every task run until none can go on without the clock, and checks what came of it.
    async fn settle(&mut self) {
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.waiting.retain(|caller| !caller.is_finished());
        let given: Vec<_> = self.given.lock().unwrap().drain(..).collect();
        for (outcome, at) in given {
            match outcome {
                Ok(token) => {
                    self.check(&token, at);
                    self.handed_out.push(token);
                }
                Err(error) if self.is_closed => assert_eq!(error.kind(), ErrorKind::Closed),
                Err(error) => assert_ne!(error.kind(), ErrorKind::Closed),
            }
        }
        assert!(self.source.most_running() <= 1, "two requests at once");
        let is_usable = matches!(
            self.cache.health().state,
            CacheState::Fresh | CacheState::Stale
        );
        assert_eq!(is_usable, self.cache.peek().is_some(), "health disagrees");
    }

    /// A token that is handed out was issued, is not past its life less the margin, and was never discarded.
    fn check(&self, token: &AccessToken, at: Moment) {
        assert!(!self.is_closed, "handed out after shutdown");
        let issues = self.source.issues(token);
        let is_alive = issues.iter().any(|issue| {
            let margin = (issue.lifetime / 10.0).min(10.0);
            at.since(issue.asked_at).as_secs_f64() < issue.lifetime - margin
        });
        assert!(is_alive, "handed out too late: {issues:?} at {at:?}");
        let is_discarded = self
            .discarded
            .iter()
            .any(|discarded| discarded.is_same_token(token));
        assert!(!is_discarded, "handed out after it was discarded");
    }
}
