//! Arguments that several commands share.

use std::path::PathBuf;

use clap::Args;

/// Where a secret goes that is shown only once.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct SecretArguments {
    /// Writes the secret to a file that its owner alone can read.
    #[arg(long, value_name = "PATH")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Prints the secret.
    #[arg(long)]
    pub(crate) show_secret: bool,
}

/// Whether somebody has to be asked.
#[derive(Debug, Args)]
pub(crate) struct ConfirmArguments {
    /// Asks nothing.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// How a list, or one entry of it, is printed.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// Prints JSON, an array for a list, instead of a table or of lines with tabs where standard output is no terminal.
    #[arg(long)]
    pub(crate) json: bool,
}
