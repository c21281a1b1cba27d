//! `cargo xtask ci`: the checks that every change must pass, in stages.

mod lint;

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::ValueEnum;

use crate::flags::CiOptions;
use crate::process::{cargo, succeed};
use crate::steps::{Outcome, Report, StepResult};
use crate::{api, codegen, features, tidy, workspace};

/// One stage; the quick ones come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// Formatting
    Fmt,
    /// House rules and generated files
    Tidy,
    /// The lock files fit the manifests
    Locks,
    /// Clippy, with all features and with few
    Lint,
    /// Each feature by itself, and what it costs
    Features,
    /// The documentation builds without a warning
    Docs,
    /// The public API is as in `api/`
    Api,
    /// What is negotiated by either TLS implementation
    Tls,
    /// The benches run
    Benches,
    /// The bench of other crates' caches compiles
    BenchPeers,
    /// All tests
    Test,
}

/// Runs the stages, and ends with a summary of their results and times.
pub(crate) fn run(options: &CiOptions) -> Result<ExitCode, Box<dyn Error>> {
    let root = workspace::root()?;
    let mut report = Report::default();
    for stage in chosen(options) {
        report.run(stage.name(), || stage.check(&root))?;
        if report.has_just_failed() {
            break;
        }
    }
    write!(io::stdout().lock(), "\n{}", report.summary())?;
    Ok(if report.is_success(true) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Returns the stages asked for, or all, always in their own order.
fn chosen(options: &CiOptions) -> Vec<Stage> {
    let stages = Stage::ALL.iter().copied();
    stages
        .filter(|stage| options.stages.is_empty() || options.stages.contains(stage))
        .filter(|stage| !options.except.contains(stage))
        .collect()
}

impl Stage {
    pub(crate) const ALL: &[Self] = &[
        Self::Fmt,
        Self::Tidy,
        Self::Locks,
        Self::Lint,
        Self::Features,
        Self::Docs,
        Self::Api,
        Self::Tls,
        Self::Benches,
        Self::BenchPeers,
        Self::Test,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Tidy => "tidy",
            Self::Locks => "locks",
            Self::Lint => "lint",
            Self::Features => "features",
            Self::Docs => "docs",
            Self::Api => "api",
            Self::Tls => "tls",
            Self::Benches => "benches",
            Self::BenchPeers => "bench-peers",
            Self::Test => "test",
        }
    }

    fn check(self, root: &Path) -> StepResult {
        match self {
            Self::Fmt => succeed(cargo(root).args(["fmt", "--all", "--check"]))?,
            Self::Tidy => {
                let tidy = tidy::run()?;
                if tidy != ExitCode::SUCCESS || codegen::run(true)? != ExitCode::SUCCESS {
                    return Ok(Outcome::Failed("see above".to_owned()));
                }
            }
            Self::Locks => lock_files(root)?,
            Self::Lint => lint::run(root)?,
            Self::Features => {
                let faults = features::check(root, false)?;
                return Ok(Outcome::of_faults(faults, ""));
            }
            Self::Docs => docs(root)?,
            Self::Api => return api::check(root),
            Self::Tls => succeed(
                cargo(root)
                    .args(["test", "--locked", "--package", "auth-core", "--lib"])
                    .args(["--features", "http2,native-tls"]),
            )?,
            // Unoptimised and quick; whether a target is met depends on the machine.
            Self::Benches => succeed(
                cargo(root)
                    .args(["test", "--locked", "--workspace"])
                    .args(["--bench", "ratios", "--bench", "memory", "--bench", "micro"]),
            )?,
            Self::BenchPeers => peers_compile(root)?,
            // A skipped peer would show nothing.
            Self::Test => succeed(
                cargo(root)
                    .args(["test", "--workspace"])
                    .env("AUTH_REQUIRE_PEERS", "1"),
            )?,
        }
        Ok(Outcome::passed())
    }
}

/// Compares every lock file with its manifests, which needs the index but downloads no crate.
pub(crate) fn lock_files(root: &Path) -> Result<(), String> {
    for folder in LOCKED {
        succeed(cargo(&root.join(folder)).args(["update", "--quiet", "--workspace", "--locked"]))
            .map_err(|error| {
            let manifest = format!("{folder}/Cargo.toml");
            format!("{error}\nrun `cargo update --workspace --manifest-path {manifest}`")
        })?;
    }
    Ok(())
}

/// Checks the bench of other crates' caches, which is not of the workspace.
pub(crate) fn peers_compile(root: &Path) -> Result<(), String> {
    let manifest = root.join(PEERS).join("Cargo.toml");
    succeed(
        cargo(root)
            .args(["check", "--locked", "--manifest-path"])
            .arg(manifest)
            .env("CARGO_TARGET_DIR", root.join("target")),
    )
}

fn docs(root: &Path) -> Result<(), String> {
    succeed(
        cargo(root)
            .args([
                "doc",
                "--locked",
                "--workspace",
                "--all-features",
                "--no-deps",
            ])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// The folders with a lock file.
const LOCKED: &[&str] = &[".", PEERS];

const PEERS: &str = "tests/benches/stampede-peers";

#[cfg(test)]
mod tests;
