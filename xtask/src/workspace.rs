//! Where the workspace lies on disk.

use std::io;
use std::path::{Path, PathBuf};

/// The folder of the workspace's `Cargo.toml`, whatever folder the command was started in.
pub(crate) fn root() -> io::Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
}
