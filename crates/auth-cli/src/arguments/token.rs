//! The arguments of `vauth token`.

use clap::{Args, ValueEnum};

use super::environment::environment;
use super::settings::SettingArguments;
use crate::vendor::Vendor;

#[derive(Debug, Args)]
#[command(after_help = environment())]
pub(crate) struct TokenArguments {
    /// Vendor to sign in to; the profile's, if not given.
    pub(crate) vendor: Option<Vendor>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Token)]
    pub(crate) format: Format,
    /// Request a new token even if a stored one is valid, and store the new one.
    #[arg(long, visible_alias = "fresh")]
    pub(crate) force_refresh: bool,
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Only the token.
    Token,
    /// The whole header line, `Authorization: Bearer` and the token, for `curl -H`.
    Header,
    /// A JSON object with `token`, `token_type`, `expires_at`, `expires_in` and `scope`.
    Json,
    /// An export for sh, bash and zsh, such as `export MAIA_TOKEN='...'`.
    Env,
    /// The same without `export`.
    EnvNoExport,
    /// A line of a .env file.
    Dotenv,
    /// An export for fish.
    Fish,
    /// An assignment for PowerShell.
    Powershell,
    /// A `set` command for cmd.exe.
    WindowsCmd,
    /// An ExecCredential for kubectl, in the version that kubectl requests.
    ExecCredential,
}
