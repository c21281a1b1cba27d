//! The rule that no vendor crate repeats the code of another: what two of them need belongs to the kit.

use std::collections::HashMap;

use super::code_lines::{CodeLine, code_lines};
use super::tree::{Tree, is_generated, is_test};
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut files = Vec::new();
    for vendor in tree.vendor_crates() {
        for (path, text) in tree.below(&format!("crates/{vendor}/src/")) {
            if !path.ends_with(".rs") || is_test(path) || is_generated(path, text) {
                continue;
            }
            match code_lines(path, text) {
                Ok(lines) => files.push(File::new(vendor, path, lines)),
                Err(violation) => violations.push(violation),
            }
        }
    }
    let mut runs = HashMap::<Vec<&str>, Vec<(usize, usize)>>::new();
    for (index, file) in files.iter().enumerate() {
        // One violation for a run, however long it is.
        let mut reported = 0;
        for (start, run) in file.lines.windows(MIN_RUN).enumerate() {
            let key: Vec<_> = run.iter().map(|line| line.text).collect();
            let places = runs.entry(key).or_default();
            let other = places
                .iter()
                .find(|(other, _)| files[*other].vendor != file.vendor);
            if let Some(&(other, other_start)) = other
                && start >= reported
            {
                let other = &files[other];
                let length = common(&file.lines[start..], &other.lines[other_start..]);
                reported = start + length;
                let message = format!(
                    "{length} lines of code from here on are those of {}:{}: move them to auth-core's vendor kit",
                    other.path, other.lines[other_start].number
                );
                violations.push(Violation::new(file.path, run[0].number, message));
            }
            places.push((index, start));
        }
    }
    violations
}

/// One source file of a vendor crate, with the lines that say something.
struct File<'t> {
    vendor: &'t str,
    path: &'t str,
    lines: Vec<CodeLine<'t>>,
}

impl<'t> File<'t> {
    fn new(vendor: &'t str, path: &'t str, mut lines: Vec<CodeLine<'t>>) -> Self {
        // A setter ends in a lone `self`, which says as little as a bracket.
        let says_much = |text: &str| text != "self" && text.contains(char::is_alphanumeric);
        lines.retain(|line| !line.is_import && says_much(line.text));
        Self {
            vendor,
            path,
            lines,
        }
    }
}

/// How many lines are equal from the start.
fn common(left: &[CodeLine<'_>], right: &[CodeLine<'_>]) -> usize {
    let pairs = left.iter().zip(right);
    pairs
        .take_while(|(left, right)| left.text == right.text)
        .count()
}

/// Fewer lines than these are alike by chance, or because the trait asks for them.
const MIN_RUN: usize = 6;

#[cfg(test)]
mod tests;
