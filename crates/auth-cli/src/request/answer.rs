//! The response to one request, whose start is read first: a success can reject the token, as Datasaur's GraphQL does.

use std::collections::VecDeque;

use auth_core::{BodyStream, Error};
use bytes::Bytes;
use http::Response;
use http::response::Parts;

/// A response of which the first pieces may have been read.
pub(super) struct Answer {
    pub(super) head: Parts,
    start: VecDeque<Bytes>,
    /// Why the body ended while its start was read, to be reported after the pieces before that.
    failure: Option<Error>,
    /// None at the end of the body.
    rest: Option<BodyStream>,
}

impl Answer {
    /// Takes a response as it is.
    pub(super) fn new(response: Response<BodyStream>) -> Self {
        let (head, rest) = response.into_parts();
        Self {
            head,
            start: VecDeque::new(),
            failure: None,
            rest: Some(rest),
        }
    }

    /// Reads the body as far as a rejection of a token may be long; returns all of it if it is that short.
    pub(super) async fn read_start(&mut self) -> Option<Response<Bytes>> {
        let mut read = 0;
        while let Some(rest) = &mut self.rest {
            match rest.chunk().await {
                Ok(Some(piece)) => {
                    read += piece.len();
                    self.start.push_back(piece);
                }
                Ok(None) => self.rest = None,
                Err(error) => {
                    self.failure = Some(error);
                    self.rest = None;
                    return None;
                }
            }
            if read > MAX_REJECTION {
                return None;
            }
        }
        let pieces: Vec<&[u8]> = self.start.iter().map(|piece| &piece[..]).collect();
        let mut whole = Response::new(Bytes::from(pieces.concat()));
        *whole.status_mut() = self.head.status;
        *whole.headers_mut() = self.head.headers.clone();
        Some(whole)
    }

    /// Returns the next piece of the body.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        if let Some(piece) = self.start.pop_front() {
            return Ok(Some(piece));
        }
        match (self.failure.take(), &mut self.rest) {
            (Some(error), _) => Err(error),
            (None, Some(rest)) => rest.chunk().await,
            (None, None) => Ok(None),
        }
    }
}

/// Far more than an error without data takes, and little memory.
const MAX_REJECTION: usize = 64 * 1024;
