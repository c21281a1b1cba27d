//! Why the system does not find a program whose file exists: what is missing is its interpreter.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Returns what is missing besides the program, with advice; none if its file does not exist.
pub(super) fn interpreter(program: &OsStr) -> Option<String> {
    let path = find(program)?;
    let mut start = Vec::new();
    // One that cannot be read is no script for the system either.
    let _ = File::open(path).and_then(|file| file.take(MAX_LINE).read_to_end(&mut start));
    let Some(line) = start.strip_prefix(b"#!") else {
        return Some(
            "the program that loads it does not exist: check that it was built for this system"
                .to_owned(),
        );
    };
    let line = line.split(|&byte| byte == b'\n').next().unwrap_or(line);
    let words = String::from_utf8_lossy(line);
    let interpreter = words.split([' ', '\t']).find(|word| !word.is_empty());
    Some(
        match interpreter.map(|name| name.strip_suffix('\r').ok_or(name)) {
            Some(Ok(name)) => format!(
                "its interpreter {name:?} does not exist with the carriage return at the end of its first line: convert its line ends"
            ),
            Some(Err(name)) => {
                format!("its interpreter {name:?} does not exist: check its first line")
            }
            None => "it names no interpreter: check its first line".to_owned(),
        },
    )
}

/// Returns the file that the system would run.
fn find(program: &OsStr) -> Option<PathBuf> {
    let path = Path::new(program);
    if path.components().count() > 1 {
        return path.is_file().then(|| path.to_owned());
    }
    let folders = std::env::var_os("PATH")?;
    let mut candidates = std::env::split_paths(&folders).map(|folder| folder.join(path));
    candidates.find(|candidate| candidate.is_file())
}

/// As Linux reads.
const MAX_LINE: u64 = 256;
