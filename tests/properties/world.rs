//! The cache, its callers and its clock; every promise is checked after everything that happens.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::{
    AccessToken, CacheState, Clock, ClockReading, ErrorKind, RefreshPolicy, Result, TokenCache,
    Verdict,
};
use auth_testkit::ManualClock;
use tokio::task::JoinHandle;

use crate::event::{Event, Story};
use crate::record::Record;
use crate::rejections::Rejections;
use crate::source::{Issue, Source};

pub(crate) struct World {
    pub(crate) source: Source,
    clock: ManualClock,
    cache: TokenCache<Source>,
    jitter: f64,
    record: Record,
    waiting: VecDeque<Caller>,
    /// What callers were given.
    given: Arc<Mutex<Vec<Given>>>,
    /// What callers were given and is checked, the latest last.
    handed_out: Vec<AccessToken>,
    rejections: Rejections,
    is_closed: bool,
}

struct Caller {
    name: String,
    task: JoinHandle<()>,
}

struct Given {
    outcome: Result<AccessToken>,
    requested_at: ClockReading,
    given_at: ClockReading,
}

impl World {
    pub(crate) fn new(story: &Story) -> Self {
        let clock = ManualClock::new();
        let source = Source::new(clock.clone(), story.answers.clone());
        let policy = RefreshPolicy::new()
            .with_max_attempts(story.attempts)
            .with_jitter(Some(story.jitter));
        Self {
            cache: TokenCache::builder(source.clone())
                .refresh_policy(policy)
                .clock(clock.clone())
                .build(),
            source,
            clock,
            jitter: story.jitter,
            record: Record::new(story.attempts, story.jitter),
            waiting: VecDeque::new(),
            given: Arc::default(),
            handed_out: Vec::new(),
            rejections: Rejections::default(),
            is_closed: false,
        }
    }

    /// What happened so far as a file of `tests/scenarios`.
    pub(crate) fn scenario(&self) -> String {
        self.record.scenario(&self.source.spelled())
    }

    pub(crate) async fn take(&mut self, event: Event) {
        let requests = self.source.asked();
        match event {
            Event::Get(callers) => self.get(callers).await,
            Event::Peek => self.peek(),
            Event::Cancel => {
                if let Some(caller) = self.waiting.pop_front() {
                    self.record.step("cancel", caller.name);
                    caller.task.abort();
                }
            }
            Event::Advance(seconds) => self.advance(Duration::from_secs_f64(seconds)).await,
            Event::AdvanceToExpiry => {
                let left = self.cache.health().expires_in;
                self.advance(left.unwrap_or_default()).await;
            }
            Event::AdvanceToRetry => {
                let left = self.cache.health().retry_in;
                self.advance(left.unwrap_or_default()).await;
            }
            Event::Suspend(seconds) => {
                self.record.step("suspend_s", seconds);
                self.clock.suspend(Duration::from_secs_f64(seconds));
            }
            Event::WallBack(seconds) => {
                self.record.step("wall_back_s", seconds);
                self.clock.set_wall_back(Duration::from_secs_f64(seconds));
            }
            Event::WallForward(seconds) => {
                self.record.step("wall_forward_s", seconds);
                self.clock
                    .set_wall_forward(Duration::from_secs_f64(seconds));
            }
            Event::Invalidate(back) => self.report(back, Verdict::Unauthorized),
            Event::InvalidateExplicitly(back) => self.report(back, Verdict::InvalidToken),
            Event::Accept(back) => self.report(back, Verdict::Accepted),
            Event::InvalidateForeign => {
                let foreign = AccessToken::new("foreign", self.clock.now(), SECOND * 3_600);
                self.reject(&foreign.unwrap(), Verdict::Unauthorized);
            }
            Event::Rotate => {
                self.record.step("rotate", true);
                self.source.rotate();
            }
        }
        self.settle().await;
        let may_ask = match event {
            Event::Get(_) => true,
            // The refresh that runs may try again, or die and be taken over.
            Event::Advance(_) | Event::AdvanceToExpiry | Event::AdvanceToRetry => true,
            _ => false,
        };
        if !may_ask {
            assert_eq!(self.source.asked(), requests, "{event:?} asked");
        }
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
        self.advance(SECOND * 120).await;
        assert_eq!(self.waiting.len(), 0, "callers still wait");
    }

