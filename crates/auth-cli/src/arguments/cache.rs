//! The arguments of `vauth cache`.

use clap::{Args, Subcommand};

use super::environment::environment;
use super::settings::SettingArguments;
use super::shared::ListArguments;
use crate::vendor::Vendor;

#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// Show where tokens are stored, whether that works, and which records there are.
    ///
    /// Records are encrypted: nothing tells whose they are, except that of the given vendor or profile.
    Status(CacheArguments),
    /// Delete stored tokens: all in a folder; on a server those of the given vendor or profile.
    Clear(CacheArguments),
}

#[derive(Debug, Args)]
#[command(after_help = environment())]
pub(crate) struct CacheArguments {
    /// Vendor whose token is meant; the profile's, if not given.
    pub(crate) vendor: Option<Vendor>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}
