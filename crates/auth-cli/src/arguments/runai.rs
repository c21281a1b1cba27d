//! The arguments of `vauth runai`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use runai_auth::admin::{AccessScope, FilterOperator, ScopeType, Subject, SubjectType};

use super::shared::{ConfirmArguments, ListArguments, SecretArguments};

#[derive(Debug, Subcommand)]
pub(crate) enum RunaiCommand {
    /// Applications; gone in 3.0.
    #[command(subcommand)]
    Apps(AccountsCommand),
    /// Service accounts; 2.24 and newer.
    #[command(subcommand)]
    ServiceAccounts(AccountsCommand),
    /// Access keys; 2.24 and newer.
    #[command(subcommand)]
    AccessKeys(KeysCommand),
    /// User applications, the older name of access keys; gone in 3.0.
    #[command(subcommand)]
    UserApps(KeysCommand),
    /// Users.
    #[command(subcommand)]
    Users(UsersCommand),
    /// Access rules.
    #[command(subcommand)]
    AccessRules(RulesCommand),
    /// Roles.
    #[command(subcommand)]
    Roles(RolesCommand),
    /// Lists what can be permitted.
    Permissions(ListArguments),
    /// Shows what the caller may do with a kind of resource, and where, as JSON.
    PermittedScopes(PermittedScopesArguments),
    /// Lists the caller's access rules.
    MyAccessRules(ListArguments),
    /// Changes the caller's password.
    ChangePassword(ChangePasswordArguments),
    /// Sets up a client for programs, with an access rule and a sign-in that works; run twice, it changes nothing.
    Bootstrap(BootstrapArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// Lists all.
    List(ListArguments),
    /// Shows one.
    Get(OneArguments),
    /// Makes one; its secret is shown this once.
    Create(CreateArguments),
    /// Lets one sign in again.
    Enable(IdArguments),
    /// Lets one no longer sign in.
    Disable(DestroyArguments),
    /// Makes a new secret, which is shown this once; the old one stops working.
    RegenerateSecret(RegenerateArguments),
    /// Removes one.
    Delete(DestroyArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Lists the caller's keys.
    List(KeysListArguments),
    /// Shows one.
    Get(OneArguments),
    /// Makes one; its secret is shown this once.
    Create(CreateArguments),
    /// Makes a new secret, which is shown this once; the old one stops working.
    RegenerateSecret(RegenerateArguments),
    /// Removes one.
    Delete(KeysDeleteArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Lists users.
    List(UsersListArguments),
    /// Counts users.
    Count(FilterArguments),
    /// Shows one.
    Get(OneArguments),
    /// Makes a local user; the password is shown this once.
    Create(UserCreateArguments),
    /// Makes a new password, which is shown this once.
    ResetPassword(RegenerateArguments),
    /// Ends a user's sessions.
    Logout(DestroyArguments),
    /// Removes one.
    Delete(DestroyArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Lists access rules.
    List(RulesListArguments),
    /// Counts access rules.
    Count(FilterArguments),
    /// Shows one.
    Get(OneRuleArguments),
    /// Grants a role; to several subjects or in several scopes at once if several are given.
    Create(RuleCreateArguments),
    /// Removes access rules.
    Delete(RuleDeleteArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum RolesCommand {
    /// Lists roles.
    List(ListArguments),
    /// Shows one with what it permits, as JSON; gone in 3.0.
    Get(IdArguments),
}

#[derive(Debug, Args)]
pub(crate) struct IdArguments {
    /// The id.
    pub(crate) id: String,
}

#[derive(Debug, Args)]
pub(crate) struct OneArguments {
    /// The id.
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct OneRuleArguments {
    /// The id.
    pub(crate) id: i64,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CreateArguments {
    /// The name: two or more of a-z, 0-9, - and _.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) secret: SecretArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct DestroyArguments {
    /// The id.
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RegenerateArguments {
    /// The id.
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) secret: SecretArguments,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArguments,
}

#[derive(Debug, Args)]
pub(crate) struct KeysListArguments {
    /// Lists everybody's.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct KeysDeleteArguments {
    /// The id.
    pub(crate) id: String,
    /// It may be anybody's.
    #[arg(long)]
    pub(crate) of_anybody: bool,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArguments,
}

/// What a list is narrowed to.
#[derive(Debug, Args)]
pub(crate) struct FilterArguments {
    /// Keeps what fulfils a condition, such as 'isLocal==true'; may be given several times.
    #[arg(long = "filter", value_name = "CONDITION", value_parser = condition)]
    pub(crate) filters: Vec<Condition>,
    /// Keeps what holds this text somewhere.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct UsersListArguments {
    #[command(flatten)]
    pub(crate) filter: FilterArguments,
    /// Orders by a field, such as 'username'.
    #[arg(long, value_name = "FIELD")]
    pub(crate) sort: Option<String>,
    /// The largest first.
    #[arg(long, requires = "sort")]
    pub(crate) descending: bool,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct UserCreateArguments {
    /// The e-mail address, which becomes the user name.
    pub(crate) email: String,
    /// The user has to choose another password at the first sign-in.
    #[arg(long)]
    pub(crate) reset_password: bool,
    /// The user is told by e-mail.
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
    /// Keeps rules about a subject, such as 'user:a@b.io'.
    #[arg(long, value_name = "TYPE:ID", value_parser = subject)]
    pub(crate) subject: Option<Subject>,
    /// Keeps rules in a scope, such as 'project:7'.
    #[arg(long, value_name = "TYPE:ID", value_parser = scope)]
    pub(crate) scope: Option<AccessScope>,
    /// Keeps rules that grant a role, by its name.
    #[arg(long, value_name = "NAME")]
    pub(crate) role: Option<String>,
    /// Lists deleted rules as well.
    #[arg(long)]
    pub(crate) include_deleted: bool,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RuleCreateArguments {
    /// The name of the role.
    #[arg(long, value_name = "NAME")]
    pub(crate) role: String,
    /// Who gets it: 'user:', 'app:', 'service-account:' or 'group:' and what names it.
    #[arg(long = "subject", value_name = "TYPE:ID", value_parser = subject, required = true)]
    pub(crate) subjects: Vec<Subject>,
    /// Where: 'tenant:', 'cluster:', 'department:' or 'project:' and an id; the whole tenant by default.
    #[arg(long = "scope", value_name = "TYPE:ID", value_parser = scope)]
    pub(crate) scopes: Vec<AccessScope>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RuleDeleteArguments {
    /// The ids.
    #[arg(required = true)]
    pub(crate) ids: Vec<i64>,
    /// Says which could be removed, and removes none.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArguments,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

#[derive(Debug, Args)]
pub(crate) struct PermittedScopesArguments {
    /// The kind of resource, such as 'project'; 'permissions' lists them.
    pub(crate) resource_type: String,
    /// One action alone: 'create', 'read', 'update' or 'delete'.
    #[arg(long)]
    pub(crate) action: Option<String>,
}

/// Other users of the machine can read a command line, so passwords come from files.
#[derive(Debug, Args)]
pub(crate) struct ChangePasswordArguments {
    /// A file that holds the password there is.
    #[arg(long, value_name = "PATH")]
    pub(crate) current_password_file: PathBuf,
    /// A file that holds the password there is to be.
    #[arg(long, value_name = "PATH")]
    pub(crate) new_password_file: PathBuf,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("secret").required(true).args(["secret_file", "show_secret"]))]
pub(crate) struct BootstrapArguments {
    /// The account's name: two or more of a-z, 0-9, - and _.
    #[arg(long)]
    pub(crate) name: String,
    /// The name of the role that it gets.
    #[arg(long, value_name = "NAME")]
    pub(crate) role: String,
    /// Where it has the role; the whole tenant by default.
    #[arg(long, value_name = "TYPE:ID", value_parser = scope)]
    pub(crate) scope: Option<AccessScope>,
    /// A file for the secret, readable by its owner alone; if it is there, its secret is tried.
    #[arg(long, value_name = "PATH")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Prints the secret.
    #[arg(long)]
    pub(crate) show_secret: bool,
    /// Makes a new secret for an account that is there; the old one stops working.
    #[arg(long)]
    pub(crate) regenerate_secret: bool,
    /// Makes a local user as well, by e-mail address.
    #[arg(long, value_name = "EMAIL", requires = "user_password_file")]
    pub(crate) user: Option<String>,
    /// A file for the user's password, readable by its owner alone.
    #[arg(long, value_name = "PATH", requires = "user")]
    pub(crate) user_password_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) list: ListArguments,
}

/// One condition on a list: a field, an operator and a value.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) field: String,
    pub(crate) operator: FilterOperator,
    pub(crate) value: String,
}

fn condition(text: &str) -> Result<Condition, String> {
    let end = text
        .find(|character: char| !character.is_ascii_alphanumeric())
        .filter(|&end| end > 0);
    let found = end.and_then(|end| {
        let (field, rest) = text.split_at(end);
        OPERATORS.iter().find_map(|&(spelling, operator)| {
            let value = rest.strip_prefix(spelling)?;
            Some(Condition {
                field: field.to_owned(),
                operator,
                value: value.to_owned(),
            })
        })
    });
    found.ok_or_else(|| {
        let spellings = OPERATORS.map(|(spelling, _)| spelling).join(" ");
        format!("write a field, one of {spellings} and a value, such as 'isLocal==true'")
    })
}

fn subject(text: &str) -> Result<Subject, String> {
    let (kind, id) = typed(text, "user:a@b.io")?;
    Ok(Subject::new(SubjectType::from(kind), id))
}

fn scope(text: &str) -> Result<AccessScope, String> {
    let (kind, id) = typed(text, "project:7")?;
    Ok(AccessScope::new(ScopeType::from(kind), id))
}

/// Types are open: the control plane may know more of them than we do.
fn typed<'a>(text: &'a str, example: &str) -> Result<(&'a str, &'a str), String> {
    text.split_once(':')
        .filter(|(kind, id)| !kind.is_empty() && !id.is_empty())
        .ok_or_else(|| format!("write a type, a colon and an id, such as '{example}'"))
}

const OPERATORS: [(&str, FilterOperator); 8] = [
    ("==", FilterOperator::Equals),
    ("!=", FilterOperator::Differs),
    ("<=", FilterOperator::AtMost),
    (">=", FilterOperator::AtLeast),
    ("=@", FilterOperator::Contains),
    ("!@", FilterOperator::Lacks),
    ("=^", FilterOperator::StartsWith),
    ("=$", FilterOperator::EndsWith),
];
