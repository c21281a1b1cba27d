//! The rule that the documents stay short and that their links lead somewhere.

use std::collections::BTreeSet;

use super::document::{Document, Link};
use super::tree::{Tree, is_test, line_at};
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let troubleshooting = Troubleshooting::read(tree);
    let mut violations = Vec::new();
    violations.extend(long_architecture(tree));
    for (path, text) in tree.markdown_files() {
        for link in Document::parse(text).links {
            violations.extend(
                fault(tree, &troubleshooting, path, &link)
                    .map(|it| Violation::new(path, link.line, it)),
            );
        }
    }
    for (path, text) in tree.rust_files().filter(|(path, _)| !is_test(path)) {
        violations.extend(troubleshooting.mentions(path, text));
    }
    violations
}

fn long_architecture(tree: &Tree) -> Option<Violation> {
    let lines = tree.text(ARCHITECTURE)?.lines().count();
    let message =
        format!("{lines} lines are more than {ARCHITECTURE_LINES}: move details to the guides");
    (lines > ARCHITECTURE_LINES)
        .then(|| Violation::new(ARCHITECTURE, ARCHITECTURE_LINES + 1, message))
}

fn fault(
    tree: &Tree,
    troubleshooting: &Troubleshooting,
    from: &str,
    link: &Link,
) -> Option<String> {
    let (target, anchor) = match link.target.split_once('#') {
        Some((target, anchor)) => (target, Some(anchor)),
        None => (link.target.as_str(), None),
    };
    let file = if WEB.iter().any(|scheme| target.starts_with(scheme)) {
        // A published page links to the file's page, whatever host and branch that is on.
        target
            .ends_with(TROUBLESHOOTING)
            .then(|| TROUBLESHOOTING.to_owned())?
    } else if target.is_empty() {
        from.to_owned()
    } else {
        match resolve(from, target)
            .filter(|file| tree.text(file).is_some() || tree.has_folder(file))
        {
            Some(file) => file,
            None => {
                return Some(format!(
                    "the link to `{target}` leads to no tracked file: mend the path or add the file"
                ));
            }
        }
    };
    anchor
        .filter(|_| file == TROUBLESHOOTING)
        .and_then(|anchor| troubleshooting.fault(anchor))
}

/// The path from the root that a link means; `None` if it climbs out of the workspace.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<_> = if target.starts_with('/') {
        Vec::new()
    } else {
        from.split('/').collect()
    };
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The document whose anchors are promised to users: errors name them.
struct Troubleshooting {
    anchors: BTreeSet<String>,
}

impl Troubleshooting {
    fn read(tree: &Tree) -> Self {
        Self {
            anchors: Document::parse(tree.text(TROUBLESHOOTING).unwrap_or_default()).anchors(),
        }
    }

    fn fault(&self, anchor: &str) -> Option<String> {
        let message = format!(
            "{TROUBLESHOOTING} has no heading for `#{anchor}`: add the heading or mend the link"
        );
        (!self.anchors.contains(anchor)).then_some(message)
    }

    /// What is wrong with the anchors that doc comments and messages name.
    fn mentions(&self, path: &str, text: &str) -> Vec<Violation> {
        text.match_indices(TROUBLESHOOTING)
            .filter_map(|(offset, name)| {
                let anchor = text[offset + name.len()..].strip_prefix('#')?;
                let end = anchor.find(|character: char| {
                    !character.is_alphanumeric() && !"-_".contains(character)
                });
                // A message that fills the anchor in when it runs, `#{kind}`, cannot be judged here.
                let anchor =
                    Some(&anchor[..end.unwrap_or(anchor.len())]).filter(|it| !it.is_empty())?;
                let message = self.fault(anchor)?;
                Some(Violation::new(path, line_at(text, offset), message))
            })
            .collect()
    }
}

const ARCHITECTURE: &str = "docs/ARCHITECTURE.md";

/// More is not read by someone who is new.
const ARCHITECTURE_LINES: usize = 150;

const TROUBLESHOOTING: &str = "docs/TROUBLESHOOTING.md";

const WEB: &[&str] = &["http://", "https://", "mailto:"];

#[cfg(test)]
mod tests;
