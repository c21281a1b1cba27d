//! The rule that a `lib.rs` lists modules and names, and holds no code of its own.

use super::code::{code_of, words};
use super::tree::{Tree, line_at};
use super::use_tree::exports;
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree
        .below("crates/")
        .filter(|(path, _)| is_library_root(path))
    {
        let code = code_of(text);
        let globs = exports(&code)
            .into_iter()
            .filter(|leaf| leaf.path.last() == Some(&"*"));
        violations.extend(globs.map(|leaf| {
            let message = "a glob re-export hides what is public: list the names";
            Violation::new(path, line_at(&code, leaf.offset), message)
        }));
        // These words are reserved: wherever they stand in code, they belong to an item.
        let items = words(&code).filter(|(_, word)| ITEMS.contains(word));
        violations.extend(items.map(|(offset, word)| {
            let message = format!(
                "`{word}` does not belong here: move the item into a module and export its name"
            );
            Violation::new(path, line_at(&code, offset), message)
        }));
    }
    violations
}

/// Whether the path is `crates/*/src/lib.rs`.
fn is_library_root(path: &str) -> bool {
    matches!(
        path.split('/').collect::<Vec<_>>()[..],
        ["crates", _, "src", "lib.rs"]
    )
}

const ITEMS: &[&str] = &["fn", "struct", "enum", "trait", "impl"];

#[cfg(test)]
mod tests;
