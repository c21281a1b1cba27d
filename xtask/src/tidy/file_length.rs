//! The rule that no file is too long to be read in one go.

use super::tree::{Tree, is_generated};
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    tree.rust_files()
        .filter(|(path, text)| !is_generated(path, text))
        .filter_map(|(path, text)| {
            let lines = text.lines().count();
            let message = format!(
                "{lines} lines are more than {MOST_LINES}: split the file by responsibility"
            );
            (lines > MOST_LINES).then(|| Violation::new(path, MOST_LINES + 1, message))
        })
        .collect()
}

const MOST_LINES: usize = 400;

#[cfg(test)]
mod tests;
