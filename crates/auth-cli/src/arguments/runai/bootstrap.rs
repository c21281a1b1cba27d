//! The arguments of `vauth runai bootstrap`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::parsers::{ScopeArgument, scope};
use super::quota::{PoolQuota, QuotaArguments, amount, pool_quota};
use crate::arguments::ListArguments;
use crate::arguments::shared::name;

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("place").multiple(true).args(["department", "project"]))]
#[command(group = clap::ArgGroup::new("secret").required(true).args(["secret_file", "show_secret"]))]
pub(crate) struct BootstrapArguments {
    /// Set the account's name: two or more of a-z, 0-9, - and _.
    #[arg(long, value_parser = name)]
    pub(crate) name: String,
    /// Grant it the role with this name, or with this id if none has the name.
    #[arg(long, value_name = "ROLE", value_parser = name)]
    pub(crate) role: String,
    /// Grant the role in this scope: 'tenant', or 'cluster:', 'department:' or 'project:' and an id or name; by default the project, else the department, else the whole tenant.
    #[arg(long, value_name = "TYPE:NAME", value_parser = scope)]
    pub(crate) scope: Option<ScopeArgument>,
    /// Create this department first, unless its cluster has it.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) department: Option<String>,
    /// Create this project first, unless its cluster has it; it belongs to the department, or to the cluster's default one.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) project: Option<String>,
    /// Create them in the cluster with this id or name; the only one by default.
    #[arg(long, value_name = "NAME", value_parser = name, requires = "place")]
    pub(crate) cluster: Option<String>,
    #[command(flatten)]
    pub(crate) quota: QuotaArguments,
    /// Guarantee a new department this many GPUs, in the default node pool.
    #[arg(long, value_name = "N", value_parser = amount, requires = "department")]
    pub(crate) department_gpus: Option<f64>,
    /// Guarantee a new department GPUs in a node pool, in the form of --quota; can be repeated.
    #[arg(long = "department-quota", value_name = "POOL=GPUS", value_parser = pool_quota, requires = "department")]
    pub(crate) department_quotas: Vec<PoolQuota>,
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
    #[arg(long, value_name = "EMAIL", value_parser = name, requires = "user_password_file")]
    pub(crate) user: Option<String>,
    /// Write the user's password to a file that only its owner can read.
    #[arg(long, value_name = "PATH", requires = "user")]
    pub(crate) user_password_file: Option<PathBuf>,
    /// Write the settings of the client with the secret instead of the secret alone; the steps are then printed on standard error.
    #[arg(long, value_enum, conflicts_with = "json")]
    pub(crate) format: Option<CredentialsFormat>,
    /// Set the name of the Kubernetes Secret; the account's by default, with dashes for underscores.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) secret_name: Option<String>,
    /// Set the namespace of the Kubernetes Secret; by default the one that kubectl uses.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) namespace: Option<String>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

impl BootstrapArguments {
    /// Returns the quotas of a new project.
    pub(crate) fn project_quotas(&self) -> Vec<PoolQuota> {
        self.quota.all()
    }

    /// Returns the quotas of a new department.
    pub(crate) fn all_department_quotas(&self) -> Vec<PoolQuota> {
        let quota = QuotaArguments {
            gpus: self.department_gpus,
            quotas: self.department_quotas.clone(),
        };
        quota.all()
    }
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
