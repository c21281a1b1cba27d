//! Token sources and upload bodies that count what is done with them.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::{AccessToken, Clock as _, Result, SystemClock, TokenSource, Verdict};
use bytes::Bytes;
use futures_util::Stream;

/// Gives `token-0`, and the next one after each token that was rejected.
#[derive(Debug, Default)]
pub(super) struct Tokens(AtomicUsize);

#[async_trait]
impl TokenSource for Tokens {
    async fn token(&self) -> Result<AccessToken> {
        let text = format!("token-{}", self.0.load(Ordering::SeqCst));
        AccessToken::new(text, SystemClock::new().now(), Duration::from_secs(60))
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    fn report(&self, _token: &AccessToken, verdict: Verdict) {
        if verdict != Verdict::Accepted {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// How many pieces were made, and how many of them were alive at once.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) opened: AtomicUsize,
    pub(super) made: AtomicUsize,
    alive: AtomicUsize,
    pub(super) most: AtomicUsize,
}

/// A piece of zeros that says when it is dropped.
struct Piece(Vec<u8>, Arc<Tally>);

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.1.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A number of pieces, and an error after them if there is one.
pub(super) struct Pieces {
    left: usize,
    error: Option<io::Error>,
    tally: Arc<Tally>,
}

/// How long each piece is.
pub(super) const PIECE: usize = 64 << 10;

pub(super) fn pieces(count: usize, tally: &Arc<Tally>) -> Pieces {
    tally.opened.fetch_add(1, Ordering::SeqCst);
    Pieces {
        left: count,
        error: None,
        tally: Arc::clone(tally),
    }
}

impl Pieces {
    pub(super) fn then_fail(mut self, error: io::Error) -> Self {
        self.error = Some(error);
        self
    }
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return Poll::Ready(self.error.take().map(Err));
        }
        self.left -= 1;
        let tally = Arc::clone(&self.tally);
        tally.made.fetch_add(1, Ordering::SeqCst);
        let alive = tally.alive.fetch_add(1, Ordering::SeqCst) + 1;
        tally.most.fetch_max(alive, Ordering::SeqCst);
        Poll::Ready(Some(Ok(Bytes::from_owner(Piece(vec![0; PIECE], tally)))))
    }
}
