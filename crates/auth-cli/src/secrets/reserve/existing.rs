//! Which existing file may be replaced by a new secret, and how to detect that it was exchanged.

use std::fs::Metadata;
use std::path::Path;

use crate::failure::Failure;

/// What distinguishes a file from another one with the same name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Identity {
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;

        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }

    /// The standard library cannot distinguish files here.
    #[cfg(not(unix))]
    pub(super) fn of(_metadata: &Metadata) -> Self {
        Self {}
    }
}

/// Accepts a regular file that belongs to the caller and can be replaced atomically; anything else is an error.
pub(super) fn check_replaceable(path: &Path) -> Result<Identity, Failure> {
    let refused = |problem: &str| {
        Failure::Usage(format!(
            "{} {problem}, and is not replaced: choose another file, or remove it",
            path.display()
        ))
    };
    let metadata = path
        .symlink_metadata()
        .map_err(|error| Failure::System("cannot examine the file for the secret", error))?;
    if metadata.is_symlink() {
        return Err(refused(
            "is a symbolic link, whose target would still contain the old secret",
        ));
    }
    if !metadata.is_file() {
        return Err(refused("is not a regular file"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;

        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(refused("belongs to another user"));
        }
        if metadata.nlink() > 1 {
            return Err(refused(
                "has another hard link, which would still contain the old secret",
            ));
        }
    }
    #[cfg(target_os = "linux")]
    if let Some(problem) = unmovable(path) {
        return Err(refused(problem));
    }
    Ok(Identity::of(&metadata))
}

/// Returns what would make the replacement fail, at a time when the old secret no longer works.
#[cfg(target_os = "linux")]
fn unmovable(path: &Path) -> Option<&'static str> {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};

    let attributes = statx(
        CWD,
        path,
        AtFlags::SYMLINK_NOFOLLOW,
        StatxFlags::BASIC_STATS,
    )
    .ok()?
    .stx_attributes;
    if attributes.contains(StatxAttributes::MOUNT_ROOT) {
        return Some("is a mount point");
    }
    let fixed = StatxAttributes::IMMUTABLE | StatxAttributes::APPEND;
    attributes
        .intersects(fixed)
        .then_some("is immutable or append-only")
}
