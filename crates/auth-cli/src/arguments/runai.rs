//! The arguments of `vauth runai`.

mod parsers;
mod quota;
mod organization;
mod bootstrap;

pub(crate) use bootstrap::{BootstrapArguments, CredentialsFormat};
pub(crate) use organization::{
    ClustersCommand, DepartmentsCommand, NodePoolsCommand, PlaceDeleteArguments,
    PlaceFilterArguments, PlaceName, ProjectCreateArguments, ProjectFilterArguments,
    ProjectsCommand, SetQuotaArguments, SortArguments, UnitArguments,
};
pub(crate) use parsers::{Condition, ScopeArgument};
pub(crate) use quota::PoolQuota;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use runai_auth::admin::Subject;

use self::parsers::{condition, scope, subject};
use super::shared::{ConfirmArguments, ListArguments, SecretArguments, json, name};

#[derive(Debug, Subcommand)]
pub(crate) enum RunaiCommand {
    /// Manage applications; removed in 3.0.
    #[command(subcommand)]
    Apps(AccountsCommand),
    /// Manage service accounts; 2.24 and newer.
    #[command(subcommand)]
    ServiceAccounts(AccountsCommand),
    /// Manage access keys; 2.24 and newer.
    #[command(subcommand)]
    AccessKeys(KeysCommand),
    /// Manage user applications, the older name of access keys; removed in 3.0.
    #[command(subcommand)]
    UserApps(KeysCommand),
    /// Manage users.
    #[command(subcommand)]
    Users(UsersCommand),
    /// Manage access rules.
    #[command(subcommand)]
    AccessRules(RulesCommand),
    /// List roles and show their permissions.
    #[command(subcommand)]
    Roles(RolesCommand),
    /// List clusters.
    #[command(subcommand)]
    Clusters(ClustersCommand),
    /// Manage departments.
    #[command(subcommand)]
    Departments(DepartmentsCommand),
    /// Manage projects and their quotas.
    #[command(subcommand)]
    Projects(ProjectsCommand),
    /// List node pools.
    #[command(subcommand)]
    NodePools(NodePoolsCommand),
    /// List the available permissions.
    Permissions(ListArguments),
    /// Show the caller's permissions for a resource type, and their scopes, as JSON.
    PermittedScopes(PermittedScopesArguments),
    /// List the caller's access rules.
    MyAccessRules(ListArguments),
    /// Change the caller's password.
    ChangePassword(ChangePasswordArguments),
    /// Set up a client for programs with an access rule, and verify its sign-in; a second run changes nothing.
    Bootstrap(BootstrapArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// List all.
    List(ListArguments),
    /// Show one.
    Get(OneArguments),
    /// Create one; its secret is shown only once.
    Create(CreateArguments),
    /// Enable one.
    Enable(OneArguments),
    /// Disable one.
    Disable(DestroyArguments),
    /// Create a new secret, which is shown only once; the old one stops working.
    RegenerateSecret(RegenerateArguments),
    /// Delete one.
    Delete(DestroyArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List the caller's keys.
    List(KeysListArguments),
    /// Show one.
    Get(OneArguments),
    /// Create one; its secret is shown only once.
    Create(CreateArguments),
    /// Create a new secret, which is shown only once; the old one stops working.
    RegenerateSecret(RegenerateArguments),
    /// Delete one.
    Delete(KeysDeleteArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// List users.
    List(UsersListArguments),
    /// Count users.
    Count(CountArguments),
    /// Show one.
    Get(OneArguments),
    /// Create a local user; the password is shown only once.
    Create(UserCreateArguments),
    /// Set a new generated password, which is shown only once.
    ResetPassword(RegenerateArguments),
    /// End a user's sessions.
    Logout(DestroyArguments),
    /// Delete one.
    Delete(DestroyArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List access rules.
    List(RulesListArguments),
    /// Count access rules.
    Count(CountArguments),
    /// Show one.
    Get(OneRuleArguments),
    /// Grant a role to one or more subjects in one or more scopes.
    Create(RuleCreateArguments),
    /// Delete access rules.
    Delete(RuleDeleteArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum RolesCommand {
    /// List roles.
    List(ListArguments),
    /// Show one with its permissions, as JSON; removed in 3.0.
    Get(RoleArguments),
}

#[derive(Debug, Args)]
#[command(arg = json())]
pub(crate) struct RoleArguments {
    /// Id or name.
    #[arg(value_parser = name)]
    pub(crate) id: String,
}

#[derive(Debug, Args)]
pub(crate) struct OneArguments {
    /// Id or name.
    #[arg(value_parser = name)]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct OneRuleArguments {
    /// Id.
    pub(crate) id: i64,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CreateArguments {
    /// Name: two or more of a-z, 0-9, - and _.
    #[arg(value_parser = name)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) secret: SecretArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct DestroyArguments {
    /// Id or name.
    #[arg(value_parser = name)]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RegenerateArguments {
    /// Id or name.
    #[arg(value_parser = name)]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) secret: SecretArguments,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct KeysListArguments {
    /// List the keys of all users.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct KeysDeleteArguments {
    /// Id or name.
    #[arg(value_parser = name)]
    pub(crate) id: String,
    /// Delete the key even if it belongs to another user.
    #[arg(long)]
    pub(crate) of_anybody: bool,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

/// Filters of a list.
#[derive(Debug, Args)]
pub(crate) struct FilterArguments {
    /// Filter by a condition, such as 'isLocal==true'; can be repeated.
    #[arg(long = "filter", value_name = "CONDITION", value_parser = condition)]
    pub(crate) filters: Vec<Condition>,
    /// Filter by text that the entry contains.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CountArguments {
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct UsersListArguments {
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
    #[command(flatten)]
    pub(crate) sort: SortArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct UserCreateArguments {
    /// E-mail address, which becomes the user name.
    #[arg(value_parser = name)]
    pub(crate) email: String,
    /// Require a new password at the first sign-in.
    #[arg(long)]
    pub(crate) reset_password: bool,
    /// Notify the user by e-mail.
    #[arg(long)]
    pub(crate) notify: bool,
    #[command(flatten)]
    pub(crate) secret: SecretArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RulesListArguments {
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
    /// Filter by subject, such as 'user:a@b.io'.
    #[arg(long, value_name = "TYPE:ID", value_parser = subject)]
    pub(crate) subject: Option<Subject>,
    /// Filter by scope, such as 'project:team-a', with an id or a name.
    #[arg(long, value_name = "TYPE:NAME", value_parser = scope)]
    pub(crate) scope: Option<ScopeArgument>,
    /// Filter by the id or name of the granted role.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) role: Option<String>,
    /// Include deleted rules.
    #[arg(long)]
    pub(crate) include_deleted: bool,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RuleCreateArguments {
    /// Grant the role with this id or name.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) role: String,
    /// Grant it to this subject: 'user:', 'app:', 'service-account:' or 'group:' and an id or name; can be repeated.
    #[arg(long = "subject", value_name = "TYPE:ID", value_parser = subject, required = true)]
    pub(crate) subjects: Vec<Subject>,
    /// Grant it in this scope: 'tenant', or 'cluster:', 'department:' or 'project:' and an id or name; can be repeated; the whole tenant by default.
    #[arg(long = "scope", value_name = "TYPE:NAME", value_parser = scope)]
    pub(crate) scopes: Vec<ScopeArgument>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RuleDeleteArguments {
    /// Ids.
    #[arg(required = true)]
    pub(crate) ids: Vec<i64>,
    /// Show which rules can be deleted without deleting them.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
#[command(arg = json())]
pub(crate) struct PermittedScopesArguments {
    /// Resource type, such as 'project'; 'vauth runai permissions' lists them.
    #[arg(value_parser = name)]
    pub(crate) resource_type: String,
    /// Show only this action: 'create', 'read', 'update' or 'delete'.
    #[arg(long, value_parser = name)]
    pub(crate) action: Option<String>,
}

/// Other users of the machine can read a command line, so passwords are read from files.
#[derive(Debug, Args)]
pub(crate) struct ChangePasswordArguments {
    /// Read the current password from this file.
    #[arg(long, value_name = "PATH")]
    pub(crate) current_password_file: PathBuf,
    /// Read the new password from this file.
    #[arg(long, value_name = "PATH")]
    pub(crate) new_password_file: PathBuf,
}
