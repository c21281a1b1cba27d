//! Collects a response's body within a limit, and decodes an unrequested content coding.

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, StatusCode};

pub(super) use super::body_stream::too_large;
use crate::error::{Error, Result};

/// A body that is being received.
pub(super) struct Body {
    sink: Sink,
    limit: usize,
    /// The received bytes.
    received: usize,
}

enum Sink {
    /// The first chunk, not copied: most small bodies have no other.
    Whole(Bytes),
    Pieces(BytesMut),
    #[cfg(feature = "gzip")]
    Gzip(Box<flate2::write::MultiGzDecoder<Bounded>>),
}

impl Body {
    /// Determines from the headers what to decode.
    ///
    /// An unsupported coding is an error only for a successful response: for others, the status matters more than the body.
    pub(super) fn new(status: StatusCode, headers: &HeaderMap, limit: usize) -> Result<Self> {
        let plain = Self {
            sink: Sink::Whole(Bytes::new()),
            limit,
            received: 0,
        };
        let codings = codings(headers);
        match codings.as_slice() {
            [] => Ok(plain),
            #[cfg(feature = "gzip")]
            [coding] if matches!(coding.as_str(), "gzip" | "x-gzip") => Ok(Self {
                sink: Sink::Gzip(Box::new(flate2::write::MultiGzDecoder::new(Bounded {
                    content: Vec::new(),
                    left: limit,
                }))),
                ..plain
            }),
            _ if status.is_success() => Err(not_decoded(&codings)),
            _ => Ok(plain),
        }
    }

    /// Adds a chunk; the limit applies to the decoded size as well as to the received size.
    pub(super) fn push(&mut self, chunk: Bytes) -> Result<()> {
        self.count(chunk.len())?;
        match &mut self.sink {
            Sink::Whole(whole) if whole.is_empty() => *whole = chunk,
            Sink::Whole(first) => {
                let mut pieces = BytesMut::with_capacity(first.len() + chunk.len());
                pieces.extend_from_slice(first);
                pieces.extend_from_slice(&chunk);
                self.sink = Sink::Pieces(pieces);
            }
            Sink::Pieces(pieces) => pieces.extend_from_slice(&chunk),
            #[cfg(feature = "gzip")]
            Sink::Gzip(decoder) => {
                use std::io::Write as _;

                decoder
                    .write_all(&chunk)
                    .map_err(|error| broken(&error, self.limit))?;
            }
        }
        Ok(())
    }

    fn count(&mut self, length: usize) -> Result<()> {
        self.received = self.received.saturating_add(length);
        if self.received > self.limit {
            return Err(too_large(self.limit));
        }
        Ok(())
    }

    /// Returns the complete body, and removes the coding's headers if it was decoded.
    #[cfg_attr(
        not(feature = "gzip"),
        expect(
            clippy::needless_pass_by_ref_mut,
            unused_variables,
            reason = "a coding that is undone leaves the headers"
        )
    )]
    pub(super) fn finish(self, headers: &mut HeaderMap) -> Result<Bytes> {
        match self.sink {
            Sink::Whole(whole) => Ok(whole),
            Sink::Pieces(pieces) => Ok(pieces.freeze()),
            // An error response without a body may still name a coding.
            #[cfg(feature = "gzip")]
            Sink::Gzip(_) if self.received == 0 => Ok(Bytes::new()),
            #[cfg(feature = "gzip")]
            Sink::Gzip(mut decoder) => {
                decoder
                    .try_finish()
                    .map_err(|error| broken(&error, self.limit))?;
                headers.remove(CONTENT_ENCODING);
                headers.remove(CONTENT_LENGTH);
                Ok(decoder.get_mut().take())
            }
        }
    }
}

/// A body that is passed on in pieces while it is received.
pub(super) struct Pieces {
    body: Body,
    is_coded: bool,
    /// Received and not decoded yet.
    waiting: Bytes,
}

impl Pieces {
    /// As [`Body::new`], and removes the coding's headers if the body will be decoded.
    pub(super) fn new(status: StatusCode, headers: &mut HeaderMap, limit: usize) -> Result<Self> {
        let body = Body::new(status, headers, limit)?;
        #[cfg(feature = "gzip")]
        let is_coded = matches!(body.sink, Sink::Gzip(_));
        #[cfg(not(feature = "gzip"))]
        let is_coded = false;
        if is_coded {
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
        }
        let waiting = Bytes::new();
        Ok(Self {
            body,
            is_coded,
            waiting,
        })
    }

