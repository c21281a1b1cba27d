//! Plays every scenario of this folder, and of the folder that `AUTH_SCENARIOS` names, one test per file.

mod names;
mod format;
mod stage;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use libtest_mimic::{Arguments, Failed, Trial};

use self::format::Scenario;
use self::stage::Stage;

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let mut trials = trials(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"))?;
    if let Some(folder) = env::var_os("AUTH_SCENARIOS") {
        trials.extend(self::trials(folder.into())?);
    }
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

/// One test per JSON file; a folder without any is a mistake, not a success.
fn trials(folder: PathBuf) -> io::Result<Vec<Trial>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new("json")) {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(io::Error::other(format!(
            "{} holds no scenario",
            folder.display()
        )));
    }
    files.sort();
    Ok(files
        .into_iter()
        .map(|path| {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            Trial::test(name, move || play(&path))
        })
        .collect())
}

fn play(path: &Path) -> Result<(), Failed> {
    let file = path.display();
    let text = fs::read_to_string(path)?;
    let scenario: Scenario =
        serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    runtime.block_on(async {
        let mut stage = Stage::new(&scenario).map_err(|problem| format!("{file}: {problem}"))?;
        for (index, step) in scenario.steps.into_iter().enumerate() {
            stage
                .take(step)
                .await
                .map_err(|problem| format!("{file}: step {}: {problem}", index + 1))?;
        }
        Ok(())
    })
}
