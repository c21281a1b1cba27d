//! Every link in a crate's README works on docs.rs and on the registry's page.

use std::collections::BTreeSet;
use std::fs;

use super::Context;
use crate::steps::{Outcome, StepResult};
use crate::tidy::document::Document;
use crate::workspace;

pub(super) fn check(context: &Context) -> StepResult {
    let mut faults = Vec::new();
    for package in workspace::published(&context.metadata) {
        let path = package.manifest_path.with_file_name("README.md");
        let path = path.strip_prefix(&context.root).unwrap_or(&path).to_owned();
        let text = fs::read_to_string(context.root.join(&path))?;
        faults.extend(self::faults(path.as_str(), &text));
    }
    Ok(Outcome::of_faults(faults, ""))
}

/// The links that are neither absolute nor to a heading of the same page.
fn faults(path: &str, text: &str) -> Vec<String> {
    let document = Document::parse(text);
    let anchors: BTreeSet<String> = document.anchors();
    let links = document
        .links
        .iter()
        .filter(|link| match link.target.strip_prefix('#') {
            Some(anchor) => !anchors.contains(anchor),
            None => !link.target.starts_with("https://"),
        });
    links
        .map(|link| {
            format!(
                "{path}:{}: `{}` leads nowhere on docs.rs or on the registry's page: link to https://docs.rs",
                link.line, link.target
            )
        })
        .collect()
}

#[cfg(test)]
mod tests;
