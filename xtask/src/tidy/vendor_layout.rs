//! The rule that all vendor crates share one API: their names, their features, and the headings of their documentation.

mod vendor;

use super::tree::Tree;
use super::violation::Violation;
use vendor::{LIBRARY, MANIFEST, README, Vendor};

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let names = tree.vendor_crates();
    let vendors: Vec<_> = names.iter().map(|name| Vendor::read(tree, name)).collect();
    let alone = vendors
        .iter()
        .flat_map(|vendor| check_alone(vendor, &names));
    let beside = vendors
        .split_first()
        .into_iter()
        .flat_map(|(model, others)| {
            others
                .iter()
                .flat_map(move |other| check_beside(model, other))
        });
    alone.chain(beside).collect()
}

/// What every vendor crate has to keep, whatever the others do.
fn check_alone(vendor: &Vendor<'_>, names: &[&str]) -> Vec<Violation> {
    let mut violations = vendor.faults.clone();
    if let Some(exports) = &vendor.exports {
        let missing = EXPORTS.iter().filter(|&&name| !exports.contains(name));
        violations.extend(missing.map(|name| {
            let message =
                format!("`{name}` is missing: export it with `pub use`, as every vendor does");
            Violation::new(vendor.path(LIBRARY), 1, message)
        }));
    }
    let imported = vendor
        .dependencies
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()));
    violations.extend(imported.map(|(name, line)| {
        let message = format!("`{name}` is another vendor: move what both need to auth-core");
        Violation::new(vendor.path(MANIFEST), *line, message)
    }));
    violations
}

/// Where a vendor crate deviates from the first one, which is the model for the others.
fn check_beside(model: &Vendor<'_>, other: &Vendor<'_>) -> Vec<Violation> {
    let one_sided = |what: &str, in_other: bool| {
        let (has, lacks) = if in_other {
            (other, model)
        } else {
            (model, other)
        };
        format!(
            "{what} is in {} but not in {}: change all vendors together",
            has.name, lacks.name
        )
    };
    let features = model
        .features
        .symmetric_difference(&other.features)
        .map(|feature| {
            let message = one_sided(
                &format!("feature `{feature}`"),
                other.features.contains(feature),
            );
            Violation::new(other.path(MANIFEST), 1, message)
        });
    features.chain(heading_difference(model, other)).collect()
}

/// The first heading that differs; those behind it would differ only because of it.
fn heading_difference(model: &Vendor<'_>, other: &Vendor<'_>) -> Option<Violation> {
    let length = model.headings.len().max(other.headings.len());
    let (expected, found) = (0..length)
        .map(|index| (model.headings.get(index), other.headings.get(index)))
        .find(|(expected, found)| expected.map(|(text, _)| text) != found.map(|(text, _)| text))?;
    let line = found.map_or(1, |&(_, line)| line);
    let [expected, found] =
        [expected, found].map(|heading| heading.map_or("no heading", |(text, _)| text));
    let message = format!(
        "`{found}` differs from {}, which has `{expected}`: change all vendors together",
        model.name
    );
    Some(Violation::new(other.path(README), line, message))
}

/// Beyond these, each vendor exports the enums that its own configuration needs.
const EXPORTS: &[&str] = &[
    "Config",
    "ConfigBuilder",
    "Client",
    "Options",
    "Calls",
    "TenantClients",
    "TenantConfig",
];

#[cfg(test)]
mod tests;
