//! The arguments of `vauth runai bootstrap`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use runai_auth::admin::AccessScope;

use super::parsers::scope;
use crate::arguments::ListArguments;

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("secret").required(true).args(["secret_file", "show_secret"]))]
pub(crate) struct BootstrapArguments {
    /// Set the account's name: two or more of a-z, 0-9, - and _.
    #[arg(long)]
    pub(crate) name: String,
    /// Grant it the role with this name.
    #[arg(long, value_name = "NAME")]
    pub(crate) role: String,
    /// Grant the role in this scope; the whole tenant by default.
    #[arg(long, value_name = "TYPE:ID", value_parser = scope)]
    pub(crate) scope: Option<AccessScope>,
    /// Write the secret to a file that only its owner can read; if the file exists, sign in with its secret.
    #[arg(long, value_name = "PATH")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Print the secret.
    #[arg(long)]
    pub(crate) show_secret: bool,
    /// Create a new secret for an existing account; the old one stops working.
    #[arg(long)]
    pub(crate) regenerate_secret: bool,
    /// Also create a local user with this e-mail address.
    #[arg(long, value_name = "EMAIL", requires = "user_password_file")]
    pub(crate) user: Option<String>,
    /// Write the user's password to a file that only its owner can read.
    #[arg(long, value_name = "PATH", requires = "user")]
    pub(crate) user_password_file: Option<PathBuf>,
    /// Write the settings of the client with the secret instead of the secret alone; the steps are then printed on standard error.
    #[arg(long, value_enum, conflicts_with = "json")]
    pub(crate) format: Option<CredentialsFormat>,
    /// Set the name of the Kubernetes Secret; the account's by default, with dashes for underscores.
    #[arg(long, value_name = "NAME")]
    pub(crate) secret_name: Option<String>,
    /// Set the namespace of the Kubernetes Secret; by default the one that kubectl uses.
    #[arg(long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

/// The format of a client's settings with its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CredentialsFormat {
    /// Exports for sh, bash and zsh.
    Env,
    /// A .env file.
    Dotenv,
    /// The manifest of a Kubernetes Secret.
    K8sSecret,
    /// A JSON object with `base_url`, `client_id` and `client_secret`.
    Json,
}
