//! The arguments of `vauth exec`.

use std::ffi::OsString;

use clap::Args;

use super::environment::environment;
use super::settings::SettingArguments;
use super::shared::name;
use crate::vendor::Vendor;

#[derive(Debug, Args)]
#[command(
    after_help = format!("{EXIT_CODES}\n\n{}", environment()),
    override_usage = "vauth exec [OPTIONS] [VENDOR] -- <COMMAND> [ARGS]..."
)]
pub(crate) struct ExecArguments {
    /// Vendor to sign in to; the profile's, if not given.
    pub(crate) vendor: Option<Vendor>,
    /// Command to run, and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND", value_hint = clap::ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<OsString>,
    /// Set the variable that contains the token; by default the vendor's name and _TOKEN, such as MAIA_TOKEN.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) env: Option<String>,
    /// Let the command inherit the variables with credentials; by default it gets the token instead.
    #[arg(long)]
    pub(crate) keep_environment: bool,
    /// Request a new token even if a stored one is valid, and store the new one.
    #[arg(long, visible_alias = "fresh")]
    pub(crate) force_refresh: bool,
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}

const EXIT_CODES: &str = "\
The command replaces vauth, so that signals and its exit code are its own; 126 if it cannot be run, 127 if it is not found.
The token is not refreshed while the command runs; with --keep-environment and --env, it can run `vauth token` for another one.";
