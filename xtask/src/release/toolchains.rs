//! Builds with other toolchains than the one in use: the oldest that is supported, and that of docs.rs.

use super::Context;
use crate::process::{cargo_of, read};
use crate::steps::{Outcome, StepResult};
use crate::workspace;

/// The crates compile with the `rust-version` that they state.
pub(super) fn rust_version(context: &Context) -> StepResult {
    let mut packages = workspace::published(&context.metadata);
    let version = packages.find_map(|package| package.rust_version.clone());
    let version = version.ok_or("no crate states its `rust-version`")?;
    let short = format!("{}.{}", version.major, version.minor);
    let Some(toolchain) = find(&installed(), &short) else {
        let reason =
            format!("Rust {short} is not installed: run `rustup toolchain install {short}`");
        return Ok(Outcome::Skipped(reason));
    };
    let mut command = cargo_of(&toolchain, &context.root);
    command.args(["check", "--quiet", "--locked", "--all-features"]);
    for package in workspace::published(&context.metadata) {
        command.args(["--package", &package.name]);
    }
    // A folder of its own: the other toolchain's artifacts would be built again.
    command.env("CARGO_TARGET_DIR", context.root.join("target/rust-version"));
    read(&mut command)?;
    Ok(Outcome::Passed(toolchain))
}

/// The documentation builds without a warning, as docs.rs builds it.
pub(super) fn docs_rs(context: &Context) -> StepResult {
    let Some(toolchain) = nightly() else {
        return Ok(Outcome::Skipped(NO_NIGHTLY.to_owned()));
    };
    for package in workspace::published(&context.metadata) {
        if !workspace::has_library(package) {
            continue;
        }
        let mut command = cargo_of(&toolchain, &context.root);
        command
            .args([
                "doc",
                "--quiet",
                "--locked",
                "--no-deps",
                "--lib",
                "--all-features",
            ])
            .args(["--package", &package.name])
            .env("RUSTDOCFLAGS", "--cfg docsrs -D warnings")
            .env("CARGO_TARGET_DIR", context.root.join("target/docs-rs"));
        read(&mut command)?;
    }
    Ok(Outcome::Passed(toolchain))
}

/// The name of an installed nightly toolchain.
pub(super) fn nightly() -> Option<String> {
    find(&installed(), "nightly")
}

/// What `rustup toolchain list` prints; nothing without rustup.
fn installed() -> String {
    read(std::process::Command::new("rustup").args(["toolchain", "list"])).unwrap_or_default()
}

/// Finds a toolchain by its channel: `1.88` is also 1.88.0, but not 1.880.
fn find(list: &str, channel: &str) -> Option<String> {
    let mut names = list
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let fits = |name: &str| {
        let rest = name.strip_prefix(channel)?;
        rest.is_empty()
            .then_some(())
            .or_else(|| rest.starts_with(['-', '.']).then_some(()))
    };
    names.find(|name| fits(name).is_some()).map(str::to_owned)
}

pub(super) const NO_NIGHTLY: &str =
    "no nightly toolchain is installed: run `rustup toolchain install nightly`";

#[cfg(test)]
mod tests;
