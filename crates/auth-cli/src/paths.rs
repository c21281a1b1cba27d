//! Parts of paths as users write them.

use std::path::Path;

/// Returns the folder of a file, which is the current one for a bare name.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Returns the last part of a path, which is empty if the path ends in a separator.
pub(crate) fn own_name(path: &str) -> &str {
    let name = path.rsplit(['/', std::path::MAIN_SEPARATOR]).next();
    name.unwrap_or(path)
}

/// Returns true for a path that a shell was meant to expand, and did not: within quotes, or behind an equals sign.
pub(crate) fn has_tilde(path: &str) -> bool {
    path.starts_with('~') && (path.len() == 1 || path.contains('/'))
}

/// The end of a message about such a path.
pub(crate) const TILDE: &str =
    "starts with a tilde, which only shells expand: use an absolute path";

#[cfg(test)]
mod tests;
