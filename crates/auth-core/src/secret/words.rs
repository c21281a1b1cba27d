//! Prepares a server's message for an error or a log line: it may quote the request's secrets.

mod decode;
mod fold;
mod search;
#[cfg(test)]
mod tests;

use self::search::{Finding, Search};
use crate::error::is_invisible;

/// Returns a server's message as one line without secrets, cut to `limit` characters.
///
/// A secret is replaced in every encoding that [`search`] knows. If part of one may be left, the whole message is withheld.
pub(crate) fn clean(words: &str, limit: usize, secrets: &[&str]) -> String {
    clean_with(&Search::of(secrets), words, limit)
}

/// As [`clean`], for many messages of one response.
pub(crate) fn clean_all<'t>(
    texts: impl IntoIterator<Item = &'t mut String>,
    limit: usize,
    secrets: &[&str],
) {
    let search = Search::of(secrets);
    for text in texts {
        *text = clean_with(&search, text, limit);
    }
}

/// Removes secrets from many names and ids of one response, which stay otherwise as they are.
///
/// Unlike a message, an id is random and soon resembles part of a secret, and without it nothing can be done with what it names.
pub(crate) fn redact_all<'t>(texts: impl IntoIterator<Item = &'t mut String>, secrets: &[&str]) {
    let search = Search::of(secrets);
    for text in texts {
        if text.len() > MAX_NAME {
            *text = WITHHELD.to_owned();
            continue;
        }
        let ranges = search.find_whole(text);
        for range in ranges.into_iter().rev() {
            text.replace_range(range, REDACTED);
        }
    }
}

fn clean_with(search: &Search<'_>, words: &str, limit: usize) -> String {
    clean_or_none(search, words, limit).unwrap_or_else(|| WITHHELD.to_owned())
}

/// As [`clean`], for an error code: returns none if it is empty or may contain part of a secret.
pub(crate) fn clean_code(code: &str, secrets: &[&str]) -> Option<String> {
    clean_or_none(&Search::of(secrets), code, MAX_CODE).filter(|code| !code.is_empty())
}

fn clean_or_none(search: &Search<'_>, words: &str, limit: usize) -> Option<String> {
    if words.is_empty() {
        return Some(String::new());
    }
    // Only the start is shown; searching the rest would let a large message cost time.
    let end = words
        .char_indices()
        .nth(MAX_SEARCHED)
        .map_or(words.len(), |(end, _)| end);
    let words = &words[..end];
    let mut shown = String::with_capacity(words.len());
    let mut from = 0;
    match search.find(words) {
        Finding::Parts => return None,
        Finding::Whole(ranges) => {
            for range in ranges {
                shown.push_str(&words[from..range.start]);
                shown.push_str(REDACTED);
                from = range.end;
            }
        }
    }
    shown.push_str(&words[from..]);
    Some(one_line(&shown, limit))
}

fn one_line(text: &str, limit: usize) -> String {
    let visible: String = text
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
        None => folded.trim_end_matches('.').trim_end().to_owned(),
    }
}

/// Enough for any vendor's sentence, short enough for one log line.
pub(crate) const MAX_DESCRIPTION: usize = 200;

/// The longest registered error code is under 40 characters.
const MAX_CODE: usize = 64;

/// Ten times what is shown, so that a secret at the limit is still found completely.
const MAX_SEARCHED: usize = 2_000;

/// No vendor has longer names, and a text that cannot be searched could hide a secret.
const MAX_NAME: usize = 2_000;

const REDACTED: &str = "[redacted]";

const WITHHELD: &str = "[message withheld: it may contain part of a secret]";
