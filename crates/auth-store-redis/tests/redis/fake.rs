//! A server that is made up: one record, and only the commands that a test allows.

use std::sync::{Arc, Mutex};

use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value};

/// A connection to it; clones share the record.
#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Commands, or commands with an option, that it knows besides `GET`.
    known: Vec<&'static str>,
    record: Option<Vec<u8>>,
    commands: Vec<String>,
    /// What the next command fails with.
    failure: Option<&'static str>,
}

impl Fake {
    pub(crate) fn knowing(known: &[&'static str]) -> Self {
        let fake = Self::default();
        fake.0.lock().unwrap().known = known.to_vec();
        fake
    }

    pub(crate) fn set(&self, record: &[u8]) {
        self.0.lock().unwrap().record = Some(record.to_vec());
    }

    pub(crate) fn record(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap().record.clone()
    }

    /// Makes the next command fail.
    pub(crate) fn fail_once(&self, error: &'static str) {
        self.0.lock().unwrap().failure = Some(error);
    }

    /// Returns the names of all commands so far, and forgets them.
    pub(crate) fn commands(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().commands)
    }

    fn run(&self, words: &[Vec<u8>]) -> Value {
        let mut state = self.0.lock().unwrap();
        let text = |at: usize| String::from_utf8_lossy(&words[at]).into_owned();
        let has_option = words.iter().any(|word| word == b"IFEQ");
        let name = match has_option && text(0) == "SET" {
            true => "SET IFEQ".to_owned(),
            false => text(0),
        };
        state.commands.push(name.clone());
        if let Some(error) = state.failure.take() {
            return server_error(error);
        }
        let is_known = name == "GET" || state.known.contains(&name.as_str());
        if !is_known {
            let error = match name.as_str() {
                "EVAL" => "NOPERM this user has no permissions to run the 'eval' command",
                "SET IFEQ" => "ERR syntax error",
                _ => "ERR unknown command",
            };
            return server_error(error);
        }
        match name.as_str() {
            "GET" => state.record.clone().map_or(Value::Nil, Value::BulkString),
            "SET IFEQ" => {
                let is_old = state.record.as_ref() == Some(&words[4]);
                if is_old {
                    state.record = Some(words[2].clone());
                }
                if is_old { Value::Okay } else { Value::Nil }
            }
            "DELEX" | "DELIFEQ" => {
                let is_old = state.record.as_ref() == words.last();
                if is_old {
                    state.record = None;
                }
                Value::Int(i64::from(is_old))
            }
            "PEXPIRE" => Value::Int(1),
            _ => Value::Okay,
        }
    }
}

fn server_error(line: &str) -> Value {
    redis::parse_redis_value(format!("-{line}\r\n").as_bytes()).unwrap()
}

fn words(command: &Cmd) -> Vec<Vec<u8>> {
    command
        .args_iter()
        .map(|word| match word {
            redis::Arg::Simple(bytes) => bytes.to_vec(),
            _ => Vec::new(),
        })
        .collect()
}

impl ConnectionLike for Fake {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        let value = self.run(&words(command));
        Box::pin(async move { value.extract_error() })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let values = pipeline.cmd_iter().map(|command| self.run(&words(command)));
        let values = values.collect();
        Box::pin(async move { Ok(values) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}
