//! The arguments of `vauth config`.

use clap::{Args, Subcommand};

use super::shared::{ListArguments, name};
use crate::vendor::Vendor;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Change settings of a profile; the profile is created if it does not exist.
    ///
    /// A new profile needs 'vendor' first; its name has at most 100 bytes, without white space. Of a secret, its file and its command, the one that is set replaces the others. A secret's value is read from the terminal without echo, or from standard input.
    Set(SetArguments),
    /// Print one setting of a profile.
    Get(GetArguments),
    /// List the settings in effect, and where each one comes from; secrets are never shown.
    List(ConfigListArguments),
    /// Remove settings from a profile, or the whole profile.
    Unset(UnsetArguments),
    /// Print the path of the configuration file.
    Path,
}

#[derive(Debug, Args)]
pub(crate) struct SetArguments {
    /// Setting, such as 'client_id', or a setting with its value in the form KEY=VALUE.
    #[arg(value_parser = name)]
    pub(crate) key: String,
    /// Value of the setting, or more settings in the form KEY=VALUE.
    #[arg(value_name = "VALUE")]
    pub(crate) rest: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct GetArguments {
    /// Setting, such as 'client_id'.
    #[arg(value_parser = name)]
    pub(crate) key: String,
    /// Print the value even if it is a secret.
    #[arg(long)]
    pub(crate) show_secret: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigListArguments {
    /// List only this vendor's settings, even without a profile.
    pub(crate) vendor: Option<Vendor>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct UnsetArguments {
    /// Settings, such as 'client_id'.
    #[arg(required_unless_present = "all", value_name = "KEY", value_parser = name)]
    pub(crate) keys: Vec<String>,
    /// Remove the whole profile.
    #[arg(long, conflicts_with = "keys")]
    pub(crate) all: bool,
}
