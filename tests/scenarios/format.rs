//! The file format of a scenario; a key that is not here is an error.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    #[expect(dead_code, reason = "for the people who read the file")]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) policy: Policy,
    pub(crate) replies: Vec<Reply>,
    pub(crate) steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Policy {
    pub(crate) attempts: u32,
    pub(crate) jitter: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 1,
            jitter: 0.0,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    pub(crate) token: Option<String>,
    pub(crate) expires_in: Option<Value>,
    pub(crate) jwt: Option<Jwt>,
    pub(crate) error: Option<String>,
    pub(crate) retry_after_s: Option<f64>,
    pub(crate) delay_s: Option<f64>,
    #[serde(default)]
    pub(crate) hang: bool,
    #[serde(default)]
    pub(crate) panic: bool,
    #[serde(default)]
    pub(crate) repeat: bool,
}

/// Seconds from the wall clock at the scenario's start.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Jwt {
    pub(crate) iat_s: Option<f64>,
    pub(crate) exp_s: Option<f64>,
}

/// One step: exactly one of its verbs is set.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Step {
    get: Option<String>,
    callers: Option<usize>,
    peek: Option<String>,
    cancel: Option<String>,
    advance_s: Option<f64>,
    suspend_s: Option<f64>,
    wall_back_s: Option<f64>,
    wall_forward_s: Option<f64>,
    invalidate: Option<String>,
    explicit: Option<bool>,
    accept: Option<String>,
    rotate: Option<bool>,
    shutdown: Option<bool>,
    expect: Option<String>,
    token: Option<String>,
    error: Option<String>,
    pending: Option<bool>,
    none: Option<bool>,
    expect_requests: Option<u64>,
    expect_state: Option<String>,
}

pub(crate) enum Verb {
    Get {
        name: String,
        callers: Option<usize>,
    },
    Peek(String),
    Cancel(String),
    Advance(f64),
    Suspend(f64),
    WallBack(f64),
    WallForward(f64),
    Invalidate {
        label: String,
        /// Whether the challenge said `error="invalid_token"`.
        is_explicit: bool,
    },
    Accept(String),
    Rotate,
    Shutdown,
    Expect {
        name: String,
        wanted: Seen,
    },
    ExpectRequests(u64),
    ExpectState(String),
}

/// What a caller has, as files spell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Token(String),
    Error(String),
    Pending,
    None,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(label) => write!(f, "token {label}"),
            Self::Error(kind) => write!(f, "error {kind}"),
            Self::Pending => f.write_str("pending"),
            Self::None => f.write_str("none"),
        }
    }
}

impl Step {
    /// Returns the one verb of this step, or what is wrong with it.
    pub(crate) fn verb(self) -> Result<Verb, String> {
        let wanted = [
            self.token.map(Seen::Token),
            self.error.map(Seen::Error),
            self.pending.filter(|yes| *yes).map(|_| Seen::Pending),
            self.none.filter(|yes| *yes).map(|_| Seen::None),
        ];
        let mut wanted: Vec<Seen> = wanted.into_iter().flatten().collect();
        let is_expectation = self.expect.is_some();
        let is_get = self.get.is_some();
        let callers = self.callers;
        let is_invalidate = self.invalidate.is_some();
        let is_explicit = self.explicit.unwrap_or(false);
        let verbs = [
            self.get.map(|name| Verb::Get { name, callers }),
            self.peek.map(Verb::Peek),
            self.cancel.map(Verb::Cancel),
            self.advance_s.map(Verb::Advance),
            self.suspend_s.map(Verb::Suspend),
            self.wall_back_s.map(Verb::WallBack),
            self.wall_forward_s.map(Verb::WallForward),
            self.invalidate
                .map(|label| Verb::Invalidate { label, is_explicit }),
            self.accept.map(Verb::Accept),
            self.rotate.filter(|yes| *yes).map(|_| Verb::Rotate),
            self.shutdown.filter(|yes| *yes).map(|_| Verb::Shutdown),
            self.expect_requests.map(Verb::ExpectRequests),
            self.expect_state.map(Verb::ExpectState),
        ];
        let mut verbs: Vec<Verb> = verbs.into_iter().flatten().collect();
        if callers.is_some() && !is_get {
            return Err("callers stands beside get only".to_owned());
        }
        if self.explicit.is_some() && !is_invalidate {
            return Err("explicit stands beside invalidate only".to_owned());
        }
        if wanted.len() != usize::from(is_expectation) {
            return Err("expect takes exactly one of token, error, pending, none, and nothing else takes one".to_owned());
        }
        if let (Some(name), Some(wanted)) = (self.expect, wanted.pop()) {
            verbs.push(Verb::Expect { name, wanted });
        }
        match (verbs.pop(), verbs.is_empty()) {
            (Some(verb), true) => Ok(verb),
            _ => Err("a step holds exactly one verb".to_owned()),
        }
    }
}
