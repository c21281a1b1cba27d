//! Which combinations of features are checked, in as few builds as show the same.

use std::fmt;

use super::manifest::{Kind, Manifest};
use crate::workspace::BASE;

/// One build.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Check {
    packages: Vec<String>,
    /// As `package/feature`.
    features: Vec<String>,
    targets: &'static str,
}

impl Check {
    pub(super) fn arguments(&self) -> Vec<String> {
        let packages = self.packages.iter();
        let mut arguments: Vec<String> = packages
            .flat_map(|package| ["--package".to_owned(), package.clone()])
            .collect();
        arguments.push(self.targets.to_owned());
        arguments.push("--features".to_owned());
        arguments.push(self.features.join(","));
        arguments
    }
}

impl fmt::Display for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (packages, features) = (self.packages.join(", "), self.features.join(", "));
        write!(
            formatter,
            "{packages} ({}) with features [{features}]",
            self.targets
        )
    }
}

/// Lists the builds: each library and program with none of its features, each one and all, and with `pairs` each pair.
///
/// Each is checked by itself: the dependencies of tests, and of other crates, would turn on features that it may have forgotten.
/// Only a feature that the vendor crates forward to auth-core, and do nothing else for, is checked for all of them in one build.
///
/// The tests and examples are compiled with no feature and with all by `cargo xtask ci lint`, and with each one only under `pairs`:
/// a program that uses a library never compiles them.
pub(super) fn checks(manifests: &[Manifest], pairs: bool) -> Vec<Check> {
    let mut checks = Vec::new();
    for manifest in manifests {
        let package = manifest.package();
        for names in combinations(manifest, pairs) {
            let is_shared = matches!(names[..], [only] if manifest.is_forwarded(only));
            if is_shared && !pairs {
                continue;
            }
            let features = names.iter().map(|name| format!("{package}/{name}"));
            let features: Vec<_> = features.collect();
            if pairs && !is_shared {
                checks.push(of_one(package, &features, TESTS));
            }
            checks.push(of_one(package, &features, targets(manifest)));
        }
    }
    let base = manifests.iter().find(|it| it.package() == BASE);
    for name in base.map(Manifest::features).unwrap_or_default() {
        let family: Vec<_> = manifests
            .iter()
            .filter(|it| it.is_forwarded(name))
            .collect();
        // With pairs, the library itself was checked for each crate above.
        let targets = if pairs { TESTS } else { LIBRARY };
        if !family.is_empty() {
            checks.push(of_all(&family, name, targets));
        }
    }
    checks
}

/// Lists none, each, all, and each pair if asked.
///
/// A pair that a vendor crate only forwards is auth-core's pair, and is checked there.
pub(super) fn combinations(manifest: &Manifest, pairs: bool) -> Vec<Vec<&str>> {
    let features = manifest.features();
    let mut found = vec![Vec::new()];
    for (index, first) in features.iter().enumerate() {
        found.push(vec![first.as_str()]);
        for second in features[index + 1..].iter().filter(|_| pairs) {
            if !(manifest.is_forwarded(first) && manifest.is_forwarded(second)) {
                found.push(vec![first.as_str(), second.as_str()]);
            }
        }
    }
    let all: Vec<_> = features.iter().map(String::as_str).collect();
    if !found.contains(&all) {
        found.push(all);
    }
    found
}

/// What users compile.
fn targets(manifest: &Manifest) -> &'static str {
    match manifest.kind() {
        Kind::Library => LIBRARY,
        Kind::Program => PROGRAM,
    }
}

fn of_one(package: &str, features: &[String], targets: &'static str) -> Check {
    Check {
        packages: vec![package.to_owned()],
        features: features.to_vec(),
        targets,
    }
}

fn of_all(manifests: &[&Manifest], feature: &str, targets: &'static str) -> Check {
    let packages = manifests.iter().map(|manifest| manifest.package());
    Check {
        packages: packages.clone().map(str::to_owned).collect(),
        features: packages
            .map(|package| format!("{package}/{feature}"))
            .collect(),
        targets,
    }
}

const LIBRARY: &str = "--lib";
const PROGRAM: &str = "--bins";
const TESTS: &str = "--all-targets";
