//! The rule that the workspace's dependencies are in order and choose no features by default.

use super::manifest::{Entry, Manifest};
use super::tree::Tree;
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let Some(text) = tree.text(PATH) else {
        return vec![Violation::new(
            PATH,
            1,
            "is missing: add the workspace's manifest",
        )];
    };
    let manifest = match Manifest::parse(text) {
        Ok(manifest) => manifest,
        Err((line, message)) => return vec![Violation::new(PATH, line, message)],
    };
    let Some(entries) = manifest.table(&["workspace", "dependencies"]) else {
        return vec![Violation::new(
            PATH,
            1,
            "has no [workspace.dependencies]: give every version there, once",
        )];
    };
    let misplaced = entries.windows(2).filter_map(|pair| match pair {
        [before, entry] if entry.name < before.name => {
            let message = format!(
                "`{}` stands after `{}`: keep the list alphabetical",
                entry.name, before.name
            );
            Some(Violation::new(PATH, entry.line, message))
        }
        _ => None,
    });
    let greedy = entries
        .iter()
        .filter(|entry| !is_frugal(entry))
        .map(|entry| {
            let message = format!(
                "`{}` lacks `default-features = false`: choose features where they are used",
                entry.name
            );
            Violation::new(PATH, entry.line, message)
        });
    misplaced.chain(greedy).collect()
}

fn is_frugal(entry: &Entry<'_>) -> bool {
    entry
        .get("default-features")
        .and_then(|value| value.as_bool())
        == Some(false)
}

const PATH: &str = "Cargo.toml";

#[cfg(test)]
mod tests;
