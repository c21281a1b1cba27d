//! `cargo xtask features`: each feature compiles without a warning, alone and with others, and costs what its comment says.

mod cost;
mod manifest;
mod plan;

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use self::manifest::{Kind, Manifest};
use self::plan::Check;
use crate::flags::FeatureOptions;
use crate::{process, workspace};

/// Checks all libraries and programs, and prints every fault.
pub(crate) fn run(options: &FeatureOptions) -> Result<ExitCode, Box<dyn Error>> {
    let root = workspace::root()?;
    let faults = check(&root, options.pairs)?;
    for fault in &faults {
        writeln!(io::stderr().lock(), "{fault}\n")?;
    }
    Ok(if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Returns what is wrong with the features: of each one, of none and of all; if asked, also of each pair, and of the tests with each.
pub(crate) fn check(root: &Path, pairs: bool) -> Result<Vec<String>, Box<dyn Error>> {
    let manifests = manifests(root)?;
    let checks = plan::checks(&manifests, pairs);
    let started = Instant::now();
    let mut faults: Vec<_> = checks
        .iter()
        .filter_map(|check| fault(root, check))
        .collect();
    let took = started.elapsed().as_secs();
    let mut out = io::stdout().lock();
    writeln!(out, "{} combinations checked in {took} s", checks.len())?;
    for manifest in &manifests {
        let package = manifest.package();
        for (feature, crates) in cost::measure(root, manifest)? {
            writeln!(out, "{package}: {feature} costs {crates} crates")?;
            faults.extend(manifest.check_cost(&feature, crates).err());
            faults.extend(manifest.check_readme(&feature, crates).err());
        }
    }
    Ok(faults)
}

/// The manifests of all libraries, of which auth-core's comes first, and of all programs.
fn manifests(root: &Path) -> Result<Vec<Manifest>, Box<dyn Error>> {
    let metadata = workspace::metadata(root)?;
    let libraries = workspace::libraries(&metadata).into_iter();
    let libraries = libraries.map(|name| (name, Kind::Library));
    let programs =
        workspace::published(&metadata).filter(|package| !workspace::has_library(package));
    let programs = programs.map(|package| (package.name.to_string(), Kind::Program));
    libraries
        .chain(programs)
        .map(|(name, kind)| Manifest::read(root, &name, kind))
        .collect()
}

fn fault(root: &Path, check: &Check) -> Option<String> {
    let mut command = process::cargo(root);
    command
        .args(["check", "--quiet", "--locked", "--no-default-features"])
        .args(check.arguments())
        // So many states of one crate are not worth their disk.
        .env("CARGO_INCREMENTAL", "0");
    let told = match process::output(&mut command) {
        // Quiet as it is, it prints warnings and errors, and nothing else.
        Ok(output) if output.status.success() && output.stderr.trim_ascii().is_empty() => {
            return None;
        }
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error,
    };
    Some(format!("{check}:\n{told}"))
}

#[cfg(test)]
mod tests;
