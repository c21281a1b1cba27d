//! What users' code depends on: the public API, its types, and its changes since the last release.

use std::process::Command;

use super::Context;
use super::tools::SEMVER_CHECKS;
use crate::process::{output, read};
use crate::steps::{Outcome, StepResult};
use crate::tidy::foreign_types;
use crate::tidy::tree::Tree;
use crate::workspace;

/// The public API is the one that was reviewed.
pub(super) fn api(context: &Context) -> StepResult {
    crate::api::check(&context.root)
}

/// No type of another crate is part of the API, except for those that are meant to be.
pub(super) fn foreign_types(context: &Context) -> StepResult {
    let found = foreign_types::check(&Tree::read(&context.root)?);
    let faults = found
        .iter()
        .map(|it| format!("{}:{}: {}", it.path, it.line, it.message));
    Ok(Outcome::of_faults(faults.collect(), ""))
}

/// The version fits the changes since the last release's tag.
pub(super) fn semver(context: &Context) -> StepResult {
    let Some(tag) = last_tag(context)? else {
        return Ok(Outcome::Skipped("no release has a tag yet".to_owned()));
    };
    let mut command = match context.tools.command(&SEMVER_CHECKS) {
        Ok(command) => command,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    command.args(["--all-features", "--baseline-rev", &tag]);
    for package in workspace::published(&context.metadata) {
        if workspace::has_library(package) {
            command.args(["--package", &package.name]);
        }
    }
    read(&mut command)?;
    Ok(Outcome::Passed(format!("compared with {tag}")))
}

fn last_tag(context: &Context) -> Result<Option<String>, String> {
    let mut git = Command::new("git");
    git.args(["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"]);
    // The tag of this very version may be there already: it is not the last release.
    for package in workspace::published(&context.metadata).take(1) {
        git.arg("--exclude").arg(format!("v{}", package.version));
    }
    let output = output(git.current_dir(&context.root))?;
    // It fails if there is none.
    let tag = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok((output.status.success() && !tag.is_empty()).then_some(tag))
}
