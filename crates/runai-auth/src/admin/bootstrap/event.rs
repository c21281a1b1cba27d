//! What a bootstrap tells of itself: its steps, the account, and what there is in the end.

use std::io;
use std::pin::Pin;

use auth_core::Secret;

use crate::admin::access_rules::AccessRule;
use crate::admin::model::Subject;

/// What an async callback returns for a step: an error ends the run.
pub type BootstrapFuture<'a> = Pin<Box<dyn Future<Output = io::Result<()>> + Send + 'a>>;

/// Something that a bootstrap found or did.
#[derive(Debug)]
#[non_exhaustive]
pub enum BootstrapEvent<'a> {
    /// The administrator signed in, the role exists, and what is there is known. Nothing is changed yet.
    SignedIn,
    /// The account was there.
    FoundAccount(&'a Account),
    /// The account was made; its secret follows.
    CreatedAccount(&'a Account),
    /// The secret of the account, which nobody can read again: keep it now.
    NewSecret {
        /// Whose secret it is.
        account: &'a Account,
        /// The client secret.
        secret: &'a Secret,
    },
    /// The access rule was there.
    FoundRule(&'a AccessRule),
    /// The access rule was made.
    CreatedRule(&'a AccessRule),
    /// The account signed in.
    Verified(&'a Account),
    /// Whether the account can sign in is not known, since its secret is not.
    NotVerified(&'a Account),
    /// The user was there.
    FoundUser(&'a str),
    /// The user was made; the password follows if the control plane shows it.
    CreatedUser(&'a str),
    /// The user's password for the first time, which nobody can read again: keep it now.
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
    /// What it is, and the name by which its access rule means it.
    pub subject: Subject,
    /// The id, for admin calls.
    pub id: String,
    /// The client id, to sign in with.
    pub client_id: String,
}

/// What there is after a bootstrap.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BootstrapReport {
    /// The account.
    pub account: Account,
    /// Its access rule.
    pub rule: AccessRule,
    /// The user's name, if one was wanted.
    pub username: Option<String>,
    /// Whether the account was seen to sign in.
    pub is_verified: bool,
    /// Whether anything was made or replaced.
    pub is_changed: bool,
}
