//! Runs the bench targets of the package `tests` and collects what they print.

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

use super::figure::{self, Figure};

/// Measures everything; what cargo has to say goes to standard error.
pub(crate) fn all(root: &Path, quick: bool) -> Result<Vec<Figure>, Box<dyn Error>> {
    let mut figures = Vec::new();
    for target in TARGETS {
        let mut command = Command::new(env!("CARGO"));
        // The only default feature counts every call, and programs that do not need that do not pay for it.
        command
            .args(["bench", "--package", "tests", "--no-default-features"])
            .args(["--bench", target, "--"]);
        if quick {
            command.arg("--quick");
        }
        let output = command
            .current_dir(root)
            .stderr(Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err(format!("the bench `{target}` failed: {}", output.status).into());
        }
        figures.extend(figure::parse(&String::from_utf8(output.stdout)?)?);
    }
    Ok(figures)
}

/// Time first: the other one leaves the machine's memory in disorder.
const TARGETS: [&str; 2] = ["ratios", "memory"];
