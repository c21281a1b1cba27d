//! The rule that a vendor is little work: those of the test tree have few lines of code.

use std::collections::BTreeMap;

use super::code_lines::code_lines;
use super::tree::Tree;
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut sizes = BTreeMap::<&str, usize>::new();
    for (path, text) in tree.below(FOREIGN) {
        let folder = path[FOREIGN.len()..].split('/').next();
        let (Some(folder), true) = (folder, path.ends_with(".rs")) else {
            continue;
        };
        match code_lines(path, text) {
            Ok(lines) => *sizes.entry(folder).or_default() += lines.len(),
            Err(violation) => violations.push(violation),
        }
    }
    let too_large = sizes.iter().filter(|(_, size)| **size > MAX_LINES);
    violations.extend(too_large.map(|(folder, size)| {
        let message =
            format!("has {size} lines of code, and {MAX_LINES} have to do: let the kit do more");
        Violation::new(format!("{FOREIGN}{folder}/src/lib.rs"), 1, message)
    }));
    if sizes.is_empty() {
        let message = "there is no vendor here: the rule has nothing to count";
        violations.push(Violation::new(FOREIGN, 1, message));
    }
    violations
}

/// The vendors that a downstream author might have written.
const FOREIGN: &str = "tests/foreign/";

/// Settings, spellings and calls: an afternoon's work.
const MAX_LINES: usize = 150;

#[cfg(test)]
mod tests;
