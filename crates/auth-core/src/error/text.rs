//! Text from elsewhere, made safe to show: one line, no invisible characters, limited length.

use std::fmt::Write as _;

/// Sanitizes text from a server or a file for a message, a table or a prompt.
///
/// The result is one line. Line breaks and tabs become spaces; every other control character, zero-width character or character that
/// changes the direction of text (such as U+202E) becomes U+FFFD, so that different texts also look different.
/// Runs of spaces become one, and text longer than [`MAX_DISPLAY_CHARS`] characters is cut and ends in `…`.
///
/// # Examples
/// ```
/// use auth_core::display_text;
///
/// assert_eq!(display_text("Viewer\r\n2026-01-01 ERROR forged"), "Viewer 2026-01-01 ERROR forged");
/// assert_eq!(display_text("\u{202e}reweiV"), "\u{fffd}reweiV");
/// ```
pub fn display_text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * MAX_DISPLAY_CHARS));
    let mut length = 0;
    let mut marks = 0;
    let mut is_after_space = true;
    for character in text.chars() {
        let character = match character {
            _ if character.is_whitespace() => ' ',
            _ if is_invisible(character) => char::REPLACEMENT_CHARACTER,
            _ => character,
        };
        if character == ' ' && is_after_space {
            continue;
        }
        // Marks pile up on the character before them, over the lines above and below.
        marks = if is_mark(character) { marks + 1 } else { 0 };
        if marks > MAX_MARKS {
            continue;
        }
        if length == MAX_DISPLAY_CHARS {
            shown.truncate(shown.trim_end().len());
            shown.push('…');
            return shown;
        }
        is_after_space = character == ' ';
        shown.push(character);
        length += 1;
    }
    shown.truncate(shown.trim_end().len());
    shown
}

/// Lists texts as [`display_text`] shows them: the first few, and the number of the rest.
///
/// # Examples
/// ```
/// let names = ["Viewer", "Editor"];
/// assert_eq!(auth_core::display_list(names), "Viewer, Editor");
/// ```
pub fn display_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut shown = String::new();
    let mut texts = texts.into_iter();
    for text in texts.by_ref().take(MAX_LISTED) {
        if !shown.is_empty() {
            shown.push_str(", ");
        }
        let text = display_text(text);
        match text.char_indices().nth(MAX_LISTED_CHARS) {
            Some((end, _)) => {
                shown.push_str(text[..end].trim_end());
                shown.push('…');
            }
            None if text.is_empty() => shown.push_str("(empty)"),
            None => shown.push_str(&text),
        }
    }
    let more = texts.count();
    if more > 0 {
        // Writing to a `String` never fails.
        let _ = write!(shown, " and {more} more");
    }
    shown
}

/// Characters without a visible shape: controls, zero-width characters, and those that change the direction of text.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The common combining marks; marks of specific scripts are not included.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
    )
}

/// How many characters [`display_text`] shows: enough for any name or sentence, short enough for one log line.
pub const MAX_DISPLAY_CHARS: usize = 200;

/// How many marks one character keeps; Vietnamese needs two.
const MAX_MARKS: usize = 3;

/// How many texts [`display_list`] shows, and how much of each: together still one readable line.
const MAX_LISTED: usize = 20;
const MAX_LISTED_CHARS: usize = 40;

#[cfg(test)]
mod tests;
