//! Runs the bench targets of the package `tests` and collects what they print.

use std::error::Error;
use std::path::Path;
use std::process::Stdio;

use super::figure::{self, Figure};
use crate::process::cargo;

/// Measures everything; what cargo has to say goes to standard error.
pub(crate) fn all(root: &Path, quick: bool) -> Result<Vec<Figure>, Box<dyn Error>> {
    let mut figures = Vec::new();
    for (package, target) in TARGETS {
        let mut command = cargo(root);
        // The only default feature of `tests` counts every call, and programs that do not need that do not pay for it.
        command
            .args(["bench", "--package", package, "--no-default-features"])
            .args(["--bench", target, "--"]);
        if quick {
            command.arg("--quick");
        }
        let output = command.stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("the bench `{target}` failed: {}", output.status).into());
        }
        figures.extend(figure::parse(&String::from_utf8(output.stdout)?)?);
    }
    Ok(figures)
}

/// Measures a stampede on the caches of other crates, in a package of its own, since they bring a hundred crates along.
pub(crate) fn peers(root: &Path, quick: bool) -> Result<Vec<Figure>, Box<dyn Error>> {
    let mut command = cargo(root);
    command
        .args(["run", "--release", "--locked", "--manifest-path"])
        .arg(root.join("tests/benches/stampede-peers/Cargo.toml"))
        .env("CARGO_TARGET_DIR", root.join("target/peers"))
        .arg("--");
    if quick {
        command.arg("--quick");
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("the stampede on peers failed: {}", output.status).into());
    }
    Ok(figure::parse(&String::from_utf8(output.stdout)?)?)
}

/// Time first: the last one leaves the machine's memory in disorder.
const TARGETS: [(&str, &str); 3] = [
    ("tests", "ratios"),
    ("auth-cli", "forward"),
    ("tests", "memory"),
];
