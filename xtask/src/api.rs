//! `cargo xtask api`: the public API of each library as a file, which is reviewed with the code.

mod render;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::codegen::compare::{Files, differences};
use crate::steps::{Outcome, StepResult};
use crate::workspace;
pub(crate) use render::instead_of_rustdoc;

/// Writes the files, or compares them with those that are there.
pub(crate) fn run(check: bool) -> Result<ExitCode, Box<dyn Error>> {
    let root = workspace::root()?;
    let mut output = io::stdout().lock();
    if !check {
        write(&root, &there(&root)?, &render::all(&root)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(match self::check(&root)? {
        Outcome::Failed(fault) => {
            writeln!(output, "{fault}")?;
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    })
}

/// Fails if a file is not the API of its crate, is missing, or belongs to no crate.
pub(crate) fn check(root: &Path) -> StepResult {
    let mut faults = differences(&there(root)?, &render::all(root)?);
    if !faults.is_empty() {
        faults
            .push("if the change is meant, run `cargo xtask api` and commit the files".to_owned());
    }
    Ok(Outcome::of_faults(faults, ""))
}

fn there(root: &Path) -> Result<Files, Box<dyn Error>> {
    let mut files = BTreeMap::new();
    let Ok(entries) = fs::read_dir(root.join(FOLDER)) else {
        return Ok(files);
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        files.insert(format!("{FOLDER}/{name}"), fs::read_to_string(&path)?);
    }
    Ok(files)
}

fn write(root: &Path, there: &Files, wanted: &Files) -> io::Result<()> {
    fs::create_dir_all(root.join(FOLDER))?;
    for path in there.keys().filter(|path| !wanted.contains_key(*path)) {
        fs::remove_file(root.join(path))?;
    }
    for (path, text) in wanted {
        fs::write(root.join(path), text)?;
    }
    Ok(())
}

const FOLDER: &str = "api";
