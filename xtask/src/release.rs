//! `cargo xtask release check`: whether the workspace can be published as it is.

mod addresses;
mod changelog;
mod compatibility;
mod dependencies;
mod manifests;
mod minimal;
mod packages;
mod readmes;
mod toolchains;
mod tools;
mod versions;
mod windows;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use cargo_metadata::Metadata;

use crate::flags::ReleaseOptions;
use crate::process::{cargo, read};
use crate::steps::{Outcome, Report, StepResult};
use crate::{ci, codegen, features, tidy, workspace};
use tools::Tools;

/// What every step looks at.
#[derive(Debug)]
struct Context {
    root: PathBuf,
    metadata: Metadata,
    tools: Tools,
}

/// Runs every step, or those named, also after a failure, and ends with a summary.
pub(crate) fn check(options: &ReleaseOptions) -> Result<ExitCode, Box<dyn Error>> {
    let root = workspace::root()?;
    let steps = chosen(&options.steps)?;
    let context = Context {
        metadata: workspace::metadata(&root)?,
        tools: Tools::new(&root, options.install),
        root,
    };
    let mut report = Report::default();
    for (name, step) in steps {
        report.run(name, || step(&context))?;
    }
    context.tools.clean_up()?;
    write!(io::stdout().lock(), "\n{}", report.summary())?;
    Ok(if report.is_success(options.strict) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Returns the steps with these names, or all, always in their own order.
fn chosen(names: &[String]) -> Result<Vec<&'static (&'static str, Step)>, String> {
    let is_step = |name: &&String| STEPS.iter().any(|(step, _)| step == name);
    if let Some(unknown) = names.iter().find(|name| !is_step(name)) {
        let steps: Vec<_> = STEPS.iter().map(|(name, _)| *name).collect();
        return Err(format!(
            "no step `{unknown}`; the steps are {}",
            steps.join(", ")
        ));
    }
    let steps = STEPS.iter();
    let is_chosen = |name: &str| names.is_empty() || names.iter().any(|it| it == name);
    Ok(steps.filter(|(name, _)| is_chosen(name)).collect())
}

type Step = fn(&Context) -> StepResult;

/// The quick ones first.
const STEPS: &[(&str, Step)] = &[
    ("clean-tree", clean_tree),
    ("versions", versions::check),
    ("changelog", changelog::check),
    ("manifests", manifests::check),
    ("repository", addresses::repository),
    ("security-contact", addresses::security_contact),
    ("readme-links", readmes::check),
    ("licence-files", packages::licence_files),
    ("tidy", house_rules),
    ("codegen", generated_files),
    ("locks", lock_files),
    ("licences", dependencies::deny),
    ("advisories", dependencies::advisories),
    ("unused", dependencies::unused),
    ("api", compatibility::api),
    ("foreign-types", compatibility::foreign_types),
    ("semver", compatibility::semver),
    ("docs-rs", toolchains::docs_rs),
    ("rust-version", toolchains::rust_version),
    ("windows", windows::check),
    ("minimal-versions", minimal::check),
    ("publish", packages::dry_run),
    ("bench-peers", bench_of_peers),
    ("features", every_feature),
];

fn clean_tree(context: &Context) -> StepResult {
    let mut git = std::process::Command::new("git");
    let status = read(
        git.args(["status", "--porcelain"])
            .current_dir(&context.root),
    )?;
    Ok(Outcome::of_faults(
        status
            .lines()
            .map(|line| format!("not committed: {line}"))
            .collect(),
        "",
    ))
}

fn house_rules(_: &Context) -> StepResult {
    Ok(by_exit_code(tidy::run()?))
}

fn generated_files(_: &Context) -> StepResult {
    Ok(by_exit_code(codegen::run(true)?))
}

fn lock_files(context: &Context) -> StepResult {
    read(cargo(&context.root).args(["metadata", "--format-version=1", "--locked", "--no-deps"]))?;
    ci::lock_files(&context.root)?;
    Ok(Outcome::passed())
}

/// Of other crates' caches: it changes with the public API, and a release measures with it.
fn bench_of_peers(context: &Context) -> StepResult {
    ci::peers_compile(&context.root)?;
    Ok(Outcome::passed())
}

fn every_feature(context: &Context) -> StepResult {
    Ok(Outcome::of_faults(
        features::check(&context.root, true)?,
        "",
    ))
}

/// The outcome of a command that has printed what is wrong.
fn by_exit_code(code: ExitCode) -> Outcome {
    if code == ExitCode::SUCCESS {
        Outcome::passed()
    } else {
        Outcome::Failed("see above".to_owned())
    }
}

#[cfg(test)]
mod tests;
