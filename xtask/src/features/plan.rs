//! Which combinations of features are checked, in as few builds as show the same.

use std::fmt;

use super::manifest::Manifest;

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

/// Lists the builds: none, each and all, and with `pairs` each pair.
///
/// A library is checked by itself: the dependencies of tests, and of other crates, would turn on features that it may have forgotten.
/// Its tests and examples are then checked for all crates in one build.
/// That changes no combination: a feature of the vendor crates that only forwards turns on the same feature of auth-core, and nothing else.
pub(super) fn checks(manifests: &[Manifest], pairs: bool) -> Vec<Check> {
    let mut checks = Vec::new();
    for manifest in manifests {
        let package = manifest.package();
        for names in combinations(manifest, pairs) {
            let features = names.iter().map(|name| format!("{package}/{name}"));
            let features: Vec<_> = features.collect();
            if names.len() == 2 && pairs {
                checks.push(of_one(package, &features, TESTS));
            }
            checks.push(of_one(package, &features, LIBRARY));
        }
        for own in manifest.features() {
            if !manifest.is_forwarded(own) && manifest.package() != BASE {
                checks.push(of_one(package, &[format!("{package}/{own}")], TESTS));
            }
        }
    }
    let shared = manifests
        .first()
        .map(Manifest::features)
        .unwrap_or_default();
    let mut together: Vec<Vec<String>> = vec![Vec::new()];
    together.extend(shared.iter().map(|name| vec![name.clone()]));
    for names in together {
        checks.push(of_all(manifests, |manifest| {
            let features = manifest.features().iter();
            features.filter(|feature| names.contains(feature)).collect()
        }));
    }
    checks.push(of_all(manifests, |manifest| {
        manifest.features().iter().collect()
    }));
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
    found.push(features.iter().map(String::as_str).collect());
    found
}

fn of_one(package: &str, features: &[String], targets: &'static str) -> Check {
    Check {
        packages: vec![package.to_owned()],
        features: features.to_vec(),
        targets,
    }
}

fn of_all<'m>(
    manifests: &'m [Manifest],
    chosen: impl Fn(&'m Manifest) -> Vec<&'m String>,
) -> Check {
    let packages = manifests
        .iter()
        .map(|manifest| manifest.package().to_owned());
    let features = manifests.iter().flat_map(|manifest| {
        let features = chosen(manifest).into_iter();
        features.map(|feature| format!("{}/{feature}", manifest.package()))
    });
    Check {
        packages: packages.collect(),
        features: features.collect(),
        targets: TESTS,
    }
}

const LIBRARY: &str = "--lib";
const TESTS: &str = "--all-targets";

/// The crate whose features the others forward to.
const BASE: &str = "auth-core";
