//! The changelog has a section for the version.

use std::fs;
use std::time::SystemTime;

use super::Context;
use crate::steps::{Outcome, StepResult};
use crate::workspace;

pub(super) fn check(context: &Context) -> StepResult {
    let text = fs::read_to_string(context.root.join("CHANGELOG.md"))?;
    let version = workspace::published(&context.metadata)
        .next()
        .map(|package| package.version.to_string())
        .ok_or("no crate is published from here")?;
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let today = now.split('T').next().unwrap_or_default();
    Ok(Outcome::of_faults(
        faults(&text, &version, today),
        format!("has a section for {version}"),
    ))
}

/// What keeps the changelog from being released.
fn faults(text: &str, version: &str, today: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let is_written = section(text, |title| title == "Unreleased")
        .is_some_and(|(_, body)| !body.trim().is_empty());
    match section(text, |title| {
        title.split_whitespace().next() == Some(version)
    }) {
        None if is_written => {
            return vec![format!(
                "CHANGELOG.md has no section for {version}: in the change that is released, rename `## Unreleased` to `## {version} - {today}`, with the day of the release, and add an empty `## Unreleased` above it"
            )];
        }
        None => faults.push(format!(
            "CHANGELOG.md has no section for {version}, and `## Unreleased` is empty: write `## {version} - {today}`, with what users notice of this release"
        )),
        Some((title, body)) => {
            if !is_dated(title) {
                faults.push(format!(
                    "`## {title}` has no date, as in `## {version} - 2026-01-31`"
                ));
            }
            if body.trim().is_empty() {
                faults.push(format!("the section `## {title}` is empty"));
            }
        }
    }
    if is_written {
        faults.push(format!(
            "`## Unreleased` is not empty: move its lines to the section of {version}, which they are released with"
        ));
    }
    faults
}

/// The title and the text of the first section of the second level with such a title.
fn section(text: &str, is_wanted: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let mut sections = text.split("\n## ").skip(1);
    sections.find_map(|section| {
        let (title, body) = section.split_once('\n').unwrap_or((section, ""));
        let title = title.trim();
        is_wanted(title).then_some((title, body))
    })
}

fn is_dated(title: &str) -> bool {
    let shape = |date: &str| {
        date.len() == 10
            && date.char_indices().all(|(index, it)| match index {
                4 | 7 => it == '-',
                _ => it.is_ascii_digit(),
            })
    };
    title.split_once(" - ").is_some_and(|(_, date)| shape(date))
}

#[cfg(test)]
mod tests;
