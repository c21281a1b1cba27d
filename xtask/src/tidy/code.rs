//! Rust source without its comments and literals, so that a rule sees code and nothing else.

use std::iter;

/// The text with every comment and literal replaced by blanks; each byte that is left stands where it stood.
pub(crate) fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    while let Some(next) = text[code.len()..].chars().next() {
        let rest = &text[code.len()..];
        match hidden_length(rest, &code) {
            0 => code.push(next),
            length => blank(&mut code, &rest[..length]),
        }
    }
    code
}

/// The identifiers and keywords of blanked code, each with its offset.
pub(crate) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    iter::from_fn(move || {
        let start = from + code[from..].find(is_of_word)?;
        from = start + word_length(&code[start..]);
        Some((start, &code[start..from]))
    })
}

/// How many bytes of the word at the start of `code` there are; 0 if there is none.
pub(crate) fn word_length(code: &str) -> usize {
    code.find(|character| !is_of_word(character))
        .unwrap_or(code.len())
}

fn is_of_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

/// How many bytes the comment or literal at the start of `rest` takes; 0 if there is none.
fn hidden_length(rest: &str, code_before: &str) -> usize {
    if rest.starts_with("//") {
        rest.find('\n').unwrap_or(rest.len())
    } else if rest.starts_with("/*") {
        block_comment_length(rest)
    } else if rest.starts_with('"') {
        match raw_hashes(code_before) {
            Some(hashes) => raw_string_length(rest, hashes),
            None => string_length(rest),
        }
    } else if rest.starts_with('\'') {
        character_length(rest)
    } else {
        0
    }
}

/// Block comments nest in Rust.
fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        let pair = rest.as_bytes().get(at..at + 2);
        match pair {
            Some(b"/*") => depth += 1,
            Some(b"*/") => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// The number of hashes of the raw string whose `r##` ends the code so far.
fn raw_hashes(code_before: &str) -> Option<usize> {
    let prefix = code_before.trim_end_matches('#');
    prefix
        .ends_with('r')
        .then(|| code_before.len() - prefix.len())
}

fn raw_string_length(rest: &str, hashes: usize) -> usize {
    let end = format!("\"{}", "#".repeat(hashes));
    rest[1..]
        .find(&end)
        .map_or(rest.len(), |at| 1 + at + end.len())
}

fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A quote opens a character only if another one closes it; else it belongs to a lifetime.
fn character_length(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match (characters.next(), characters.next()) {
        (Some((_, '\\')), Some((escaped, _))) => {
            let after = escaped + 1;
            rest.get(after..)
                .and_then(|tail| tail.find('\''))
                .map_or(0, |at| after + at + 1)
        }
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 0,
    }
}

fn blank(code: &mut String, hidden: &str) {
    for character in hidden.chars() {
        match character {
            '\n' => code.push('\n'),
            _ => code.extend(iter::repeat_n(' ', character.len_utf8())),
        }
    }
}

#[cfg(test)]
mod tests;
