//! `cargo xtask codegen`: writes what follows from a description, or with `--check` says what is not as it would be written.

pub(crate) mod compare;
mod emit;
mod format;
mod marked;
mod merge;
mod names;
mod openapi;
mod plan;
mod settings;
mod spec;
mod timeline;

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use compare::{Files, differences};
use spec::Spec;

/// Writes the generated files, or compares them with those that are there.
pub(crate) fn run(check: bool) -> Result<ExitCode, Box<dyn Error>> {
    let root = crate::workspace::root()?;
    let wanted = wanted(&root)?;
    let there = there(&root)?;
    if check {
        return Ok(report(
            &differences(&there, &wanted),
            &mut io::stdout().lock(),
        )?);
    }
    write(&root, &there, &wanted)?;
    Ok(ExitCode::SUCCESS)
}

/// What would be written.
fn wanted(root: &Path) -> Result<Files, Box<dyn Error>> {
    let text = fs::read_to_string(root.join(SPEC))
        .map_err(|error| format!("cannot read {SPEC}: {error}"))?;
    let spec = Spec::parse(&text).map_err(|error| format!("cannot use {SPEC}: {error}"))?;
    let mut files = settings::written(&settings::documents(root)?)?;
    files.extend(timeline::written(&timeline::documents(root)?)?);
    for (name, text) in emit::files(&spec.merged()?)? {
        files.insert(
            format!("{GENERATED}/{name}"),
            format::formatted(root, &text)?,
        );
    }
    Ok(files)
}

/// What is there now.
fn there(root: &Path) -> Result<Files, Box<dyn Error>> {
    let mut files = read(root, GENERATED)?;
    files.extend(settings::documents(root)?);
    files.extend(timeline::documents(root)?);
    Ok(files)
}

/// Every file of a folder that holds generated files and nothing else.
fn read(root: &Path, folder: &str) -> Result<Files, Box<dyn Error>> {
    let mut files = Files::new();
    let entries = match fs::read_dir(root.join(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(files),
        Err(error) => return Err(error.into()),
    };
    for entry in entries {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        let text = fs::read_to_string(entry.path())
            .map_err(|error| format!("cannot read {path}: {error}"))?;
        files.insert(path, text);
    }
    Ok(files)
}

/// Removes what is stale and writes what differs; an untouched file keeps its time, and nothing is built again for it.
fn write(root: &Path, there: &Files, wanted: &Files) -> io::Result<()> {
    for path in there.keys().filter(|path| !wanted.contains_key(*path)) {
        fs::remove_file(root.join(path))?;
    }
    for (path, text) in wanted {
        if there.get(path) != Some(text) {
            let file = root.join(path);
            fs::create_dir_all(file.parent().unwrap_or(root))?;
            fs::write(file, text)?;
        }
    }
    Ok(())
}

fn report(differences: &[String], output: &mut impl Write) -> io::Result<ExitCode> {
    for difference in differences {
        writeln!(output, "{difference}")?;
    }
    match differences.len() {
        0 => {
            writeln!(output, "codegen: all generated files are up to date")?;
            Ok(ExitCode::SUCCESS)
        }
        count => {
            let files = if count == 1 {
                "file differs"
            } else {
                "files differ"
            };
            writeln!(
                output,
                "codegen: {count} {files}: run `cargo xtask codegen`"
            )?;
            Ok(ExitCode::FAILURE)
        }
    }
}

const SPEC: &str = "crates/runai-auth/spec/admin.json";
const GENERATED: &str = "crates/runai-auth/src/admin/request/generated";

#[cfg(test)]
mod tests;
