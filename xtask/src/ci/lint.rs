//! Clippy over the states of the code that differ.

use std::path::Path;

use crate::process::{cargo, succeed};

/// Lints everything with all features, then the libraries with few.
///
/// The default features have no pass of their own: their code is linted with all features, except for a few lines that are
/// compiled only without one of the others, which `cargo xtask features` compiles with warnings denied.
pub(super) fn run(root: &Path) -> Result<(), String> {
    clippy(root, &["--workspace", "--all-features"])?;
    // Each by itself: in a build of several crates, another one may turn a feature on again.
    let mut libraries = vec!["auth-core".to_owned()];
    for entry in std::fs::read_dir(root.join("crates")).map_err(|error| error.to_string())? {
        let name = entry.map_err(|error| error.to_string())?.file_name();
        let name = name.to_string_lossy();
        if name.ends_with("-auth") {
            libraries.push(name.into_owned());
        }
    }
    for library in &libraries {
        clippy(root, &["--package", library, "--no-default-features"])?;
    }
    for features in ["reqwest", "reqwest,native-tls"] {
        let package = ["--package", "auth-core", "--no-default-features"];
        clippy(root, &[&package[..], &["--features", features]].concat())?;
    }
    Ok(())
}

fn clippy(root: &Path, selection: &[&str]) -> Result<(), String> {
    succeed(
        cargo(root)
            .args(["clippy", "--quiet", "--locked", "--all-targets"])
            .args(selection)
            .args(["--", "-D", "warnings"]),
    )
}
