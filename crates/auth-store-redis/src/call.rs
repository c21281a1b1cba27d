//! One call on a connection, which is replaced if the call shows that it is broken.

use std::sync::Arc;
use std::time::{Duration, Instant};

use auth_core::Result;
use redis::RedisResult;

use crate::connection::Connection;
use crate::error::{is_of_broken_connection, of_call};
use crate::pool::Pool;

/// A call; if it is given up without an outcome, its connection may have died without a sign.
pub(crate) struct Call<'a> {
    connection: Arc<dyn Connection>,
    /// Where the connection is from; `None` if it is the program's.
    pool: Option<&'a Pool>,
    started: Instant,
    has_ended: bool,
}

impl<'a> Call<'a> {
    pub(crate) fn new(connection: Arc<dyn Connection>, pool: Option<&'a Pool>) -> Self {
        Self {
            connection,
            pool,
            started: Instant::now(),
            has_ended: false,
        }
    }

    pub(crate) fn connection(&self) -> &dyn Connection {
        &*self.connection
    }

    /// Converts the outcome, and drops the connection if it is broken.
    pub(crate) fn end<T>(mut self, outcome: RedisResult<T>) -> Result<T> {
        self.has_ended = true;
        outcome.map_err(|error| {
            if is_of_broken_connection(&error) {
                self.drop_connection();
            }
            of_call(&error)
        })
    }

    fn drop_connection(&self) {
        if let Some(pool) = self.pool {
            pool.drop_broken(&self.connection);
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        // A caller may have gone; a call that took this long was given up, and the limit of responses never ended.
        if !self.has_ended && self.started.elapsed() >= GIVEN_UP {
            self.drop_connection();
        }
    }
}

/// Below the quarter of a second after which a call is given up.
const GIVEN_UP: Duration = Duration::from_millis(200);
