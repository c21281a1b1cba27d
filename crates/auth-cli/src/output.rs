//! Writing to standard output, whose reader may have gone.

mod table;

pub(crate) use table::{Listed, print_list, print_one};

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

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

/// Writes a value as one line of JSON.
pub(crate) fn print_json(value: &(impl Serialize + ?Sized)) -> Result<(), Failure> {
    let mut json = serde_json::to_vec(value)
        .map_err(|error| Failure::System("cannot write JSON", error.into()))?;
    json.push(b'\n');
    print(&json)
}
