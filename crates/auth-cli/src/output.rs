//! Writing to standard output, whose reader may have gone.

use std::io::{self, ErrorKind, Write};

use crate::failure::Failure;

/// Writes all of `bytes` to standard output and flushes it.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(bytes)
        .and_then(|()| stdout.flush())
        .map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => Failure::NoReader,
            _ => Failure::System("cannot write to standard output", error),
        })
}
