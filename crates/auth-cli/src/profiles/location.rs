//! Where the configuration file is.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use crate::failure::Failure;
use crate::variables::Variables;

/// Returns the file's absolute path: VAUTH_CONFIG, or else a file in the user's folder for configuration.
///
/// Returns none if neither is known.
pub(crate) fn locate(variables: &Variables) -> Result<Option<PathBuf>, Failure> {
    if let Some(path) = variables.non_empty(CONFIG_VARIABLE) {
        let path = std::path::absolute(path)
            .map_err(|error| Failure::System("cannot determine the current folder", error))?;
        return Ok(Some(path));
    }
    // Without these, the crate would fall back to the account's entry in the system, whose folder may be someone else's after `su`.
    let is_known = cfg!(windows)
        || ["XDG_CONFIG_HOME", "HOME"]
            .iter()
            .any(|variable| variables.non_empty(variable).is_some());
    let folder = is_known
        .then(etcetera::choose_base_strategy)
        .and_then(Result::ok)
        .map(|strategy| strategy.config_dir())
        .filter(|folder| folder.is_absolute());
    Ok(folder.map(|folder| folder.join("vauth").join("config.toml")))
}

/// Returns the file's path, which must be known.
pub(crate) fn required(path: Option<&Path>) -> Result<&Path, Failure> {
    path.ok_or_else(|| {
        Failure::Usage(format!(
            "there is no folder for the configuration file: set HOME, XDG_CONFIG_HOME or {CONFIG_VARIABLE}"
        ))
    })
}

/// Names the configuration file.
const CONFIG_VARIABLE: &str = "VAUTH_CONFIG";
