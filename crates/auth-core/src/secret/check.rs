//! Detects ids and secrets that are certainly copying mistakes.

use crate::error::{Error, Result};

/// Rejects certain copying mistakes: an empty value, leading or trailing white space, or a control character.
///
/// An inner space is legal (RFC 6749 appendix A.2) and sent unchanged. The value is never repeated.
///
/// # Errors
/// [`ErrorKind::Config`](crate::ErrorKind::Config), with the name `setting` and advice.
pub fn check_credential(setting: &str, value: &str) -> Result<()> {
    let problem = if value.is_empty() {
        "is empty: set a value"
    } else if value.chars().any(char::is_control) {
        "contains a control character, such as a line break: remove it"
    } else if value.trim() != value {
        "starts or ends with white space: remove it"
    } else {
        return Ok(());
    };
    Err(Error::config(format!("{setting} {problem}")))
}

#[cfg(test)]
mod tests;
