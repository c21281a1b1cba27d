//! What happened in a story, in the file format of `tests/scenarios`, so that a story that failed can become a scenario.

use crate::names::scenario_name;
use serde_json::{Value, json};

use crate::event::{Answer, Reply};

#[derive(Debug)]
pub(crate) struct Record {
    policy: Value,
    steps: Vec<Value>,
    callers: usize,
}

impl Record {
    pub(crate) fn new(attempts: u32, jitter: f64) -> Self {
        Self {
            policy: json!({ "attempts": attempts, "jitter": jitter }),
            steps: Vec::new(),
            callers: 0,
        }
    }

    /// Notes a call and returns the caller's name.
    pub(crate) fn get(&mut self) -> String {
        self.callers += 1;
        let name = format!("c{}", self.callers);
        self.step("get", name.as_str());
        name
    }

    pub(crate) fn step(&mut self, verb: &str, value: impl Into<Value>) {
        self.steps.push(json!({ verb: value.into() }));
    }

    /// Notes that the API rejected a token, and whether it said that the token is invalid.
    pub(crate) fn reject(&mut self, token: String, is_explicit: bool) {
        self.steps.push(if is_explicit {
            json!({ "invalidate": token, "explicit": true })
        } else {
            json!({ "invalidate": token })
        });
    }

    /// The file, but for what each caller must have: the broken promise says that.
    pub(crate) fn scenario(&self, replies: &[Value]) -> String {
        let lines = |values: &[Value]| {
            let lines: Vec<String> = values.iter().map(Value::to_string).collect();
            lines.join(",\n             ")
        };
        format!(
            "{{ \"name\": \"\",\n  \"policy\": {},\n  \"replies\": [{}],\n  \"steps\": [{}] }}",
            self.policy,
            lines(replies),
            lines(&self.steps)
        )
    }
}

/// Spells a reply; `token` is the name of the token that it gives, `requested_at` the seconds since the story's start.
pub(crate) fn reply(reply: Reply, token: &str, requested_at: f64) -> Value {
    let mut spelled = match reply.answer {
        Answer::Token(lifetime) | Answer::SameToken(lifetime) => {
            json!({ "token": token, "expires_in": lifetime })
        }
        Answer::Jwt(lifetime) => {
            json!({ "token": token, "jwt": { "iat_s": requested_at, "exp_s": requested_at + lifetime } })
        }
        Answer::Error { kind, retry_after } => match retry_after {
            Some(seconds) => json!({ "error": scenario_name(kind), "retry_after_s": seconds }),
            None => json!({ "error": scenario_name(kind) }),
        },
        Answer::Hang => return json!({ "hang": true }),
        Answer::Panic => json!({ "panic": true }),
    };
    if reply.delay > 0.0 {
        spelled["delay_s"] = reply.delay.into();
    }
    spelled
}
