//! Checks the e-mail address of a new user before anything is created.

use auth_core::{Error, Result};

use crate::admin::call::named;

/// Checks an address before anything is created: the API requires e-mail addresses, and its filters cannot contain a comma.
pub(in crate::admin) fn check_address(address: &str) -> Result<()> {
    let is_plain = |character: char| {
        !character.is_whitespace()
            && !character.is_control()
            && !matches!(
                character,
                ',' | ';' | ':' | '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\\' | '@'
            )
    };
    let is_good = address.rsplit_once('@').is_some_and(|(name, host)| {
        let labels_are_good = host.split('.').all(|label| !label.is_empty());
        !name.is_empty()
            && !name.starts_with('.')
            && !name.ends_with('.')
            && name.chars().all(is_plain)
            && host.chars().all(is_plain)
            && labels_are_good
    });
    // RFC 5321 section 4.5.3.1: a path has at most 256 octets, two of them angle brackets.
    if is_good && address.len() <= 254 {
        return Ok(());
    }
    Err(named(Error::config(
        "the user's name is not an e-mail address of the form name@host: give one, without spaces and commas",
    )))
}

#[cfg(test)]
mod tests;
