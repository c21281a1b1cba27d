//! The events of a bootstrap: its steps, the account, and the final report.

use std::io;
use std::pin::Pin;

use auth_core::Secret;

use crate::admin::access_rules::AccessRule;
use crate::admin::departments::Department;
use crate::admin::model::Subject;
use crate::admin::projects::Project;

/// The result of an async callback for a step: an error ends the run.
pub type BootstrapFuture<'a> = Pin<Box<dyn Future<Output = io::Result<()>> + Send + 'a>>;

/// A step of a bootstrap: something that it found or did.
#[derive(Debug)]
#[non_exhaustive]
pub enum BootstrapEvent<'a> {
    /// The administrator signed in, the role exists, and the existing things are known. Nothing was changed yet.
    SignedIn,
    /// The department exists.
    FoundDepartment(&'a Department),
    /// The department was created.
    CreatedDepartment(&'a Department),
    /// The project exists.
    FoundProject(&'a Project),
    /// The project was created.
    CreatedProject(&'a Project),
    /// The account exists.
    FoundAccount(&'a Account),
    /// The account was created; its secret follows.
    CreatedAccount(&'a Account),
    /// The secret of the account, which cannot be read again: store it now.
    NewSecret {
        /// The account of the secret.
        account: &'a Account,
        /// The client secret.
        secret: &'a Secret,
    },
    /// The access rule exists.
    FoundRule(&'a AccessRule),
    /// The access rule was created.
    CreatedRule(&'a AccessRule),
    /// The account signed in.
    Verified(&'a Account),
    /// The sign-in was not verified, since the account's secret is unknown.
    NotVerified(&'a Account),
    /// The user exists.
    FoundUser(&'a str),
    /// The user was created; the password follows if the control plane shows it.
    CreatedUser(&'a str),
    /// The user's initial password, which cannot be read again: store it now.
    NewPassword {
        /// The user's name.
        username: &'a str,
        /// The password.
        password: &'a Secret,
    },
}

/// A client for programs: a service account, or an application.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Its type, and the name by which its access rule refers to it.
    pub subject: Subject,
    /// The id, for admin calls.
    pub id: String,
    /// The client id, for signing in.
    pub client_id: String,
}

/// The result of a bootstrap.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BootstrapReport {
    /// The account.
    pub account: Account,
    /// Its access rule.
    pub rule: AccessRule,
    /// The department, if one was requested.
    pub department: Option<Department>,
    /// The project, if one was requested.
    pub project: Option<Project>,
    /// The user's name, if one was requested.
    pub username: Option<String>,
    /// Whether the account's sign-in was verified.
    pub is_verified: bool,
    /// Whether anything was created or replaced.
    pub is_changed: bool,
}
