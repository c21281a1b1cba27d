//! Checks that a body is JSON, in pieces, so that a large one is never in memory.

use std::io::{self, BufReader, Read};

use http::HeaderValue;
use serde::de::IgnoredAny;

use crate::failure::Failure;
use crate::source::Source;

/// Returns true if a content type says that the body is JSON.
pub(super) fn is_json(content_type: &HeaderValue) -> bool {
    let Ok(text) = content_type.to_str() else {
        return false;
    };
    let kind = text.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
}

/// Fails if the body is not JSON, with the position of the first error.
pub(super) fn check(body: &Source) -> Result<(), Failure> {
    if body.length() == 0 {
        return Err(invalid("it is empty"));
    }
    let reader = Utf8 {
        inner: body.reader(),
        pending: Vec::new(),
    };
    let read = serde_json::from_reader::<_, IgnoredAny>(BufReader::new(reader));
    match read {
        Ok(IgnoredAny) => Ok(()),
        Err(error) if error.io_error_kind() == Some(io::ErrorKind::InvalidData) => {
            Err(invalid("it is not UTF-8 text"))
        }
        Err(error) if error.is_io() => Err(Failure::System("cannot read the body", error.into())),
        // The parser's own message is left out, like the body: both may contain a secret.
        Err(error) => Err(invalid(&match error.column() {
            0 => format!("there is an error at the end of line {}", error.line() - 1),
            column => format!("there is an error at line {} column {column}", error.line()),
        })),
    }
}

fn invalid(problem: &str) -> Failure {
    Failure::Usage(format!(
        "the body is not JSON: {problem}; correct it, or set its type with --header 'Content-Type: ...'"
    ))
}

/// Fails for text that is not UTF-8, which the parser does not check.
struct Utf8<R> {
    inner: R,
    /// The bytes of a character that is not complete yet.
    pending: Vec<u8>,
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        if length == 0 {
            return match self.pending.is_empty() {
                true => Ok(0),
                false => Err(io::ErrorKind::InvalidData.into()),
            };
        }
        self.pending.extend_from_slice(&buffer[..length]);
        match std::str::from_utf8(&self.pending) {
            Ok(_) => self.pending.clear(),
            Err(error) if error.error_len().is_none() => {
                self.pending.drain(..error.valid_up_to());
            }
            Err(_) => return Err(io::ErrorKind::InvalidData.into()),
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests;
