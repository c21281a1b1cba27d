//! The rule that every file opens with one sentence on what it is responsible for.

use super::tree::{Tree, is_generated};
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    tree.rust_files()
        .filter(|(path, text)| !is_generated(path, text))
        .filter_map(|(path, text)| {
            let (attributes, body) = split_attributes(text);
            let mut lines = attributes.lines();
            if path.ends_with("/lib.rs") && lines.any(|line| README_AS_DOCS.contains(&line)) {
                return None;
            }
            let line = attributes.lines().count() + 1;
            fault(body).map(|message| Violation::new(path, line, message))
        })
        .collect()
}

/// Parts the attributes of the whole file, if it starts with them, from what follows.
fn split_attributes(text: &str) -> (&str, &str) {
    let mut end = 0;
    let mut depth = 0;
    for line in text.split_inclusive('\n') {
        let is_blank = end > 0 && line.trim().is_empty();
        if depth == 0 && !is_blank && !line.starts_with("#![") {
            break;
        }
        depth += line.matches('[').count();
        depth = depth.saturating_sub(line.matches(']').count());
        end += line.len();
    }
    text.split_at(end)
}

fn fault(body: &str) -> Option<&'static str> {
    let paragraph = first_paragraph(body);
    if paragraph.is_empty() {
        return Some(
            "does not open with a `//!` line: say in one sentence what this module is responsible for",
        );
    }
    if paragraph
        .trim_end_matches('.')
        .eq_ignore_ascii_case("placeholder")
    {
        return Some(
            "still opens with a placeholder: say in one sentence what this module is responsible for",
        );
    }
    if !paragraph.starts_with(|first: char| first.is_uppercase() || first == '`') {
        return Some(
            "the opening `//!` sentence starts in lower case: start it with a capital letter",
        );
    }
    if !paragraph.ends_with('.') {
        return Some(
            "the opening `//!` paragraph does not end with a full stop: make it one whole sentence",
        );
    }
    None
}

/// The `//!` lines up to the first blank one, joined.
fn first_paragraph(body: &str) -> String {
    let lines = body.lines().map_while(|line| line.strip_prefix("//!"));
    lines
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The second one is for a README with a program that needs the feature `blocking`.
const README_AS_DOCS: [&str; 2] = [
    "#![doc = include_str!(\"../README.md\")]",
    "#![cfg_attr(any(not(doctest), feature = \"blocking\"), doc = include_str!(\"../README.md\"))]",
];

#[cfg(test)]
mod tests;
