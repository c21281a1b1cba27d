//! The workspace: where it lies, and what cargo knows about it.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};

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

/// Reads the manifests of the workspace's packages, without their dependencies.
pub(crate) fn metadata(root: &Path) -> Result<Metadata, Box<dyn Error>> {
    Ok(MetadataCommand::new()
        .cargo_path(env!("CARGO"))
        .current_dir(root)
        .no_deps()
        .exec()?)
}

/// The packages that are published.
pub(crate) fn published(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    let packages = metadata.packages.iter();
    packages.filter(|package| package.publish.as_ref().is_none_or(|to| !to.is_empty()))
}

/// Returns true if other crates can depend on it.
pub(crate) fn has_library(package: &Package) -> bool {
    let mut targets = package.targets.iter();
    targets.any(|target| target.kind.contains(&cargo_metadata::TargetKind::Lib))
}

/// The names of the libraries that are published; auth-core, which all others build on, comes first.
pub(crate) fn libraries(metadata: &Metadata) -> Vec<String> {
    let libraries = published(metadata).filter(|package| has_library(package));
    let mut names: Vec<_> = libraries.map(|package| package.name.to_string()).collect();
    names.sort_by_key(|name| (name != BASE, name.clone()));
    names
}

/// The library whose features others forward to.
pub(crate) const BASE: &str = "auth-core";
