//! A file as the body of an upload: read in pieces off the runtime's threads, and with the length that it had at first.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::stream::try_unfold;
use tokio::task::spawn_blocking;

use crate::error::{Error, Result, Sent};
use crate::secret::{IS_FOLDER, name_of, unreadable};

/// A regular file and its length when it was chosen.
pub(super) struct SentFile {
    path: PathBuf,
    length: u64,
}

/// A file that is being read.
struct Reading {
    file: File,
    left: u64,
}

impl SentFile {
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        // A pipe would block, and a directory opens like a file.
        let metadata = fs::metadata(&path).map_err(|error| unreadable(&path, error))?;
        if metadata.is_dir() {
            return Err(Error::config(format!("{} {IS_FOLDER}", name_of(&path))));
        }
        if !metadata.is_file() {
            return Err(Error::config(format!(
                "{} is not a regular file: to upload another source, create the body from a stream",
                name_of(&path)
            )));
        }
        File::open(&path).map_err(|error| unreadable(&path, error))?;
        Ok(Self {
            path,
            length: metadata.len(),
        })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Reads the file from its start.
    pub(super) fn pieces(file: &Arc<Self>) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
        let this = Arc::clone(file);
        try_unfold(None, move |reading| {
            let this = Arc::clone(&this);
            async move {
                let read = spawn_blocking(move || this.read(reading)).await;
                read.unwrap_or_else(|_| {
                    Err(
                        Error::config("the tokio runtime was shut down while a file was read")
                            .with_sent(Sent::Maybe),
                    )
                })
            }
        })
    }

    /// Returns the next piece, or `None` at the end.
    fn read(&self, reading: Option<Reading>) -> Result<Option<(Bytes, Option<Reading>)>> {
        let failed = |error| unreadable(&self.path, error).with_sent(Sent::Maybe);
        let mut reading = match reading {
            Some(reading) => reading,
            None => Reading {
                file: File::open(&self.path).map_err(failed)?,
                left: self.length,
            },
        };
        // One byte more than is left shows that the file has grown.
        let room = PIECE.min(
            usize::try_from(reading.left)
                .unwrap_or(PIECE)
                .saturating_add(1),
        );
        let mut piece = BytesMut::zeroed(room);
        let count = read_full(&mut reading.file, &mut piece).map_err(failed)?;
        if count as u64 > reading.left {
            return Err(self.changed("longer"));
        }
        reading.left -= count as u64;
        if count < room && reading.left > 0 {
            return Err(self.changed("shorter"));
        }
        piece.truncate(count);
        Ok((count > 0).then(|| (piece.freeze(), Some(reading))))
    }

    fn changed(&self, how: &str) -> Error {
        Error::config(format!(
            "{} became {how} than its {} bytes while it was sent: upload it again once nothing writes to it",
            name_of(&self.path),
            self.length
        ))
        .with_sent(Sent::Maybe)
    }
}

/// Reads until the buffer is full or the file ends.
fn read_full(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match file.read(&mut buffer[count..]) {
            Ok(0) => break,
            Ok(length) => count += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}

/// Large enough that switching threads costs little, and small enough that a few of them in flight do not matter.
const PIECE: usize = 256 * 1024;

#[cfg(test)]
mod tests;
