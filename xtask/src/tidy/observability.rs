//! The rule that the guide on observability lists every event, span and metric as the code emits it, and nothing else.

mod emitted;

use std::collections::BTreeMap;

use super::tree::{Tree, is_test, line_at};
use super::violation::Violation;
use emitted::emitted;

/// What an event or a metric is called; two places of the code may emit the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Signal {
    /// `DEBUG`, `WARN span`, `counter`.
    kind: String,
    name: String,
    /// The fields of an event, the labels of a metric, in the order of the alphabet.
    fields: Vec<String>,
}

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let Some(guide) = tree.text(GUIDE) else {
        return Vec::new();
    };
    let documented = documented(guide);
    let mut found = BTreeMap::new();
    let mut violations = Vec::new();
    for (path, text) in tree.below("crates/").filter(|(path, _)| is_source(path)) {
        match emitted(path, text) {
            Ok(signals) => {
                for (signal, line) in signals {
                    found.entry(signal).or_insert((path, line));
                }
            }
            Err(violation) => violations.push(violation),
        }
    }
    let undocumented = found.iter().filter(|(it, _)| !documented.contains_key(it));
    violations.extend(undocumented.map(|(signal, &(path, line))| {
        let message = format!("{GUIDE} has no row for {}", signal.described());
        Violation::new(path, line, message)
    }));
    let gone = documented.iter().filter(|(it, _)| !found.contains_key(it));
    violations.extend(gone.map(|(signal, &line)| {
        let message = format!("nothing emits {}: correct the row", signal.described());
        Violation::new(GUIDE, line, message)
    }));
    violations
}

impl Signal {
    fn new(kind: impl Into<String>, name: impl Into<String>, mut fields: Vec<String>) -> Self {
        fields.sort();
        Self {
            kind: kind.into(),
            name: name.into(),
            fields,
        }
    }

    fn described(&self) -> String {
        let Self { kind, name, fields } = self;
        format!("the {kind} `{name}` with [{}]", fields.join(", "))
    }
}

/// The rows of the guide's tables, with their lines: name and kind are in the first two cells, in either order, the fields in the third.
fn documented(guide: &str) -> BTreeMap<Signal, usize> {
    let mut rows = BTreeMap::new();
    let mut offset = 0;
    for line in guide.split_inclusive('\n') {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        if let ["", first, second, fields, ..] = cells[..] {
            let (kind, name) = if first.starts_with('`') {
                (second, first)
            } else {
                (first, second)
            };
            if name.len() > 2 && name.starts_with('`') && name.ends_with('`') {
                let fields = fields.split('`').skip(1).step_by(2).map(str::to_owned);
                let signal = Signal::new(kind, name.trim_matches('`'), fields.collect());
                rows.insert(signal, line_at(guide, offset));
            }
        }
        offset += line.len();
    }
    rows
}

/// Whether the file is part of a library that a program uses; the command and the emulators log for themselves.
fn is_source(path: &str) -> bool {
    let mut parts = path.split('/').skip(1);
    let package = parts.next().unwrap_or_default();
    let is_library = package == "auth-core" || package.ends_with("-auth");
    is_library && parts.next() == Some("src") && path.ends_with(".rs") && !is_test(path)
}

const GUIDE: &str = "crates/auth-core/docs/observability.md";

#[cfg(test)]
mod tests;
