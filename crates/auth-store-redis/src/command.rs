//! The commands of a store, and what replaces those that a server or its user does not have.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use redis::{Cmd, FromRedisValue, Pipeline, RedisResult, Value, from_redis_value};

use crate::connection::Connection;
use crate::error::{is_unreadable, is_unsupported};

/// How the compare operations are done; found out once, and shared by all calls.
#[derive(Debug, Default)]
pub(crate) struct Abilities {
    replace: AtomicU8,
    delete: AtomicU8,
}

/// Reads the life before the record: the other order could return the life of a later record with an earlier one.
pub(crate) fn get(key: &str) -> Pipeline {
    let mut pipeline = redis::pipe();
    pipeline.cmd("PTTL").arg(key).cmd("GET").arg(key);
    pipeline
}

pub(crate) fn put(key: &str, record: &[u8], life: Duration) -> Cmd {
    let mut command = redis::cmd("SET");
    command.arg(key).arg(record).arg("PX").arg(millis(life));
    command
}

pub(crate) fn put_if_absent(key: &str, record: &[u8], life: Duration) -> Pipeline {
    let mut pipeline = redis::pipe();
    pipeline
        .cmd("SET")
        .arg(key)
        .arg(record)
        .arg("NX")
        .arg("PX")
        .arg(millis(life));
    pipeline.cmd("PTTL").arg(key);
    pipeline
}

impl Abilities {
    /// Replaces a record if it is `old`.
    pub(crate) async fn replace_if(
        &self,
        connection: &dyn Connection,
        key: &str,
        (old, new): (&[u8], &[u8]),
        life: Duration,
    ) -> RedisResult<bool> {
        let mut ability = self.replace.load(Ordering::Relaxed);
        loop {
            let outcome = match ability {
                BY_SCRIPT => {
                    let life = millis(life).to_string();
                    let arguments = [old, new, life.as_bytes()];
                    run(connection, &eval(REPLACE, key, &arguments)).await
                }
                BY_COMMAND => {
                    // Redis from 8.4, Valkey from 8.1.
                    let mut command = redis::cmd("SET");
                    command.arg(key).arg(new).arg("IFEQ").arg(old);
                    run(connection, command.arg("PX").arg(millis(life))).await
                }
                _ => return renew(connection, key, (old, new), life).await,
            };
            match outcome {
                Err(error) if is_unsupported(&error) => {
                    ability += 1;
                    self.replace.store(ability, Ordering::Relaxed);
                }
                outcome => return outcome,
            }
        }
    }

    /// Deletes a record if it is `old`; not at all on a server that cannot do both in one step.
    pub(crate) async fn delete_if(
        &self,
        connection: &dyn Connection,
        key: &str,
        old: &[u8],
    ) -> RedisResult<bool> {
        let mut ability = self.delete.load(Ordering::Relaxed);
        loop {
            let outcome = match ability {
                BY_SCRIPT => run(connection, &eval(DELETE, key, &[old])).await,
                // Redis from 8.4.
                BY_COMMAND => {
                    run(
                        connection,
                        redis::cmd("DELEX").arg(key).arg("IFEQ").arg(old),
                    )
                    .await
                }
                // Valkey from 9.0.
                BY_OTHER_COMMAND => run(connection, redis::cmd("DELIFEQ").arg(key).arg(old)).await,
                _ => return Ok(false),
            };
            match outcome {
                Err(error) if is_unsupported(&error) => {
                    ability += 1;
                    self.delete.store(ability, Ordering::Relaxed);
                }
                Err(error) if is_unreadable(&error) => {
                    // The connection is lost; the next call tries the next way.
                    self.delete.store(ability + 1, Ordering::Relaxed);
                    return Err(error);
                }
                outcome => return outcome,
            }
        }
    }
}

/// Renews a record without a change, in two steps: if another one takes its place between them, that one lives a little longer.
///
/// Any other replacement needs one step, and is left out.
async fn renew(
    connection: &dyn Connection,
    key: &str,
    (old, new): (&[u8], &[u8]),
    life: Duration,
) -> RedisResult<bool> {
    if old != new {
        return Ok(false);
    }
    let current: Option<Vec<u8>> = from(connection.command(redis::cmd("GET").arg(key)).await?)?;
    if current.as_deref() != Some(old) {
        return Ok(false);
    }
    let mut command = redis::cmd("PEXPIRE");
    match run(connection, command.arg(key).arg(millis(life))).await {
        // The user may not do that either; the record ends with its life.
        Err(error) if is_unsupported(&error) => Ok(false),
        outcome => outcome,
    }
}

/// Runs a command that says whether it did something: with `OK` or nothing, or with a number.
async fn run(connection: &dyn Connection, command: &Cmd) -> RedisResult<bool> {
    Ok(match connection.command(command).await? {
        Value::Nil => false,
        Value::Int(count) => count > 0,
        _ => true,
    })
}

fn eval(script: &str, key: &str, arguments: &[&[u8]]) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg(script).arg(1).arg(key);
    for argument in arguments {
        command.arg(argument);
    }
    command
}

pub(crate) fn from<T: FromRedisValue>(value: Value) -> RedisResult<T> {
    Ok(from_redis_value(value.extract_error()?)?)
}

/// Rounds down, so that nothing lives longer than it may; a life of zero is an error.
fn millis(life: Duration) -> u64 {
    u64::try_from(life.as_millis())
        .unwrap_or(u64::MAX)
        .clamp(1, MAX_MILLIS)
}

/// Both fit into a packet with their arguments, so that a server need not keep them.
const REPLACE: &str = "if redis.call('GET',KEYS[1])==ARGV[1] then redis.call('SET',KEYS[1],ARGV[2],'PX',ARGV[3]) return 1 end return 0";
const DELETE: &str =
    "if redis.call('GET',KEYS[1])==ARGV[1] then return redis.call('DEL',KEYS[1]) end return 0";

/// A Lua script; then what newer servers have instead, for users who may not run scripts.
const BY_SCRIPT: u8 = 0;
const BY_COMMAND: u8 = 1;
const BY_OTHER_COMMAND: u8 = 2;

/// A year: servers reject what overflows their clock.
const MAX_MILLIS: u64 = 365 * 24 * 3_600 * 1_000;
