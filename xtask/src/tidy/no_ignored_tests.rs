//! The rule that no test is switched off and no code is left for later.

use super::code::{code_of, words};
use super::tree::{Tree, line_at};
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.rust_files() {
        let code = code_of(text);
        for (offset, word) in words(&code) {
            let (before, after) = (&code[..offset], &code[offset + word.len()..]);
            if let Some(message) = fault(word, before, after) {
                violations.push(Violation::new(path, line_at(&code, offset), message));
            }
        }
    }
    violations
}

/// Words are compared, and only those in code: a file that speaks about this rule does not break it.
fn fault(word: &str, before: &str, after: &str) -> Option<String> {
    match word {
        "ignore" if is_attribute(before) => Some(
            "an ignored test is never run: mend it, delete it, or make it a live test".to_owned(),
        ),
        "todo" | "unimplemented" if after.starts_with('!') => Some(format!(
            "`{word}!` panics when it is reached: write the code or leave the function out"
        )),
        _ => None,
    }
}

/// Whether a word behind this code names an attribute, either at once or behind a condition.
fn is_attribute(before: &str) -> bool {
    match before.rfind("#[") {
        None => false,
        Some(start) => {
            let inside = before[start + "#[".len()..].trim();
            inside.is_empty() || (inside.starts_with("cfg_attr(") && inside.ends_with(','))
        }
    }
}

#[cfg(test)]
mod tests;
