//! `cargo xtask features`: every feature, every pair of them, none and all compile without a warning, and cost what is stated.

mod cost;
mod manifest;

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use self::manifest::Manifest;
use crate::workspace;

/// Checks the crates named, or all libraries with features of their own.
pub(crate) fn run(named: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    let root = workspace::root()?;
    let mut out = io::stdout().lock();
    let mut faults = Vec::new();
    for package in LIBRARIES {
        if !named.is_empty() && !named.iter().any(|name| name == package) {
            continue;
        }
        let manifest = Manifest::read(&root, package)?;
        let started = Instant::now();
        let combinations = combinations(&manifest);
        for features in &combinations {
            if let Err(fault) = check(&root, package, features) {
                faults.push(format!(
                    "{package} with features [{}]:\n{fault}",
                    features.join(", ")
                ));
            }
        }
        let took = started.elapsed().as_secs();
        writeln!(
            out,
            "{package}: {} combinations checked in {took} s",
            combinations.len()
        )?;
        for (feature, crates) in cost::measure(&root, package, manifest.features())? {
            writeln!(out, "{package}: {feature} costs {crates} crates")?;
            faults.extend(manifest.check_cost(&feature, crates).err());
            faults.extend(manifest.check_readme(&feature, crates).err());
        }
    }
    for fault in &faults {
        writeln!(io::stderr().lock(), "{fault}\n")?;
    }
    Ok(if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Lists none, each, each pair, and all.
///
/// A pair that a vendor crate only forwards is auth-core's pair, and is checked there.
fn combinations(manifest: &Manifest) -> Vec<Vec<&str>> {
    let features = manifest.features();
    let mut found = BTreeSet::from([Vec::new()]);
    for (index, first) in features.iter().enumerate() {
        found.insert(vec![first.as_str()]);
        for second in &features[index + 1..] {
            if manifest.is_forwarded(first) && manifest.is_forwarded(second) {
                continue;
            }
            found.insert(vec![first.as_str(), second.as_str()]);
        }
    }
    found.insert(features.iter().map(String::as_str).collect());
    found.into_iter().collect()
}

fn check(root: &Path, package: &str, features: &[&str]) -> Result<(), String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args([
            "check",
            "--quiet",
            "--locked",
            "--all-targets",
            "--package",
            package,
        ])
        .args(["--no-default-features", "--features", &features.join(",")])
        // So many states of one crate are not worth their disk.
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .map_err(|error| error.to_string())?;
    let told = String::from_utf8_lossy(&output.stderr);
    // Quiet as it is, it prints warnings and errors, and nothing else.
    if output.status.success() && told.trim().is_empty() {
        Ok(())
    } else {
        Err(told.into_owned())
    }
}

/// The libraries whose features a program chooses.
const LIBRARIES: &[&str] = &["auth-core", "datasaur-auth", "maia-auth", "runai-auth"];

#[cfg(test)]
mod tests;
