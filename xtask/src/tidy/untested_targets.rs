//! The rule that a target which cargo does not test contains no tests.

use proc_macro2::TokenTree;
use syn::Meta;
use toml::de::{DeTable, DeValue};

use super::code::{each_level, group, is_punct, line, tokens};
use super::manifest::Manifest;
use super::tree::Tree;
use super::violation::Violation;

/// With `test = false` in its manifest, a target's tests compile under Clippy and are never run.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.below("") {
        let Some(folder) = path.strip_suffix("Cargo.toml") else {
            continue;
        };
        // Another rule reports what is no TOML.
        let Ok(manifest) = Manifest::parse(text) else {
            continue;
        };
        for root in untested(&manifest) {
            let (root, whole) = match root.as_str() {
                // All files of the library, which may be in any of them.
                LIBRARY => (format!("{folder}src/"), true),
                _ => (format!("{folder}{root}"), false),
            };
            let files = tree.below(&root).filter(|(path, _)| match whole {
                true => path.ends_with(".rs") && !path.contains("/src/bin/"),
                false => *path == root,
            });
            violations.extend(files.filter_map(|(path, text)| test_in(path, text)));
        }
    }
    violations
}

/// The root files of the targets with `test = false`.
fn untested(manifest: &Manifest<'_>) -> Vec<String> {
    let mut roots = Vec::new();
    if let Some(library) = manifest.value("lib").and_then(DeValue::as_table) {
        roots.extend(untested_root(library, |_| LIBRARY.to_owned()));
    }
    let programs = manifest.value("bin").and_then(DeValue::as_array);
    for program in programs.into_iter().flat_map(|programs| programs.iter()) {
        if let Some(program) = program.get_ref().as_table() {
            roots.extend(untested_root(program, |name| format!("src/bin/{name}.rs")));
        }
    }
    roots
}

fn untested_root(target: &DeTable<'_>, default: impl Fn(&str) -> String) -> Option<String> {
    let text = |key| target.get(key).and_then(|it| it.get_ref().as_str());
    let is_tested = target.get("test").and_then(|it| it.get_ref().as_bool());
    (is_tested == Some(false)).then(|| match text("path") {
        Some(path) => path.to_owned(),
        None => default(text("name").unwrap_or_default()),
    })
}

/// The first test of a file.
fn test_in(path: &str, text: &str) -> Option<Violation> {
    let mut first = None;
    each_level(&tokens(path, text).ok()?, &mut |level| {
        let mut tests = (0..level.len()).filter_map(|at| test_at(level, at));
        first = first.or_else(|| tests.next());
    });
    let message = "this target has `test = false` in its Cargo.toml, so that the test is never run: remove that line, or move the test";
    first.map(|line| Violation::new(path, line, message))
}

/// The line of the attribute that starts here, if it marks a test, as `test` and `tokio::test` do.
fn test_at(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let group = is_punct(tokens, at, "#").then(|| group(tokens, at + 1))??;
    let meta: Meta = syn::parse2(group.stream()).ok()?;
    let is_test = meta.path().segments.last()?.ident == "test";
    is_test.then(|| line(group.span_open()))
}

const LIBRARY: &str = "src/lib.rs";

#[cfg(test)]
mod tests;