    /// Adds a chunk; [`Pieces::next`] must have returned all of the one before.
    pub(super) fn push(&mut self, chunk: Bytes) {
        self.waiting = chunk;
    }

    /// Returns the next part of the last chunk, which is empty if nothing could be decoded of it yet, or `None` at its end.
    ///
    /// A small chunk may decode to a thousand times its size, so a part is decoded only when the one before it was read.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>> {
        if self.waiting.is_empty() {
            return Ok(None);
        }
        if self.is_coded {
            let part = self.waiting.split_to(PART.min(self.waiting.len()));
            self.body.push(part)?;
            return Ok(Some(self.take()));
        }
        self.body.count(self.waiting.len())?;
        Ok(Some(std::mem::take(&mut self.waiting)))
    }

    /// Returns the rest at the end.
    pub(super) fn finish(&mut self) -> Result<Bytes> {
        #[cfg(feature = "gzip")]
        if let Sink::Gzip(decoder) = &mut self.body.sink
            && self.body.received > 0
        {
            let limit = self.body.limit;
            decoder
                .try_finish()
                .map_err(|error| broken(&error, limit))?;
        }
        Ok(self.take())
    }

    fn take(&mut self) -> Bytes {
        match &mut self.body.sink {
            Sink::Whole(whole) => std::mem::take(whole),
            Sink::Pieces(pieces) => pieces.split().freeze(),
            #[cfg(feature = "gzip")]
            Sink::Gzip(decoder) => decoder.get_mut().take(),
        }
    }
}

/// The applied codings, without `identity`.
fn codings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let names = values.flat_map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
        let names = text.split(',').map(|name| name.trim().to_owned());
        names.collect::<Vec<_>>()
    });
    names
        .filter(|name| !matches!(name.as_str(), "" | "identity"))
        .collect()
}

fn not_decoded(codings: &[String]) -> Error {
    // An unknown name is text from the server, and may quote the request.
    let known = codings
        .iter()
        .map(|name| match KNOWN_CODINGS.contains(&name.as_str()) {
            true => name.as_str(),
            false => "unknown",
        });
    let names = known.take(MAX_NAMED).collect::<Vec<_>>().join(", ");
    let advice = if names == "gzip" && cfg!(not(feature = "gzip")) {
        "turn on the feature `gzip`, or have the server or its gateway honour `accept-encoding: identity`"
    } else {
        "have the server or its gateway honour `accept-encoding: identity`"
    };
    Error::invalid_response(format!(
        "the response is encoded ({names}), which was not requested: {advice}"
    ))
}

#[cfg(feature = "gzip")]
fn broken(error: &std::io::Error, limit: usize) -> Error {
    if error.get_ref().is_some_and(|inner| inner.is::<Full>()) {
        return too_large(limit);
    }
    Error::invalid_response("the response is not valid gzip, although its headers say so")
}

/// Accepts no more than the limit, so that a few bytes cannot grow to gigabytes.
#[cfg(feature = "gzip")]
struct Bounded {
    content: Vec<u8>,
    left: usize,
}

#[cfg(feature = "gzip")]
impl Bounded {
    fn take(&mut self) -> Bytes {
        Bytes::from(std::mem::take(&mut self.content))
    }
}

#[cfg(feature = "gzip")]
impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.left = self
            .left
            .checked_sub(bytes.len())
            .ok_or_else(|| std::io::Error::other(Full))?;
        self.content.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Marks the limit among the errors of the decoder.
#[cfg(feature = "gzip")]
#[derive(Debug)]
struct Full;

#[cfg(feature = "gzip")]
impl std::fmt::Display for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the limit is reached")
    }
}

#[cfg(feature = "gzip")]
impl std::error::Error for Full {}

/// Bytes that are decoded at a time: at most about a mebibyte of content, since DEFLATE shrinks no more than 1,032-fold.
const PART: usize = 1024;

/// As registered for HTTP, with the older names of two.
const KNOWN_CODINGS: &[&str] = &[
    "aes128gcm",
    "br",
    "compress",
    "deflate",
    "exi",
    "gzip",
    "pack200-gzip",
    "x-compress",
    "x-gzip",
    "zstd",
];

/// Servers apply no more, but may name any number.
const MAX_NAMED: usize = 4;

#[cfg(test)]
mod tests;
