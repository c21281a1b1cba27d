//! The two addresses that a release publishes, each of which is one line in one place.

use std::fs;

use super::Context;
use crate::steps::{Outcome, StepResult};
use crate::workspace;

/// `repository` in `[workspace.package]`, which every crate inherits.
pub(super) fn repository(context: &Context) -> StepResult {
    let packages: Vec<_> = workspace::published(&context.metadata).collect();
    let addresses = packages.iter().map(|package| {
        let address = package.repository.as_deref().unwrap_or_default();
        (package.name.as_str(), address)
    });
    Ok(of_repositories(&addresses.collect::<Vec<_>>()))
}

/// The line `Contact:` in docs/SECURITY.md.
pub(super) fn security_contact(context: &Context) -> StepResult {
    let text = fs::read_to_string(context.root.join("docs/SECURITY.md"))?;
    Ok(of_contact(&text))
}

fn of_repositories(addresses: &[(&str, &str)]) -> Outcome {
    if addresses.iter().all(|(_, address)| address.is_empty()) {
        let place = "set `repository` in `[workspace.package]` of Cargo.toml";
        return Outcome::Skipped(format!("no address of the repository is known: {place}"));
    }
    let faults = addresses
        .iter()
        .filter(|(_, address)| !address.starts_with("https://"));
    let faults = faults.map(|(name, address)| {
        format!("{name}: `repository` is `{address}`, which is no https address; inherit it with `repository.workspace = true`")
    });
    Outcome::of_faults(faults.collect(), "")
}

fn of_contact(text: &str) -> Outcome {
    let contact = text.lines().find_map(|line| line.strip_prefix("Contact:"));
    let Some(contact) = contact.map(str::trim) else {
        return Outcome::Failed("docs/SECURITY.md has no line `Contact:`".to_owned());
    };
    let is_address = ["https://", "mailto:"]
        .iter()
        .any(|scheme| contact.trim_start_matches('<').starts_with(scheme));
    if is_address {
        Outcome::Passed(contact.to_owned())
    } else {
        let place = "write it behind `Contact:` in docs/SECURITY.md";
        Outcome::Skipped(format!("no address for security reports is known: {place}"))
    }
}

#[cfg(test)]
mod tests;
