//! Errors of the `redis` crate as those of this workspace: what happened, and what to do.

use auth_core::{Error, ErrorReason};
use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Describes a failed call. The texts are ours: a server's own message may quote a command.
pub(crate) fn of_call(error: &RedisError) -> Error {
    if error.is_timeout() {
        return Error::timeout("the server did not respond in time");
    }
    match error.kind() {
        ErrorKind::AuthenticationFailed => Error::config(
            "the server rejected the username or the password: check those in the store's URL",
        ),
        ErrorKind::Server(ServerErrorKind::NoPerm) => Error::config(
            "the server's user lacks a permission: allow GET, SET and PTTL, and EVAL with DEL, on the keys {auth:*",
        ),
        ErrorKind::Server(ServerErrorKind::Moved | ServerErrorKind::Ask) => Error::config(
            "the server is part of a cluster: build the store with the feature `cluster` and `RedisTokenStoreBuilder::cluster`",
        ),
        ErrorKind::Server(ServerErrorKind::ReadOnly) => {
            Error::config("the server is a read-only replica: use the primary's URL")
        }
        ErrorKind::Io => {
            // Its message is that of its own source, which would be printed twice.
            Error::transport("the connection to the server failed")
                .with_source(std::io::Error::other(error.to_string()))
        }
        ErrorKind::Parse => Error::transport(
            "the response is not of the Redis protocol: check the host and the port in the store's URL",
        )
        .with_reason(ErrorReason::OtherProtocol),
        ErrorKind::InvalidClientConfig => Error::config("the store's URL is not usable"),
        _ => of_code(error),
    }
}

fn of_code(error: &RedisError) -> Error {
    match code(error).as_deref() {
        Some("NOAUTH") => {
            Error::config("the server requires a password: set one in the store's URL")
        }
        Some("OOM") => Error::unavailable("the server has reached its memory limit"),
        // Its wording differs between versions, and the command is always that of the URL's database.
        Some("ERR") if is_about_database(error) => Error::config(
            "the server has no database of this number: use one that it has in the store's URL",
        ),
        Some("LOADING") => Error::unavailable("the server is still loading its data"),
        Some(code) if code.len() <= 20 && code.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            Error::unavailable(format!("the server returned {code}"))
        }
        _ => Error::unavailable("the server could not process the call"),
    }
}

/// Returns the code of a server's error, or of the first one in a pipeline.
fn code(error: &RedisError) -> Option<String> {
    if let Some(code) = error.code() {
        return Some(code.to_owned());
    }
    let errors = error.clone().into_server_errors()?;
    errors.first().map(|(_, error)| error.code().to_owned())
}

fn is_about_database(error: &RedisError) -> bool {
    let detail = error.detail().unwrap_or_default().to_ascii_lowercase();
    detail.contains("db index")
}

/// Returns true if this server, or this user on it, does not know the command, so that another one may work.
pub(crate) fn is_unsupported(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::NoPerm) => true,
        // Anything else with this code, such as a proxy's own failure, passes.
        ErrorKind::Server(ServerErrorKind::ResponseError) => {
            let detail = error.detail().unwrap_or_default().to_ascii_lowercase();
            UNKNOWN.iter().any(|text| detail.contains(text))
        }
        _ => false,
    }
}

/// Returns true if the response was not readable: Redis 7 quotes the arguments of a command that it does not know, and ours are no text.
pub(crate) fn is_unreadable(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Parse
}

/// Returns true if another connection may work although this one does not: it is broken, or its server is no longer the primary.
pub(crate) fn is_of_broken_connection(error: &RedisError) -> bool {
    let is_of_a_replica = matches!(
        error.kind(),
        ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown)
    );
    is_of_a_replica || error.is_unrecoverable_error() || error.is_timeout()
}

/// What servers say of a command, or an argument, that they do not know.
const UNKNOWN: [&str; 6] = [
    "unknown command",
    "syntax error",
    "wrong number of arguments",
    "permission",
    "can't run this command",
    "acl failure",
];

/// Returns true if a record of another type is stored under the key.
pub(crate) fn is_wrong_type(error: &RedisError) -> bool {
    code(error).is_some_and(|code| code == "WRONGTYPE")
}
