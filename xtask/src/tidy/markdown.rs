//! The rule that the documents stay short and that their links lead somewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Link};
use super::tree::{Tree, is_test, line_at};
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let documents: Vec<_> = tree
        .markdown_files()
        .map(|(path, text)| (path, Document::parse(text)))
        .collect();
    let anchors = Anchors::read(tree, &documents);
    let mut violations = Vec::new();
    violations.extend(long_architecture(tree));
    violations.extend(left_out(tree, &anchors));
    for (path, document) in documents {
        for link in &document.links {
            violations.extend(
                fault(tree, &anchors, path, link).map(|it| Violation::new(path, link.line, it)),
            );
        }
        // In a crate's README a label may name an item: rustdoc reads it, and reports what it cannot find.
        if !is_crate_readme(path) {
            violations.extend(document.dangling.iter().map(|link| {
                let message = format!("`[{}]` is defined nowhere: add its target", link.target);
                Violation::new(path, link.line, message)
            }));
        }
    }
    for (path, text) in tree.rust_files().filter(|(path, _)| !is_test(path)) {
        violations.extend(anchors.mentions(path, text));
    }
    violations
}

fn is_crate_readme(path: &str) -> bool {
    matches!(
        path.split('/').collect::<Vec<_>>()[..],
        ["crates", _, "README.md"]
    )
}

/// Whether the document is on docs.rs, and on the registry's page: a crate's README, or a guide among its documentation.
fn is_published(path: &str) -> bool {
    matches!(
        path.split('/').collect::<Vec<_>>()[..],
        ["crates", _, "README.md"] | ["crates", _, "docs", _]
    )
}

fn long_architecture(tree: &Tree) -> Option<Violation> {
    let lines = tree.text(ARCHITECTURE)?.lines().count();
    let message =
        format!("{lines} lines are more than {ARCHITECTURE_LINES}: move details to the guides");
    (lines > ARCHITECTURE_LINES)
        .then(|| Violation::new(ARCHITECTURE, ARCHITECTURE_LINES + 1, message))
}

fn fault(tree: &Tree, anchors: &Anchors, from: &str, link: &Link) -> Option<String> {
    let (target, anchor) = match link.target.split_once('#') {
        Some((target, anchor)) => (target, Some(anchor)),
        None => (link.target.as_str(), None),
    };
    let file = if WEB.iter().any(|scheme| target.starts_with(scheme)) {
        match documentation(tree, anchors, target)? {
            Ok(file) => file,
            Err(message) => return Some(message),
        }
    } else if target.is_empty() {
        from.to_owned()
    } else if is_published(from) {
        return Some(format!(
            "`{target}` leads nowhere on docs.rs: link to a page there, or name the file without a link"
        ));
    } else {
        match resolve(from, target)
            .filter(|file| tree.text(file).is_some() || tree.has_folder(file))
        {
            Some(file) => file,
            None => {
                return Some(format!(
                    "the link to `{target}` leads to no tracked file: fix the path or add the file"
                ));
            }
        }
    };
    anchors.fault(&file, anchor?)
}

/// The document behind a page of one of this workspace's crates on docs.rs; `None` for any other page of the web.
///
/// A guide is a module of its crate that includes the file of the same name.
fn documentation(tree: &Tree, anchors: &Anchors, target: &str) -> Option<Result<String, String>> {
    let mut parts = target.strip_prefix("https://docs.rs/")?.split('/');
    let package = parts.next()?;
    if !tree.has_folder(&format!("crates/{package}")) {
        return None;
    }
    let unknown = || {
        let message = "is no page of that crate: write `/latest/<crate>/<module>/index.html`";
        Err(format!("`{target}` {message}"))
    };
    let rest: Vec<_> = parts.collect();
    let root = package.replace('-', "_");
    let modules = match rest[..] {
        [] => return Some(Ok(format!("crates/{package}/README.md"))),
        ["latest", name, ref modules @ .., "index.html"] if name == root => modules,
        _ => return Some(unknown()),
    };
    let Some(module) = modules.last() else {
        return Some(Ok(format!("crates/{package}/README.md")));
    };
    // A module that no file is included in, such as the one of all guides.
    let source = format!("crates/{package}/src/{}.rs", modules.join("/"));
    let file = format!("crates/{package}/docs/{}.md", module.replace('_', "-"));
    Some(if anchors.included.contains(&file) {
        Ok(file)
    } else if tree.text(&source).is_some() {
        Ok(source)
    } else {
        unknown()
    })
}

