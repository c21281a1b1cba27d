//! The public API of each library, as rustdoc sees it.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use public_api::Builder;

use super::FOLDER;
use crate::codegen::compare::Files;
use crate::process::{self, cargo};
use crate::workspace;

/// Renders one file for each library that is published.
pub(super) fn all(root: &Path) -> Result<Files, Box<dyn Error>> {
    let metadata = workspace::metadata(root)?;
    let target = metadata.target_directory.as_std_path();
    let mut command = cargo(root);
    // Of the whole workspace, as clippy: in this selection, the dependencies are compiled already.
    command
        .args([
            "doc",
            "--quiet",
            "--locked",
            "--workspace",
            "--no-deps",
            "--lib",
            "--all-features",
        ])
        .env("RUSTDOC", std::env::current_exe()?)
        .env(RUSTDOC, rustdoc_of_cargo())
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json");
    process::read(&mut command)?;
    let mut files = Files::new();
    for library in workspace::published(&metadata).filter(|it| workspace::has_library(it)) {
        let name = library.name.replace('-', "_");
        let api = Builder::from_rustdoc_json(target.join("doc").join(name).with_extension("json"))
            .omit_auto_derived_impls(true)
            .omit_auto_trait_impls(true)
            .omit_blanket_impls(true)
            .build()
            .map_err(|error| format!("{error}\n{FORMAT_ADVICE}"))?;
        let text = api.items().map(|item| format!("{item}\n")).collect();
        files.insert(format!("{FOLDER}/{}.txt", library.name), text);
    }
    Ok(files)
}

/// Runs rustdoc with its unstable options allowed, if cargo has called this program in rustdoc's place.
///
/// The toolchain in use can write the JSON, so that none other needs to be installed.
/// Allowing it for all that cargo runs would have every dependency compiled again.
pub(crate) fn instead_of_rustdoc() -> Option<Result<ExitCode, Box<dyn Error>>> {
    let mut rustdoc = Command::new(std::env::var_os(RUSTDOC)?);
    rustdoc
        .args(std::env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1");
    Some(match rustdoc.status() {
        Ok(status) if status.success() => Ok(ExitCode::SUCCESS),
        Ok(_) => Ok(ExitCode::FAILURE),
        Err(error) => Err(format!("cannot run rustdoc: {error}").into()),
    })
}

/// The rustdoc of the toolchain that this program's cargo belongs to.
fn rustdoc_of_cargo() -> PathBuf {
    let name = format!("rustdoc{}", std::env::consts::EXE_SUFFIX);
    Path::new(env!("CARGO")).with_file_name(name)
}

/// Names the real rustdoc while this program stands in for it.
const RUSTDOC: &str = "XTASK_RUSTDOC";

/// rustdoc's JSON has a version, and each version of the crate that reads it accepts one.
const FORMAT_ADVICE: &str = "`public-api` reads the JSON of some versions of Rust only: use one of them, or update `public-api` in xtask/Cargo.toml";
