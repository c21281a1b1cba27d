//! The rule that workflows run fixed code with few permissions.

use super::tree::Tree;
use super::violation::Violation;

/// Every action is pinned by its commit, and no job may write, but for what is listed below.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.below(".github/workflows/") {
        if !text.lines().any(|line| READ_ONLY.contains(&line)) && !restricts(text) {
            let message =
                "the workflow must start with `permissions: {}`, or with only `contents: read`";
            violations.push(Violation::new(path, 1, message));
        }
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_start().trim_start_matches("- ");
            let fault = match line.split_once(':').map(|(key, value)| (key, value.trim())) {
                Some(("uses", action)) => unpinned(action),
                Some(("permissions", "write-all" | "read-all")) => {
                    Some("list the permissions that are needed".to_owned())
                }
                Some((scope, "write")) if !MAY_WRITE.contains(&(path, scope)) => Some(format!(
                    "`{scope}: write` is not among the permissions that workflows have"
                )),
                _ => None,
            };
            violations.extend(fault.map(|it| Violation::new(path, index + 1, it)));
        }
    }
    violations
}

/// Whether the permissions of the whole workflow are to read its contents, and no more.
fn restricts(text: &str) -> bool {
    let mut lines = text
        .lines()
        .skip_while(|line| *line != "permissions:")
        .skip(1);
    lines.next() == Some("  contents: read")
        && lines.next().is_none_or(|line| !line.starts_with(' '))
}

/// A tag can be moved to other code; a commit cannot. The comment names the version for people, and for tools that update it.
fn unpinned(action: &str) -> Option<String> {
    let (action, comment) = action.split_once(" # ").unwrap_or((action, ""));
    let action = action.trim();
    if action.starts_with("./") {
        return None;
    }
    let commit = action.rsplit_once('@').map_or("", |(_, commit)| commit);
    let is_commit = commit.len() == 40 && commit.bytes().all(|it| it.is_ascii_hexdigit());
    let has_version = comment
        .trim_start_matches('v')
        .starts_with(|it: char| it.is_ascii_digit());
    (!is_commit || !has_version).then(|| {
        format!(
            "`{action}` must be pinned as `@COMMIT # VERSION`, with all 40 digits of the commit"
        )
    })
}

/// Publishing proves to the registry which workflow it is.
const MAY_WRITE: &[(&str, &str)] = &[(".github/workflows/release.yml", "id-token")];

const READ_ONLY: &[&str] = &["permissions: {}"];

#[cfg(test)]
mod tests;
