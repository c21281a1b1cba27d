//! Where the workspace lies on disk.

use std::io;
use std::path::{Path, PathBuf};

/// The folder of the workspace's `Cargo.toml`: of the workspace that the command was started in, else of the one that it was built from.
pub(crate) fn root() -> io::Result<PathBuf> {
    let here = std::env::current_dir()?;
    let mut folders = here.ancestors();
    match folders.find(|folder| folder.join("xtask/Cargo.toml").is_file()) {
        Some(folder) => folder.canonicalize(),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .canonicalize(),
    }
}
