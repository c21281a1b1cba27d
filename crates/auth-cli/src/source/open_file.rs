//! A file that is read in pieces, and that must not change its length meanwhile.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use bytes::Bytes;

/// An open file with a fixed length; clones share the file but not the position.
#[derive(Debug, Clone)]
pub(crate) struct OpenFile {
    file: Arc<File>,
    length: u64,
    name: Arc<str>,
}

impl OpenFile {
    /// Takes a file of this length; `name` is shown in errors.
    pub(super) fn new(file: File, length: u64, name: &str) -> Self {
        Self {
            file: Arc::new(file),
            length,
            name: name.into(),
        }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn reader(&self) -> impl Read + '_ {
        Reader {
            file: self,
            offset: 0,
        }
    }

    /// Returns the bytes from this position on, or none at the end; fails if the file has become shorter or longer.
    pub(super) async fn piece(&self, offset: u64) -> io::Result<Bytes> {
        let file = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let mut buffer = vec![0; PIECE];
            let length = file.read(offset, &mut buffer)?;
            buffer.truncate(length);
            Ok(Bytes::from(buffer))
        });
        reading.await.map_err(io::Error::from)?
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(offset);
        if left == 0 {
            return match read_at(&self.file, &mut [0], offset)? {
                0 => Ok(0),
                _ => Err(self.changed("longer")),
            };
        }
        let length = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        match read_at(&self.file, &mut buffer[..length], offset)? {
            0 => Err(self.changed("shorter")),
            length => Ok(length),
        }
    }

    fn changed(&self, how: &str) -> io::Error {
        io::Error::other(format!("{} became {how} while it was sent", self.name))
    }
}

struct Reader<'a> {
    file: &'a OpenFile,
    offset: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let length = self.file.read(self.offset, buffer)?;
        self.offset += length as u64;
        Ok(length)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    use std::os::unix::fs::FileExt as _;

    loop {
        match file.read_at(buffer, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    use std::os::windows::fs::FileExt as _;

    file.seek_read(buffer, offset)
}

/// Few system calls for a large file, and little memory.
const PIECE: usize = 128 * 1024;
