//! The published crates compile for Windows, as far as this machine can tell.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Context;
use crate::process::{cargo, failure, output, read};
use crate::steps::{Outcome, StepResult};
use crate::workspace;

/// Checks the crates with their default features; ci.yml runs their tests on Windows itself.
pub(super) fn check(context: &Context) -> StepResult {
    if let Some(reason) = missing(&standard_library()?, has_compiler()) {
        return Ok(Outcome::Skipped(reason));
    }
    let mut command = cargo(&context.root);
    command.args(["check", "--quiet", "--locked", "--target", TARGET]);
    for package in workspace::published(&context.metadata) {
        command.args(["--package", &package.name]);
    }
    let output = output(&mut command)?;
    // Quiet as it is, it prints warnings and errors, and nothing else.
    if !output.status.success() || !output.stderr.trim_ascii().is_empty() {
        return Ok(Outcome::Failed(failure(&command, &output)));
    }
    Ok(Outcome::Passed(TARGET.to_owned()))
}

/// Says what has to be installed first.
fn missing(library: &Path, has_compiler: bool) -> Option<String> {
    // Its name has a hash.
    let mut files = std::fs::read_dir(library).into_iter().flatten().flatten();
    let is_there = files.any(|file| file.file_name().to_string_lossy().starts_with("libstd-"));
    if !is_there {
        return Some(format!(
            "the standard library of {TARGET} is not installed: run `rustup target add {TARGET}`"
        ));
    }
    (!has_compiler).then(|| {
        format!(
            "{COMPILER} is not installed, which ring needs: on Debian, install gcc-mingw-w64-x86-64"
        )
    })
}

/// The folder in which the compiler in use looks for the standard library of the target.
fn standard_library() -> Result<PathBuf, Box<dyn Error>> {
    let name = format!("rustc{}", std::env::consts::EXE_SUFFIX);
    let mut rustc = Command::new(Path::new(env!("CARGO")).with_file_name(name));
    let folder = read(rustc.args(["--print", "target-libdir", "--target", TARGET]))?;
    Ok(folder.trim().into())
}

fn has_compiler() -> bool {
    // On Windows itself, any compiler that cargo finds will do.
    cfg!(windows)
        || output(Command::new(COMPILER).arg("--version")).is_ok_and(|it| it.status.success())
}

/// Of the two that rustup has, the one whose C compiler other systems have too.
const TARGET: &str = "x86_64-pc-windows-gnu";

const COMPILER: &str = "x86_64-w64-mingw32-gcc";

#[cfg(test)]
mod tests;
