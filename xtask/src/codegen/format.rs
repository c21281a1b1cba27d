//! Generated text in the form that `cargo fmt --check` accepts, by the same program.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Formats one file's text as the workspace is formatted.
///
/// # Errors
///
/// Says what `rustfmt` says of text that is no Rust, or why it could not be run.
pub(crate) fn formatted(root: &Path, text: &str) -> Result<String, Box<dyn Error>> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run rustfmt: {error}"))?;
    // rustfmt reads all of its input before it writes, so neither pipe can fill while the other waits.
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(format!("rustfmt rejects the generated text: {}", reason.trim()).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
