//! The rule that every code block of a document is compiled, parsed or plain text, and that the commands in it exist.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

use super::document::{Block, Document};
use super::tree::Tree;
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let compiled = compiled(tree);
    let programs = Programs::read(tree);
    let mut violations = Vec::new();
    for (path, text) in tree.markdown_files() {
        for block in Document::parse(text).blocks {
            let fault = match block.language.split(',').next().unwrap_or_default() {
                "rust" => rust(&block, compiled.contains(path)),
                "toml" => DeTable::parse(&block.text)
                    .err()
                    .map(|error| format!("is not valid TOML: {}", error.message())),
                "sh" => programs.fault(&block.text),
                "text" | "json" | "yaml" => None,
                "" => Some("has no language: write one, such as `text`".to_owned()),
                other => Some(format!(
                    "`{other}` is not checked: use sh, toml, text or rust"
                )),
            };
            violations.extend(fault.map(|message| Violation::new(path, block.line, message)));
        }
    }
    for (path, text) in tree.rust_files() {
        violations.extend(text.lines().enumerate().filter_map(|(index, line)| {
            let comment = line.trim_start().strip_prefix("//")?;
            let fence = comment.trim_start_matches(['/', '!']).trim_start();
            let attributes = fence.strip_prefix("```")?;
            let is_ignored = attributes.split(',').any(|it| it.starts_with("ignore"));
            is_ignored.then(|| Violation::new(path, index + 1, IGNORED))
        }));
    }
    violations
}

fn rust(block: &Block, is_compiled: bool) -> Option<String> {
    if block.language.contains("ignore") {
        return Some(IGNORED.to_owned());
    }
    (!is_compiled).then(|| {
        "is not compiled: include the document in a crate's documentation, or in tests/lib.rs"
            .to_owned()
    })
}

/// The documents that some source includes for its documentation tests.
fn compiled(tree: &Tree) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, text) in tree.rust_files() {
        // A guide is shown by its crate and compiled by another, which has what its programs need.
        let lines = text.lines().filter(|line| {
            line.contains("doc = include_str!(\"") && !line.contains("cfg_attr(not(doctest)")
        });
        found.extend(lines.filter_map(|line| {
            let name = line.split("include_str!(\"").nth(1)?.split('"').next()?;
            joined(path, name)
        }));
    }
    found
}

/// The path from the root of a file that another one names.
fn joined(from: &str, name: &str) -> Option<String> {
    let mut parts: Vec<_> = from.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The packages that `cargo run` can start, with their examples and programs.
struct Programs(BTreeMap<String, BTreeSet<String>>);

impl Programs {
    fn read(tree: &Tree) -> Self {
        let mut programs = BTreeMap::<_, BTreeSet<_>>::new();
        for (path, text) in tree
            .below("")
            .filter(|(path, _)| path.ends_with("Cargo.toml"))
        {
            let name = text.lines().find_map(|line| line.strip_prefix("name = \""));
            let Some(name) = name.and_then(|it| it.strip_suffix('"')) else {
                continue;
            };
            let folder = path.trim_end_matches("Cargo.toml");
            let targets: &mut BTreeSet<_> = programs.entry(name.to_owned()).or_default();
            for part in ["examples/", "src/bin/"] {
                let files = tree.below("").filter_map(|(path, _)| {
                    let file = path.strip_prefix(folder)?.strip_prefix(part)?;
                    file.strip_suffix(".rs")
                });
                targets.extend(files.map(str::to_owned));
            }
        }
        Self(programs)
    }

    /// What is wrong with a `cargo run` of the block: its package, example or program does not exist.
    fn fault(&self, script: &str) -> Option<String> {
        script.lines().find_map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            if !words.starts_with(&["cargo", "run"]) {
                return None;
            }
            let after = |option: &str| {
                let at = words.iter().position(|word| *word == option)?;
                words.get(at + 1)
            };
            let package = after("-p").or_else(|| after("--package"))?;
            let Some(targets) = self.0.get(*package) else {
                return Some(format!("there is no package `{package}`: correct the name"));
            };
            let target = after("--example").or_else(|| after("--bin"))?;
            (!targets.contains(*target))
                .then(|| format!("`{package}` has no program `{target}`: correct the name"))
        })
    }
}

const IGNORED: &str =
    "an ignored block is never compiled: make it compile, or mark it as text if it is no program";

#[cfg(test)]
mod tests;
