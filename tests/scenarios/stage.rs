//! Plays one scenario: the cache under test, its scripted source, its clock and its callers.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::names::scenario_name;
use auth_core::vendor::ExpiresIn;
use auth_core::{
    AccessToken, CacheState, Clock, Error, ErrorKind, RefreshPolicy, TokenCache, Verdict,
};
use auth_testkit::{ManualClock, ScriptedReply, ScriptedSource};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::task::JoinHandle;

use crate::format::{self, Jwt, Scenario, Seen, Step, Verb};

pub(crate) struct Stage {
    clock: ManualClock,
    source: ScriptedSource,
    cache: TokenCache<ScriptedSource>,
    callers: BTreeMap<String, Vec<Caller>>,
    /// The label of each token as the file spells it, by its text on the wire.
    labels: BTreeMap<String, String>,
}

enum Caller {
    Waiting(JoinHandle<Result<AccessToken, Error>>),
    Done(Seen),
}

impl Stage {
    pub(crate) fn new(scenario: &Scenario) -> Result<Self, String> {
        let clock = ManualClock::new();
        let start = clock.now().wall().as_secs_f64();
        let mut labels = BTreeMap::new();
        let mut replies = Vec::new();
        for reply in &scenario.replies {
            replies.push(script(reply, start, &mut labels)?);
        }
        let source = ScriptedSource::new(clock.clone(), replies);
        let policy = RefreshPolicy::new()
            .with_max_attempts(scenario.policy.attempts)
            .with_jitter(Some(scenario.policy.jitter));
        Ok(Self {
            cache: TokenCache::builder(source.clone())
                .refresh_policy(policy)
                .clock(clock.clone())
                .build(),
            clock,
            source,
            callers: BTreeMap::new(),
            labels,
        })
    }

    /// Takes one step and lets every task run until none can go on.
    pub(crate) async fn take(&mut self, step: Step) -> Result<(), String> {
        self.act(step.verb()?).await?;
        settle().await;
        match self.source.unscripted_requests() {
            0 => Ok(()),
            _ => Err("one more exchange than there are replies".to_owned()),
        }
    }

    async fn act(&mut self, verb: Verb) -> Result<(), String> {
        match verb {
            Verb::Get { name, callers } => self.get(name, callers.unwrap_or(1)),
            Verb::Peek(name) => {
                let seen = match self.cache.cached_token() {
                    Some(token) => Seen::Token(self.label(&token)),
                    None => Seen::None,
                };
                self.callers.insert(name, vec![Caller::Done(seen)]);
            }
            Verb::Cancel(name) => {
                let callers = self
                    .callers
                    .remove(&name)
                    .ok_or("nobody of that name asked")?;
                for caller in callers {
                    if let Caller::Waiting(task) = caller {
                        task.abort();
                    }
                }
            }
            Verb::Advance(seconds) => self.advance(duration(seconds)?).await,
            Verb::Suspend(seconds) => self.clock.suspend(duration(seconds)?),
            Verb::WallBack(seconds) => self.clock.set_wall_back(duration(seconds)?),
            Verb::WallForward(seconds) => self.clock.set_wall_forward(duration(seconds)?),
            Verb::Invalidate { label, is_explicit } => {
                let verdict = if is_explicit {
                    Verdict::InvalidToken
                } else {
                    Verdict::Unauthorized
                };
                self.cache.report(&self.token(&label)?, verdict);
            }
            Verb::Accept(label) => self.cache.report(&self.token(&label)?, Verdict::Accepted),
            Verb::Rotate => self.source.rotate(),
            Verb::Shutdown => {
                let cache = self.cache.clone();
                tokio::spawn(async move { cache.shutdown().await });
            }
            Verb::Expect { name, wanted } => self.expect(&name, &wanted).await?,
            Verb::ExpectRequests(wanted) => expect_equal(&self.source.requests(), &wanted)?,
            Verb::ExpectState(wanted) => {
                let state = state_name(self.cache.health().state);
                expect_equal(&state, &wanted.as_str())?;
            }
        }
        Ok(())
    }

    fn get(&mut self, name: String, callers: usize) {
        let ask = |_| {
            let cache = self.cache.clone();
            Caller::Waiting(tokio::spawn(async move { cache.token().await }))
        };
        self.callers.insert(name, (0..callers).map(ask).collect());
    }

    /// Moves time, stopping at every timer on the way.
    async fn advance(&self, duration: Duration) {
        let mut left = duration;
        while let Some(next) = self.clock.next_timer().filter(|next| *next <= left) {
            self.clock.advance(next);
            left -= next;
            settle().await;
        }
        self.clock.advance(left);
    }

    /// Returns the token of that label as an API's answer names it: by its text alone.
    fn token(&self, label: &str) -> Result<AccessToken, String> {
        let text = self
            .labels
            .iter()
            .find_map(|(text, known)| (known == label).then_some(text))
            .ok_or_else(|| format!("no reply holds the token {label}"))?;
        AccessToken::new(text.as_str(), self.clock.now(), Duration::from_secs(60))
            .map_err(|error| error.to_string())
    }