    pub(crate) async fn closes(&mut self) {
        let cache = self.cache.clone();
        let shutdown = tokio::spawn(async move { cache.shutdown().await });
        self.record.step("shutdown", true);
        self.is_closed = true;
        self.settle().await;
        self.advance(SECOND * 60).await;
        assert!(shutdown.is_finished(), "the shutdown has a limit");
    }

    async fn get(&mut self, callers: usize) {
        let has_token = self.cache.cached_token().is_some();
        let health = self.cache.health();
        let requests = self.source.asked();
        let waited = self.waiting.len();
        for _ in 0..callers {
            let (cache, clock) = (self.cache.clone(), self.clock.clone());
            let given = Arc::clone(&self.given);
            let task = tokio::spawn(async move {
                let requested_at = clock.now();
                let outcome = cache.token().await;
                given.lock().unwrap().push(Given {
                    outcome,
                    requested_at,
                    given_at: clock.now(),
                });
            });
            let name = self.record.get();
            self.waiting.push_back(Caller { name, task });
        }
        let handed_out = self.handed_out.len();
        self.settle().await;
        if has_token {
            assert_eq!(self.waiting.len(), waited, "waited beside a valid token");
            let given = self.handed_out.len() - handed_out;
            assert!(given >= callers, "an error beside a valid token");
        }
        // A source that has just returned the token that is due once more is left alone for five seconds.
        let is_held_off = health.last_success.is_some_and(|ago| ago <= SECOND * 5);
        let is_due = health.state == CacheState::Stale
            && health.refreshing_for.is_none()
            && health.retry_in.is_none()
            && !is_held_off;
        if is_due {
            assert!(self.source.asked() > requests, "a due token stays");
        }
        let holds = health.retry_in.is_some()
            && health.last_failure.is_some_and(|(_, error)| {
                !matches!(
                    error.kind(),
                    ErrorKind::InvalidCredentials | ErrorKind::Config
                )
            });
        if holds {
            let asked = self.source.asked() - requests;
            assert_eq!(asked, 0, "asked in a cool-down");
        }
    }

    fn peek(&mut self) {
        self.record.step("peek", "p");
        if let Some(token) = self.cache.cached_token() {
            self.check(&token, self.clock.now());
        }
    }

    /// The API's verdict on a token that was handed out some tokens ago.
    fn report(&mut self, back: usize, verdict: Verdict) {
        let Some(token) = self.handed_out.iter().rev().nth(back).cloned() else {
            return;
        };
        if verdict != Verdict::Accepted {
            return self.reject(&token, verdict);
        }
        self.record.step("accept", self.source.name_of(&token));
        let is_current = self
            .cache
            .cached_token()
            .is_some_and(|current| current.is_same_token(&token));
        // One past its life is still the slot's, but no API accepts it.
        if is_current {
            self.cache.accept(&token);
            self.rejections.accept();
        }
    }

    fn reject(&mut self, token: &AccessToken, verdict: Verdict) {
        let (current, before) = (self.cache.cached_token(), self.cache.health());
        // Past its life nobody is served it, so nobody can say anything of it; it would be noise here.
        let Some(current) = current else {
            return;
        };
        let name = self.source.name_of(token);
        self.record.reject(name, verdict == Verdict::InvalidToken);
        self.cache.report(token, verdict);
        let is_discarded = self.cache.health().state == CacheState::Revoked;
        let must = current.is_same_token(token) && {
            let now = self.clock.now();
            // What the cache counts from was checked against the source's own record.
            let age = before.age.unwrap_or_default();
            let requested_at = ClockReading::new(
                now.monotonic().saturating_sub(age),
                now.wall().saturating_sub(age),
            );
            self.rejections
                .must_discard(&current, requested_at, now, verdict)
        };
        assert_eq!(is_discarded, must, "another token, or a young one");
    }

