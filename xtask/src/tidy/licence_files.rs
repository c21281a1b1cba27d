//! The rule that every crate has the texts of both licences, since its package is distributed by itself.

use super::tree::Tree;
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    let manifests = tree.below("crates/").filter_map(|(path, _)| {
        let folder = path.strip_suffix("/Cargo.toml")?;
        (folder.split('/').count() == 2).then_some(folder)
    });
    for folder in manifests {
        for licence in LICENCES {
            let path = format!("{folder}/{licence}");
            // Copies, because a symbolic link becomes a file with a path on systems that have none.
            if tree.text(&path) != tree.text(licence) {
                let message = format!("must be a copy of {licence}");
                violations.push(Violation::new(path, 1, message));
            }
        }
    }
    violations
}

const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

#[cfg(test)]
mod tests;