/// The documents below `docs` of a crate that its source includes, as its documentation.
fn included(tree: &Tree) -> impl Iterator<Item = String> {
    let sources = tree
        .below("crates/")
        .filter(|(path, _)| path.ends_with(".rs"));
    sources.flat_map(|(path, text)| {
        let names = text.split("include_str!(\"").skip(1);
        names.filter_map(move |rest| resolve(path, rest.split('"').next()?))
    })
}

/// A guide that no module includes is not on docs.rs, whatever links to it.
fn left_out(tree: &Tree, anchors: &Anchors) -> Vec<Violation> {
    let guides = tree.markdown_files().filter(|(path, _)| {
        is_published(path) && !is_crate_readme(path) && !anchors.included.contains(*path)
    });
    let message = "no module of the crate includes it: add one, or move the file out of the crate";
    guides
        .map(|(path, _)| Violation::new(path, 1, message))
        .collect()
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

/// What links can lead to.
struct Anchors {
    /// The anchors of every document, by its path.
    known: BTreeMap<String, BTreeSet<String>>,
    /// The documents that are modules of a crate.
    included: BTreeSet<String>,
}

impl Anchors {
    fn read(tree: &Tree, documents: &[(&str, Document)]) -> Self {
        let documents = documents.iter();
        Self {
            known: documents
                .map(|(path, document)| ((*path).to_owned(), document.anchors()))
                .collect(),
            included: included(tree).collect(),
        }
    }

    /// What is wrong with an anchor; where a file is no document, as a folder is none, nothing is.
    fn fault(&self, file: &str, anchor: &str) -> Option<String> {
        let nothing = BTreeSet::new();
        let known = match self.known.get(file) {
            Some(anchors) => anchors,
            // Errors name its anchors, whether or not it is there.
            None if file == TROUBLESHOOTING => &nothing,
            None => return None,
        };
        let message =
            format!("{file} has no heading for `#{anchor}`: add the heading or fix the link");
        (!known.contains(anchor)).then_some(message)
    }

    /// What is wrong with the anchors that doc comments and messages name.
    fn mentions(&self, path: &str, text: &str) -> Vec<Violation> {
        text.match_indices(MODULE)
            .filter_map(|(offset, name)| {
                let anchor = text[offset + name.len()..].strip_prefix('#')?;
                let end = anchor.find(|character: char| {
                    !character.is_alphanumeric() && !"-_".contains(character)
                });
                // A message that fills the anchor in when it runs, `#{kind}`, cannot be judged here.
                let anchor =
                    Some(&anchor[..end.unwrap_or(anchor.len())]).filter(|it| !it.is_empty())?;
                let message = self.fault(TROUBLESHOOTING, anchor)?;
                Some(Violation::new(path, line_at(text, offset), message))
            })
            .collect()
    }
}

const ARCHITECTURE: &str = "docs/ARCHITECTURE.md";

/// More is not read by someone who is new.
const ARCHITECTURE_LINES: usize = 150;

const TROUBLESHOOTING: &str = "crates/auth-core/docs/troubleshooting.md";

/// How doc comments name it.
const MODULE: &str = "guide::troubleshooting";

const WEB: &[&str] = &["http://", "https://", "mailto:"];

#[cfg(test)]
mod tests;