    /// Moves time, stopping at every timer on the way.
    async fn advance(&mut self, duration: Duration) {
        self.record.step("advance_s", duration.as_secs_f64());
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
        self.waiting.retain(|caller| !caller.task.is_finished());
        let given: Vec<Given> = self.given.lock().unwrap().drain(..).collect();
        for given in given {
            let waited = given.given_at.monotonic() - given.requested_at.monotonic();
            // Two refreshes of thirty seconds, if the first one dies.
            assert!(waited <= SECOND * 60, "waited for {waited:?}");
            match given.outcome {
                Ok(token) => {
                    self.check(&token, given.given_at);
                    self.handed_out.push(token);
                }
                Err(error) if self.is_closed => assert_eq!(error.kind(), ErrorKind::Closed),
                Err(error) => assert_ne!(error.kind(), ErrorKind::Closed),
            }
        }
        assert!(self.source.most_running() <= 1, "two requests at once");
        self.check_health();
    }

    /// A token that is handed out was issued, is not past its life less the margin, and was never discarded.
    fn check(&self, token: &AccessToken, at: ClockReading) {
        assert!(!self.is_closed, "handed out after shutdown");
        let issues = self.source.issues(token);
        let is_alive = issues
            .iter()
            .any(|issue| age(issue.requested_at, at) < issue.expire_at());
        assert!(is_alive, "handed out too late: {issues:?} at {at:?}");
        let is_discarded = self.rejections.must_not_be_served(token, at);
        assert!(!is_discarded, "handed out after it was discarded");
    }

    /// What the cache says of itself is what its callers and its source have seen.
    fn check_health(&self) {
        let (health, now) = (self.cache.health(), self.clock.now());
        let token = self.cache.cached_token();
        let is_usable = matches!(health.state, CacheState::Fresh | CacheState::Stale);
        assert_eq!(is_usable, token.is_some(), "a state that peek denies");
        assert_eq!(
            health.expires_in.is_some_and(|left| !left.is_zero()),
            is_usable
        );
        assert!(health.expires_in <= health.age.and(Some(Duration::MAX)));
        if let Some(token) = token {
            self.check(&token, now);
            let is_told = self.source.issues(&token).iter().any(|issue| {
                let age = age(issue.requested_at, now);
                health.age == Some(age)
                    && health.expires_in == Some(issue.expire_at() - age)
                    && (health.state == CacheState::Fresh) == (age < self.refresh_at(issue))
            });
            assert!(is_told, "{health:?} is of no token that was issued");
        }
        if !self.waiting.is_empty() && !self.is_closed {
            assert!(health.refreshing_for.is_some(), "waiting for nothing");
        }
        if health.retry_in.is_some() {
            assert!(health.failures > 0 && health.last_failure.is_some());
        }
    }

    fn refresh_at(&self, issue: &Issue) -> Duration {
        let lifetime = issue.lifetime();
        let window = (lifetime / 4).min(SECOND * 3_600);
        let jitter = (lifetime / 10).min(SECOND * 300).mul_f64(self.jitter);
        let margin = (lifetime / 10).min(SECOND * 10);
        lifetime - (margin + window + jitter)
    }
}

/// The larger of what two clocks say: written down once more, not taken from the cache.
pub(crate) fn age(from: ClockReading, to: ClockReading) -> Duration {
    let monotonic = to.monotonic().saturating_sub(from.monotonic());
    monotonic.max(to.wall().saturating_sub(from.wall()))
}

const SECOND: Duration = Duration::from_secs(1);
