//! What a feature costs: the crates that it adds to a program with the default HTTP client.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use super::manifest::Manifest;
use crate::process::{cargo, read};
use crate::workspace::BASE;

/// Counts what each feature adds.
pub(super) fn measure(
    root: &Path,
    manifest: &Manifest,
) -> Result<Vec<(String, usize)>, Box<dyn Error>> {
    let package = manifest.package();
    let mut costs = Vec::new();
    for feature in manifest.features() {
        let (without, with) = compared(manifest, feature);
        let added = count(root, package, &with)?.saturating_sub(count(root, package, &without)?);
        costs.push((feature.clone(), added));
    }
    Ok(costs)
}

/// The features of the two programs whose difference a feature is.
pub(super) fn compared(manifest: &Manifest, feature: &str) -> (String, String) {
    if feature == CLIENT {
        return (String::new(), CLIENT.to_owned());
    }
    let has_client = manifest.features().iter().any(|own| own == CLIENT);
    let client = match has_client {
        true => CLIENT.to_owned(),
        // A crate that needs no client is used in programs that have one.
        false => format!("{BASE}/{CLIENT}"),
    };
    let with = format!("{client},{feature}");
    (client, with)
}

fn count(root: &Path, package: &str, features: &str) -> Result<usize, Box<dyn Error>> {
    let mut tree = cargo(root);
    tree.args(["tree", "--locked", "--package", package])
        .args(["--edges", "normal"])
        .args(["--prefix", "none", "--format", "{p}"])
        .args(["--no-default-features", "--features", features]);
    Ok(distinct(&read(&mut tree)?))
}

/// A crate that occurs again has a star behind it.
pub(super) fn distinct(tree: &str) -> usize {
    let names = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    names
        .filter(|name| !name.is_empty())
        .collect::<BTreeSet<_>>()
        .len()
}

/// The default HTTP client, on which most other features build.
const CLIENT: &str = "reqwest";
