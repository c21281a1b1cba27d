//! Contents of a request that come from the command line, a file or standard input, without keeping a large one in memory.

mod open_file;
mod opener;

pub(crate) use open_file::OpenFile;
pub(crate) use opener::Opener;

use std::io::{self, Read};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::try_unfold;

use crate::failure::Failure;

/// Contents that can be read several times.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Memory(Bytes),
    File(OpenFile),
}

impl Source {
    /// Returns the length in bytes, which is the one that is sent.
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(file) => file.length(),
        }
    }

    /// Returns a reader that starts at the beginning.
    pub(crate) fn reader(&self) -> Box<dyn Read + '_> {
        match self {
            Self::Memory(bytes) => Box::new(&bytes[..]),
            Self::File(file) => Box::new(file.reader()),
        }
    }

    /// Reads text into memory, for an argument; `what` names the argument in errors.
    pub(crate) fn text(&self, what: &str) -> Result<String, Failure> {
        if self.length() > MAX_TEXT {
            return Err(Failure::Usage(format!(
                "the contents of {what} are larger than {MAX_TEXT} bytes"
            )));
        }
        let mut bytes = Vec::new();
        self.reader()
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::System("cannot read an argument's file", error))?;
        String::from_utf8(bytes).map_err(|_| {
            // The contents are not repeated: they may be a secret.
            Failure::Usage(format!("the contents of {what} are not UTF-8 text"))
        })
    }
}

/// Streams several sources as one body.
pub(crate) fn stream(
    sources: Arc<[Source]>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    try_unfold(
        (sources, 0, 0),
        |(sources, mut at, mut offset)| async move {
            loop {
                let Some(source) = sources.get(at).cloned() else {
                    return Ok(None);
                };
                let piece = match source {
                    Source::Memory(bytes) if offset == 0 => bytes,
                    Source::Memory(_) => Bytes::new(),
                    Source::File(file) => file.piece(offset).await?,
                };
                if !piece.is_empty() {
                    offset += piece.len() as u64;
                    return Ok(Some((piece, (sources, at, offset))));
                }
                at += 1;
                offset = 0;
            }
        },
    )
}

/// Far more than a query or a set of headers takes.
const MAX_TEXT: u64 = 16 * 1024 * 1024;
