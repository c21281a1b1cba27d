//! What differs between the files that are there and those that would be written.

use std::collections::BTreeMap;

use similar::TextDiff;

/// The text of files by path, relative to the workspace.
pub(crate) type Files = BTreeMap<String, String>;

/// A unified diff for each file that is stale, missing or edited; nothing if all is as it would be written.
pub(crate) fn differences(there: &Files, wanted: &Files) -> Vec<String> {
    let mut paths: Vec<_> = there.keys().chain(wanted.keys()).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
        .into_iter()
        .filter_map(|path| match (there.get(path), wanted.get(path)) {
            (Some(old), Some(new)) if old == new => None,
            (Some(old), Some(new)) => Some(diff(path, old, path, new)),
            (Some(old), None) => Some(diff(path, old, NOWHERE, "")),
            (None, Some(new)) => Some(diff(NOWHERE, "", path, new)),
            (None, None) => None,
        })
        .collect()
}

fn diff(old_path: &str, old: &str, new_path: &str, new: &str) -> String {
    let lines = TextDiff::from_lines(old, new);
    // The header is ours, since a file that is empty on both sides has no hunk, and would go unsaid.
    format!("--- {old_path}\n+++ {new_path}\n{}", lines.unified_diff())
}

/// How a diff names the side on which there is no file.
const NOWHERE: &str = "/dev/null";

#[cfg(test)]
mod tests;
