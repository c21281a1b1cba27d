//! A server's words, made fit for an error message: they may quote what it was sent.

use crate::error::is_invisible;

/// Makes a server's words fit for a log line: one line, no secrets, cut.
pub(crate) fn clean(words: &str, limit: usize, secrets: &[&str]) -> String {
    let mut words = words.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        // Cut before white space is folded, so that a secret with an inner space is found as well;
        // and as the form spelled it, which is what a server has at hand to echo.
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for spelling in [*secret, &encoded, &encoded.replace('+', "%20")] {
            words = words.replace(spelling, "[redacted]");
        }
    }
    let visible: String = words
        .chars()
        .map(|character| {
            if is_invisible(character) {
                ' '
            } else {
                character
            }
        })
        .collect();
    let folded = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    match folded.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", folded[..end].trim_end()),
        None => folded.trim_end_matches('.').to_owned(),
    }
}

/// Enough for any vendor's sentence, short enough for one log line.
pub(crate) const MAX_DESCRIPTION: usize = 200;
