//! Which ids and secrets are certainly copying mistakes.

use crate::error::{Error, Result};

/// Refuses what is certainly a copying mistake: nothing, white space at an end, or a control character.
///
/// An inner space is legal (RFC 6749 appendix A.2) and sent as it is. The value is never repeated.
///
/// # Errors
/// [`ErrorKind::Config`](crate::ErrorKind::Config), naming `setting` and what to do.
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
