//! Arguments that several commands share.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Arg, ArgAction, Args};

/// The destination of a secret that is shown only once.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct SecretArguments {
    /// Write the secret to a file that only its owner can read.
    #[arg(long, value_name = "PATH")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Print the secret.
    #[arg(long)]
    pub(crate) show_secret: bool,
}

/// Whether to request confirmation.
#[derive(Debug, Args)]
pub(crate) struct ConfirmArguments {
    /// Skip the confirmation.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// The output format of a list, or of one entry.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// Print JSON (default: a table on a terminal, tab-separated lines otherwise).
    #[arg(long)]
    pub(crate) json: bool,
}

/// An option for commands whose only output is JSON, so that scripts need not know which ones these are.
pub(super) fn json() -> Arg {
    Arg::new("json")
        .long("json")
        .action(ArgAction::SetTrue)
        .help("Print JSON; this command always does")
}

/// Accepts a name or an id, which is never empty: an empty one is most often a variable of a script that is not set.
pub(super) fn name(text: &str) -> Result<String, &'static str> {
    let is_usable = !text.trim().is_empty();
    is_usable
        .then(|| text.to_owned())
        .ok_or("it is empty, as a variable that is not set; omit it or set it")
}

/// Accepts a duration with units, such as `1h 30m`, or a number of seconds.
pub(super) fn duration(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().ok().map(Duration::from_secs);
    seconds
        .or_else(|| humantime::parse_duration(text).ok())
        .filter(|duration| !duration.is_zero() && *duration <= LONGEST)
        .ok_or("expected a duration above 0 of at most ten years, such as '90s', '30m' or '2h'")
}

/// Parses a number of seconds; accepts fractions, such as 0.5.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0);
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero() && *duration <= LONGEST)
        .ok_or_else(|| {
            "expected a number of seconds above 0, such as 30, of at most ten years".to_owned()
        })
}

/// As good as no limit, and clocks can still add it to the present.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

#[cfg(test)]
mod tests;
