//! The lowest versions that the manifests allow resolve and build.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Context;
use super::toolchains::{NO_NIGHTLY, nightly};
use crate::process::{cargo_of, read};
use crate::steps::{Outcome, StepResult};

/// Checks the published crates, in a copy of the workspace, with the lowest version of each direct dependency.
pub(super) fn check(context: &Context) -> StepResult {
    let Some(toolchain) = nightly() else {
        return Ok(Outcome::Skipped(NO_NIGHTLY.to_owned()));
    };
    let copy = copy(&context.root)?;
    let mut lock = cargo_of(&toolchain, &copy);
    read(lock.args(["-Z", "direct-minimal-versions", "generate-lockfile"]))?;
    let mut check = cargo_of(&toolchain, &copy);
    check
        .args([
            "check",
            "--quiet",
            "--locked",
            "--workspace",
            "--all-features",
        ])
        .env(
            "CARGO_TARGET_DIR",
            context.root.join("target/minimal/target"),
        );
    read(&mut check)?;
    Ok(Outcome::passed())
}

/// Copies the published crates, so that neither the lock file nor the requirements of tests are touched.
fn copy(root: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let folder = root.join("target/minimal/workspace");
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut git = Command::new("git");
    let listing = ["ls-files", "--cached", "--others", "--exclude-standard"];
    for path in read(git.args(listing).arg("crates").current_dir(root))?.lines() {
        let (from, to) = (root.join(path), folder.join(path));
        if from.is_file() {
            fs::create_dir_all(to.parent().unwrap_or(&folder))?;
            fs::copy(from, to)?;
        }
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    fs::write(folder.join("Cargo.toml"), only_crates(&manifest)?)?;
    Ok(folder)
}

/// The workspace's manifest with the published crates as its only members.
fn only_crates(manifest: &str) -> Result<String, String> {
    let line = manifest.lines().find(|line| line.starts_with("members = "));
    let line = line.ok_or("the workspace lists no members on one line")?;
    Ok(manifest.replacen(line, "members = [\"crates/*\"]", 1))
}

#[cfg(test)]
mod tests;
