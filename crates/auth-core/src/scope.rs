//! The scope of an access token: a list of space-delimited, case-sensitive names (RFC 6749 section 3.3).

use std::fmt;

use crate::error::{Error, Result};

/// One or more scope names, as requested or as granted.
///
/// # Examples
/// ```
/// use auth_core::Scope;
///
/// let scope = Scope::parse("projects:read projects:write")?;
/// assert!(scope.iter().any(|name| name == "projects:read"));
/// # Ok::<(), auth_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope(String);

impl Scope {
    /// Parses a space-delimited list of names.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the list is empty or a name contains a character outside RFC 6749's `scope-token`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::from_names(text.split(' ').filter(|name| !name.is_empty()))
            .ok_or_else(|| Error::config("scope is empty or contains an illegal character: use names of visible ASCII without quotes and backslashes, separated by single spaces"))
    }

    /// Returns the names, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ')
    }

    /// Returns the names joined by single spaces, as sent on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses a granted scope; an unreadable scope is no reason to reject the token.
    pub(crate) fn from_granted(text: &str) -> Option<Self> {
        Self::from_names(text.split_whitespace())
    }

    fn from_names<'a>(names: impl Iterator<Item = &'a str>) -> Option<Self> {
        let names: Vec<&str> = names.collect();
        let legal = !names.is_empty() && names.iter().all(|name| name.bytes().all(is_scope_byte));
        legal.then(|| Self(names.join(" ")))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// NQCHAR of RFC 6749 appendix A: visible ASCII without the double quote and the backslash.
fn is_scope_byte(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

#[cfg(test)]
mod tests;