    async fn expect(&mut self, name: &str, wanted: &Seen) -> Result<(), String> {
        let mut callers = self
            .callers
            .remove(name)
            .ok_or_else(|| format!("nobody called {name} asked"))?;
        for caller in &mut callers {
            if let Caller::Waiting(task) = caller
                && task.is_finished()
            {
                *caller = Caller::Done(self.result(task.await));
            }
            let seen = match caller {
                Caller::Waiting(_) => &Seen::Pending,
                Caller::Done(seen) => &*seen,
            };
            if seen != wanted {
                return Err(format!("{name} has {seen}, not {wanted}"));
            }
        }
        self.callers.insert(name.to_owned(), callers);
        Ok(())
    }

    fn result(&self, outcome: Result<Result<AccessToken, Error>, tokio::task::JoinError>) -> Seen {
        match outcome {
            Ok(Ok(token)) => Seen::Token(self.label(&token)),
            Ok(Err(error)) => Seen::Error(scenario_name(error.kind()).to_owned()),
            Err(_) => Seen::Error("panicked".to_owned()),
        }
    }

    fn label(&self, token: &AccessToken) -> String {
        self.labels
            .get(token.expose_secret())
            .cloned()
            .unwrap_or_else(|| "that no reply held".to_owned())
    }
}

/// Returns when no task can go on without the clock: tokio's paused time moves only then.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

fn script(
    reply: &format::Reply,
    start: f64,
    labels: &mut BTreeMap<String, String>,
) -> Result<ScriptedReply, String> {
    let kinds = [
        reply.token.is_some(),
        reply.error.is_some(),
        reply.hang,
        reply.panic,
    ];
    if kinds.into_iter().filter(|is_set| *is_set).count() != 1 {
        return Err("a reply is exactly one of token, error, hang, panic".to_owned());
    }
    if reply.token.is_none() && (reply.expires_in.is_some() || reply.jwt.is_some()) {
        return Err("expires_in and jwt stand beside token only".to_owned());
    }
    if reply.error.is_none() && reply.retry_after_s.is_some() {
        return Err("retry_after_s stands beside error only".to_owned());
    }
    if reply.hang && reply.delay_s.is_some() {
        return Err("delay_s stands beside any reply but hang".to_owned());
    }
    let scripted = match (&reply.token, &reply.error) {
        (Some(label), _) => {
            let text = reply
                .jwt
                .as_ref()
                .map_or_else(|| label.clone(), |jwt| encode(jwt, label, start));
            labels.insert(text.clone(), label.clone());
            let expires_in: Option<ExpiresIn> = reply
                .expires_in
                .clone()
                .map(serde_json::from_value)
                .transpose()
                .map_err(|error| error.to_string())?;
            ScriptedReply::answer(text, expires_in)
        }
        (None, Some(kind)) => {
            let error = Error::new(kind_named(kind)?, "the scenario says so");
            ScriptedReply::error(match reply.retry_after_s {
                Some(seconds) => error.with_retry_after(duration(seconds)?),
                None => error,
            })
        }
        (None, None) if reply.hang => ScriptedReply::hang(),
        (None, None) => ScriptedReply::panic(),
    };
    let scripted = scripted.after(duration(reply.delay_s.unwrap_or_default())?);
    Ok(if reply.repeat {
        scripted.repeat()
    } else {
        scripted
    })
}

/// A JWT with these times; the label keeps two of them apart.
fn encode(jwt: &Jwt, label: &str, start: f64) -> String {
    let mut claims = serde_json::json!({ "jti": label });
    for (name, seconds) in [("iat", jwt.iat_s), ("exp", jwt.exp_s)] {
        if let Some(seconds) = seconds {
            claims[name] = (start + seconds).into();
        }
    }
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"none"}"#),
        part(&claims.to_string()),
        part("signature")
    )
}

fn kind_named(name: &str) -> Result<ErrorKind, String> {
    [
        ErrorKind::Config,
        ErrorKind::InvalidCredentials,
        ErrorKind::TokenRequestRefused,
        ErrorKind::InvalidResponse,
        ErrorKind::Throttled,
        ErrorKind::Timeout,
        ErrorKind::Transport,
        ErrorKind::Unavailable,
    ]
    .into_iter()
    .find(|kind| scenario_name(*kind) == name)
    .ok_or_else(|| format!("no error is called {name}"))
}

fn state_name(state: CacheState) -> &'static str {
    match state {
        CacheState::Closed => "closed",
        CacheState::Empty => "empty",
        CacheState::Fresh => "fresh",
        CacheState::Stale => "stale",
        CacheState::Expired => "expired",
        CacheState::Revoked => "revoked",
        _ => "a state that this runner does not know",
    }
}

fn duration(seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

fn expect_equal<T: PartialEq + std::fmt::Display>(seen: &T, wanted: &T) -> Result<(), String> {
    if seen == wanted {
        return Ok(());
    }
    Err(format!("saw {seen}, not {wanted}"))
}
