//! The rule that no type of another crate is part of the public API, except for a few that are meant to be.

use super::tree::Tree;
use super::violation::Violation;

/// Looks at the files that `cargo xtask api` writes, in which every path is complete.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let ours = tree.below("crates/");
    let ours = ours.filter_map(|(path, _)| Some(path.split('/').nth(1)?.replace('-', "_")));
    let ours: Vec<String> = ours.collect();
    let mut violations = Vec::new();
    for (file, text) in tree.below("api/") {
        for (index, line) in text.lines().enumerate() {
            let foreign = paths(line).find(|path| {
                let owner = path.split("::").next().unwrap_or_default();
                !path.starts_with(MACRO)
                    && !MEANT.contains(&owner)
                    && !MEANT_IN_ONE.contains(&(file, owner))
                    && !ours.iter().any(|name| name == owner)
            });
            if let Some(foreign) = foreign {
                let message = format!(
                    "`{foreign}` is a type of another crate, whose next version would break users: wrap it"
                );
                violations.push(Violation::new(file, index + 1, message));
            }
        }
    }
    violations
}

/// The paths in a line that start with a crate; those that start with a type parameter, or a trait in brackets, do not.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |it: char| it.is_alphanumeric() || it == '_' || it == ':';
    let words = line.split(move |it| !is_part(it));
    words.filter(|word| {
        word.contains("::") && word.starts_with(|first: char| first.is_lowercase() || first == '_')
    })
}

/// The bound of `Unpin` that `pin_project!` writes; it names nothing that a user could.
const MACRO: &str = "pin_project_lite::__private::";

/// `serde_core` has the traits of serde; the last three are behind the feature `tower`.
const MEANT: &[&str] = &[
    "alloc",
    "core",
    "std",
    "bytes",
    "http",
    "futures_core",
    "serde_core",
    "http_body",
    "tower_layer",
    "tower_service",
];

/// A store on a connection that the program has needs its type; the crate is re-exported, and a new version of it is one of the store's.
const MEANT_IN_ONE: &[(&str, &str)] = &[("api/auth-store-redis.txt", "redis")];

#[cfg(test)]
mod tests;
