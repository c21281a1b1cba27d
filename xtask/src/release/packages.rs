//! What is uploaded: the files of each package, and that it builds from them.

use super::Context;
use crate::process::{cargo, read};
use crate::steps::{Outcome, StepResult};
use crate::workspace;

/// Each package contains the texts of its licences and its README.
pub(super) fn licence_files(context: &Context) -> StepResult {
    let mut faults = Vec::new();
    for package in workspace::published(&context.metadata) {
        let mut command = cargo(&context.root);
        command.args([
            "package",
            "--list",
            "--allow-dirty",
            "--package",
            &package.name,
        ]);
        faults.extend(missing(&package.name, &read(&mut command)?));
    }
    Ok(Outcome::of_faults(faults, ""))
}

/// Every package is built from what would be uploaded, against the others.
///
/// What is not committed is another step's fault, and no reason not to know whether this one holds.
pub(super) fn dry_run(context: &Context) -> StepResult {
    // Cargo keeps what it once unpacked and built of a package's version in a folder, and each check is of the same version.
    let fresh = tempfile::tempdir()?;
    let mut command = cargo(&context.root);
    command
        .args([
            "publish",
            "--workspace",
            "--dry-run",
            "--allow-dirty",
            "--locked",
            "--quiet",
            "--target-dir",
        ])
        .arg(fresh.path());
    read(&mut command)?;
    Ok(Outcome::passed())
}

/// What the list of a package's files lacks.
fn missing(package: &str, files: &str) -> Vec<String> {
    let missing = NEEDED
        .iter()
        .filter(|needed| !files.lines().any(|file| file == **needed));
    missing
        .map(|needed| format!("{package}: the package does not contain {needed}"))
        .collect()
}

const NEEDED: &[&str] = &["LICENSE-MIT", "LICENSE-APACHE", "README.md"];

#[cfg(test)]
mod tests;
