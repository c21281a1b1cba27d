//! `cargo xtask tidy`: checks the house rules that the compiler does not know.

mod code;
mod code_lines;
pub(crate) mod document;
mod manifest;
pub(crate) mod tree;
mod use_tree;
mod violation;

mod code_blocks;
mod documented;
mod file_length;
pub(crate) mod foreign_types;
mod import_circles;
mod import_order;
mod lib_shape;
mod licence_files;
mod markdown;
mod module_sentence;
mod no_ignored_tests;
mod observability;
mod plain_words;
mod repeated_code;
mod secrets;
mod untested_targets;
mod vendor_layout;
mod vendor_size;
mod workflows;
mod workspace_dependencies;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use tree::Tree;
use violation::Violation;

/// Checks the workspace, reports every violation and fails if there is one.
pub(crate) fn run() -> Result<ExitCode, Box<dyn Error>> {
    let tree = Tree::read(&crate::workspace::root()?)?;
    let found = check(&tree);
    report(&found, &mut io::stdout().lock())?;
    Ok(if found.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Applies every rule; what was found is in the order of the files, beside the name of the rule that found it.
fn check(tree: &Tree) -> Vec<(&'static str, Violation)> {
    let mut found: Vec<_> = RULES
        .iter()
        .flat_map(|&(name, rule)| {
            rule(tree)
                .into_iter()
                .map(move |violation| (name, violation))
        })
        .collect();
    found.sort_by(|(_, left), (_, right)| (&left.path, left.line).cmp(&(&right.path, right.line)));
    found
}

fn report(found: &[(&str, Violation)], output: &mut impl Write) -> io::Result<()> {
    for (
        rule,
        Violation {
            path,
            line,
            message,
        },
    ) in found
    {
        writeln!(output, "{path}:{line}: {rule}: {message}")?;
    }
    writeln!(
        output,
        "tidy: {} violation{}",
        found.len(),
        if found.len() == 1 { "" } else { "s" }
    )
}

/// A rule sees the tree and nothing else, so that its tests can build one in memory.
type Rule = fn(&Tree) -> Vec<Violation>;

const RULES: &[(&str, Rule)] = &[
    ("file_length", file_length::check),
    ("module_sentence", module_sentence::check),
    ("vendor_layout", vendor_layout::check),
    ("vendor_size", vendor_size::check),
    ("repeated_code", repeated_code::check),
    ("import_circles", import_circles::check),
    ("import_order", import_order::check),
    ("no_ignored_tests", no_ignored_tests::check),
    ("untested_targets", untested_targets::check),
    ("markdown", markdown::check),
    ("code_blocks", code_blocks::check),
    ("documented", documented::check),
    ("observability", observability::check),
    ("plain_words", plain_words::check),
    ("workspace_dependencies", workspace_dependencies::check),
    ("lib_shape", lib_shape::check),
    ("secrets", secrets::check),
    ("foreign_types", foreign_types::check),
    ("licence_files", licence_files::check),
    ("workflows", workflows::check),
];

#[cfg(test)]
mod tests;
