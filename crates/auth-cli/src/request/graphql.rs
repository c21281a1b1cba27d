//! Finds GraphQL errors in a response while it arrives, so that a large one is never in memory.

use std::fmt;
use std::io::{self, BufReader, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use http::Uri;
use http::header::CONTENT_TYPE;
use http::response::Parts;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::is_json;
use crate::failure::Failure;
use crate::vendor::Vendor;

/// Returns true if a success may contain GraphQL errors: Datasaur's API is GraphQL, and elsewhere the path says so.
pub(super) fn is_expected(vendor: Vendor, path: &Uri, response: &Parts) -> bool {
    let content_type = response.headers.get(CONTENT_TYPE);
    let is_graphql = vendor == Vendor::Datasaur || path.path().ends_with("/graphql");
    is_graphql && response.status.is_success() && content_type.is_some_and(is_json)
}

/// Parses a response in its own thread.
pub(super) struct Check {
    pieces: SyncSender<Bytes>,
    parser: JoinHandle<usize>,
}

impl Check {
    pub(super) fn start() -> Result<Self, Failure> {
        let (pieces, arrived) = sync_channel(QUEUE);
        let parse = move || {
            let reader = BufReader::new(Pieces {
                arrived,
                rest: Bytes::new(),
            });
            // A body that is not JSON is not a GraphQL response.
            let errors: Result<Errors, _> = serde_json::from_reader(reader);
            errors.map_or(0, |errors| errors.0)
        };
        let parser = thread::Builder::new()
            .spawn(parse)
            .map_err(|error| Failure::System("cannot start a thread", error))?;
        Ok(Self { pieces, parser })
    }

    pub(super) fn feed(&self, piece: Bytes) {
        // After an error the parser reads no more.
        let _ = tokio::task::block_in_place(|| self.pieces.send(piece));
    }

    /// Returns the number of errors.
    pub(super) fn finish(self) -> usize {
        drop(self.pieces);
        tokio::task::block_in_place(|| self.parser.join().unwrap_or_default())
    }
}

struct Pieces {
    arrived: Receiver<Bytes>,
    rest: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.arrived.recv() {
                Ok(piece) => self.rest = piece,
                Err(_) => return Ok(0),
            }
        }
        let length = self.rest.len().min(buffer.len());
        let piece = self.rest.split_to(length);
        buffer[..length].copy_from_slice(&piece);
        Ok(length)
    }
}

/// The number of errors in a response, or in all responses of a batch.
struct Errors(usize);

impl<'de> Deserialize<'de> for Errors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ErrorsVisitor)
    }
}

struct ErrorsVisitor;

impl<'de> Visitor<'de> for ErrorsVisitor {
    type Value = Errors;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GraphQL response")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Errors, A::Error> {
        let mut count = 0;
        while let Some(key) = map.next_key::<String>()? {
            if key == "errors" {
                count += map.next_value::<Count>()?.0;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Errors(count))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut batch: A) -> Result<Errors, A::Error> {
        let mut count = 0;
        while let Some(errors) = batch.next_element::<Errors>()? {
            count += errors.0;
        }
        Ok(Errors(count))
    }
}

/// The number of errors in the member `errors`: null and an empty list mean none.
struct Count(usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("errors")
    }

    fn visit_unit<E>(self) -> Result<Count, E> {
        Ok(Count(0))
    }

    fn visit_str<E>(self, _: &str) -> Result<Count, E> {
        Ok(Count(1))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Count, A::Error> {
        let mut count = 0;
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Count(count))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Count, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Count(1))
    }
}

/// Enough that the parser does not wait for the network, and little memory.
const QUEUE: usize = 8;
