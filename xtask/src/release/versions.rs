//! All crates have one version, which is above what is published.

use cargo_metadata::semver::{Version, VersionReq};

use super::Context;
use crate::process::{cargo, output};
use crate::steps::{Outcome, StepResult};
use crate::workspace;

pub(super) fn check(context: &Context) -> StepResult {
    let packages: Vec<_> = workspace::published(&context.metadata).collect();
    let versions = packages
        .iter()
        .map(|package| (package.name.as_str(), &package.version));
    let mut faults = unequal(&versions.collect::<Vec<_>>());
    for package in &packages {
        let siblings = package.dependencies.iter().filter(|it| it.path.is_some());
        for dependency in siblings {
            let version = packages
                .iter()
                .find(|it| it.name.as_str() == dependency.name);
            faults.extend(version.and_then(|it| {
                outdated(
                    &package.name,
                    &dependency.name,
                    &dependency.req,
                    &it.version,
                )
            }));
        }
    }
    let mut published = Vec::new();
    for package in &packages {
        match on_index(&package.name)? {
            Index::Unreachable(reason) => {
                return Ok(if faults.is_empty() {
                    Outcome::Skipped(format!("the index cannot be reached: {reason}"))
                } else {
                    Outcome::of_faults(faults, "")
                });
            }
            Index::Nothing => {}
            Index::Version(version) => {
                faults.extend(not_above(&package.name, &package.version, &version));
                published.push(format!("{} {version}", package.name));
            }
        }
    }
    let note = match published.is_empty() {
        true => "no crate is published yet".to_owned(),
        false => format!("published: {}", published.join(", ")),
    };
    Ok(Outcome::of_faults(faults, note))
}

/// What the index knows of a crate.
#[derive(Debug, PartialEq, Eq)]
enum Index {
    Nothing,
    Version(Version),
    Unreachable(String),
}

/// Asks for the newest version.
fn on_index(name: &str) -> Result<Index, String> {
    // Inside the workspace, cargo would describe the crate there.
    let mut command = cargo(&std::env::temp_dir());
    command.args(["info", "--registry", "crates-io", name]);
    let output = output(&mut command)?;
    Ok(understood(
        output.status.success(),
        &String::from_utf8_lossy(&output.stdout),
        &String::from_utf8_lossy(&output.stderr),
    ))
}

/// Reads what `cargo info` printed.
fn understood(success: bool, stdout: &str, stderr: &str) -> Index {
    if !success {
        return match stderr.contains("could not find") {
            true => Index::Nothing,
            false => {
                Index::Unreachable(stderr.lines().last().unwrap_or_default().trim().to_owned())
            }
        };
    }
    let version = stdout
        .lines()
        .find_map(|line| line.strip_prefix("version: "));
    let version = version.and_then(|it| it.split_whitespace().next()?.parse().ok());
    version.map_or_else(
        || Index::Unreachable("`cargo info` printed no version".to_owned()),
        Index::Version,
    )
}

fn unequal(versions: &[(&str, &Version)]) -> Vec<String> {
    let Some((first, expected)) = versions.first() else {
        return vec!["no crate is published from here".to_owned()];
    };
    let others = versions.iter().filter(|(_, version)| version != expected);
    others
        .map(|(name, version)| format!("{name} is {version}, but {first} is {expected}"))
        .collect()
}

fn outdated(
    package: &str,
    dependency: &str,
    req: &VersionReq,
    version: &Version,
) -> Option<String> {
    let expected: VersionReq = version.to_string().parse().ok()?;
    (*req != expected).then(|| {
        format!("{package} requires {dependency} {req}, but it is {version}: change [workspace.dependencies]")
    })
}

fn not_above(name: &str, version: &Version, published: &Version) -> Option<String> {
    (version <= published)
        .then(|| format!("{name} {version} is not above {published}, which is published"))
}

#[cfg(test)]
mod tests;
