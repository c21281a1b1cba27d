//! Where the default token store is.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use crate::variables::Variables;

/// Returns the folder in the user's cache folder, or why there is none.
///
/// Without the variables, the crate would fall back to the account's entry in the system, whose folder may be someone else's after `su`.
/// A home that does not exist, as that of a system account, is never created.
pub(super) fn default_folder(variables: &Variables) -> Result<PathBuf, &'static str> {
    let absolute = |name| {
        let path = variables.non_empty(name).map(Path::new);
        path.filter(|path| path.is_absolute())
    };
    if absolute("XDG_CACHE_HOME").is_none() {
        let home = absolute("HOME").ok_or("neither HOME nor XDG_CACHE_HOME is set")?;
        if !home.is_dir() {
            return Err("the folder that HOME names does not exist");
        }
    }
    let strategy = etcetera::choose_base_strategy().map_err(|_| "there is no home folder")?;
    Ok(strategy.cache_dir().join("vauth").join("tokens"))
}
