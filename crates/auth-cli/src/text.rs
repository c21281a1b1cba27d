//! Text from elsewhere, made safe for one line of a terminal.

use auth_core::{MAX_DISPLAY_CHARS, display_text};

/// Cleans like [`display_text`], without shortening: the end of a message is its advice.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        let mut rest = word;
        while let Some((end, _)) = rest.char_indices().nth(MAX_DISPLAY_CHARS) {
            line.push_str(&display_text(&rest[..end]));
            rest = &rest[end..];
        }
        line.push_str(&display_text(rest));
    }
    line
}

#[cfg(test)]
mod tests;
