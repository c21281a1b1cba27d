//! The rule that the files of a crate import each other in one direction, those inside a folder included.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::code::parse;
use super::import_order::paths::references;
use super::import_order::{Homes, ROOT_MODULES, homes, module_path};
use super::tree::{Tree, is_test};
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let sources = SOURCES.iter();
    sources
        .flat_map(|sources| check_crate(tree, sources))
        .collect()
}

fn check_crate(tree: &Tree, sources: &str) -> Vec<Violation> {
    let root = ROOT_MODULES
        .iter()
        .map(|root| format!("{sources}{root}.rs"))
        .find(|root| tree.text(root).is_some())
        .unwrap_or_default();
    // Files that are no Rust are reported by the rule of the ranks.
    let root_names = parse(&root, tree.text(&root).unwrap_or_default());
    let Ok(homes) = root_names.map(|root| homes(&root)) else {
        return Vec::new();
    };
    let modules: BTreeMap<Vec<String>, &str> = tree
        .below(sources)
        .filter(|(path, _)| path.ends_with(".rs") && !is_test(path) && *path != root)
        .map(|(path, _)| (module_path(&path[sources.len()..]), path))
        .collect();
    let graph: Graph<'_> = modules
        .iter()
        .map(|(module, path)| {
            let text = tree.text(path).unwrap_or_default();
            (*path, imports(path, text, module, &modules, &homes))
        })
        .collect();
    let mut reported = BTreeSet::new();
    let mut violations = Vec::new();
    for (path, imported) in &graph {
        let Some(circle) = circle(&graph, path).filter(|_| !reported.contains(path)) else {
            continue;
        };
        let line = circle.get(1).and_then(|next| imported.get(next)).copied();
        let names: Vec<_> = circle.iter().map(|file| &file[sources.len()..]).collect();
        let message = format!(
            "these files import each other in a circle: {}; move what they share into a file of its own",
            names.join(" -> "),
        );
        violations.push(Violation::new(*path, line.unwrap_or(1), message));
        reported.extend(circle);
    }
    violations
}

/// For each file those that it imports from, and the line of the first import.
type Graph<'a> = BTreeMap<&'a str, BTreeMap<&'a str, usize>>;

fn imports<'a>(
    path: &str,
    text: &str,
    module: &[String],
    modules: &BTreeMap<Vec<String>, &'a str>,
    homes: &Homes,
) -> BTreeMap<&'a str, usize> {
    let mut found = BTreeMap::new();
    let Ok(file) = parse(path, text) else {
        return found;
    };
    for reference in references(&file, module.to_vec()) {
        let mut target = reference.path;
        // A name of the root counts as the module that it comes from.
        if let Some(home) = target.first().and_then(|first| homes.get(first)) {
            target = vec![home.clone()];
        }
        let imported = (1..=target.len())
            .rev()
            .find_map(|length| modules.get(&target[..length]));
        if let Some(imported) = imported.filter(|imported| **imported != path) {
            found.entry(*imported).or_insert(reference.line);
        }
    }
    found
}

/// Returns the shortest way from a file back to itself, with the file at both ends.
fn circle<'a>(graph: &Graph<'a>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for imported in graph.get(file)?.keys() {
            if *imported == start {
                // From here back to the start, which came from nowhere.
                let mut way = vec![start];
                let mut at = Some(file);
                while let Some(file) = at {
                    way.push(file);
                    at = came_from.get(file).copied();
                }
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(imported) {
                came_from.insert(imported, file);
                queue.push_back(imported);
            }
        }
    }
    None
}

/// The crates whose files have an order down to the last one.
const SOURCES: &[&str] = &["crates/auth-testkit/src/", "crates/auth-cli/src/"];

#[cfg(test)]
mod tests;
