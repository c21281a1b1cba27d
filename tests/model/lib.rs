//! The token cache compiled once more, from auth-core's own files, over locks and tasks whose order shuttle chooses.
#![allow(
    dead_code,
    unexpected_cfgs,
    unnameable_types,
    unreachable_pub,
    unused_imports,
    reason = "auth-core compiles these files in full; here the cache and what it needs is enough"
)]

mod sync;

/// The files themselves; `crate::` in them means this crate, which is why each of them is named below.
#[path = "../../crates/auth-core/src"]
mod parts {
    pub(crate) mod error;
    pub(crate) mod secret;
    pub(crate) mod clock;
    pub(crate) mod scope;
    pub(crate) mod token;
    pub(crate) mod http;
    pub(crate) mod retry;
    pub(crate) mod credential;
    pub(crate) mod oauth;
    pub(crate) mod source;
    pub(crate) mod cache;
}

use parts::{cache, clock, credential, error, http, oauth, retry, scope, secret, source, token};

pub use cache::{CacheState, RefreshPolicy, TokenCache};
pub use clock::{Clock, ClockReading};
pub use error::{Error, ErrorKind, Result, Sent};
pub use source::TokenSource;
pub use sync::{point, the_next_task_dies};
pub use token::AccessToken;
