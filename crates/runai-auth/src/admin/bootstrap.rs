//! The whole set-up of a client that programs sign in with, such that doing it again changes nothing.

mod account;

use std::io;

use auth_core::{Error, ErrorKind, Result, Secret};
use futures_util::TryStreamExt as _;

use self::account::Accounts;
use super::Admin;
use super::access_rules::{AccessRule, NewAccessRule};
use super::call::{check_name, is_missing, named};
use super::filter::Operator;
use super::model::{CreatedAccount, Scope, Subject};
use super::users::NewUser;
use crate::client::Client;
use crate::config::Config;

/// Sets up a client for programs: a service account (an application where there are none), an access rule, a sign-in that works,
/// and a local user if one is wanted.
///
/// What is there already is found by name and left alone, so that a second run changes nothing.
/// A secret is shown once, to the caller of [`Bootstrap::run`]; one that was lost is replaced only if that is asked for.
///
/// # Examples
/// ```no_run
/// use runai_auth::admin::{Bootstrap, Step};
///
/// # async fn example() -> runai_auth::auth_core::Result<()> {
/// let administrator = runai_auth::Config::builder()
///     .base_url("https://runai.example.com")
///     .username("admin@example.com")
///     .password_file("/run/secrets/runai-admin")
///     .build()?;
/// let report = Bootstrap::new(administrator, "nightly-import", "Research manager")
///     .run(|step| match step {
///         Step::NewSecret { secret, .. } => std::fs::write("/run/secrets/runai", secret.expose()),
///         _ => Ok(()),
///     })
///     .await?;
/// println!("{} is ready", report.account.client_id);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Bootstrap {
    administrator: Config,
    name: String,
    role: String,
    scope: Option<Scope>,
    regenerate_secret: bool,
    known_secret: Option<Secret>,
    user: Option<NewUser>,
}

/// Something that a bootstrap found or did.
#[derive(Debug)]
#[non_exhaustive]
pub enum Step<'a> {
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

impl Bootstrap {
    /// Starts with who may do this, the account's name, and the name of the role that it gets.
    pub fn new(administrator: Config, name: impl Into<String>, role: impl Into<String>) -> Self {
        Self {
            administrator,
            name: name.into(),
            role: role.into(),
            scope: None,
            regenerate_secret: false,
            known_secret: None,
            user: None,
        }
    }

    /// Sets where the account has the role; in the administrator's tenant by default.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Sets whether an account that is there gets a new secret; the old one stops working at once.
    pub fn regenerate_secret(mut self, regenerate_secret: bool) -> Self {
        self.regenerate_secret = regenerate_secret;
        self
    }

    /// Gives the secret of an account that is there, so that its sign-in can be seen to work.
    pub fn known_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.known_secret = Some(secret.into());
        self
    }

    /// Makes a local user as well, unless there is one of that name.
    pub fn user(mut self, user: NewUser) -> Self {
        self.user = Some(user);
        self
    }

    /// Does what is missing, in an order in which nothing is made before everything that can be checked is.
    ///
    /// `on_step` hears of each step at once; it is where secrets are kept. An error that it returns ends the run.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a name that the API would refuse, a role that does not exist, or an account that is switched off;
    /// those of `on_step`, as [`ErrorKind::Config`]; else as the calls that it makes. Run it again when the cause is mended.
    pub async fn run(
        &self,
        mut on_step: impl FnMut(Step<'_>) -> io::Result<()> + Send,
    ) -> Result<BootstrapReport> {
        check_name(&self.name)?;
        let admin = Client::new(self.administrator.clone())?.admin();
        let role = admin.roles().by_name(&self.role).await?;
        let scope = match &self.scope {
            Some(scope) => scope.clone(),
            None => Scope::tenant(admin.tenant_id().await?),
        };
        let accounts = Accounts::of(&admin).await?;
        let subject = Subject::new(accounts.kind(), &self.name);
        let wanted = NewAccessRule::new(subject, &role, scope);
        let rules: Vec<AccessRule> = wanted.same_grant(&admin)?.stream().try_collect().await?;
        tell(&mut on_step, Step::SignedIn)?;

        let (account, new_secret) = self.account(&accounts, &mut on_step).await?;
        let mut is_changed = new_secret.is_some();
        // Rules may mean the account by any of its names.
        let names = [&account.subject.id, &account.client_id, &account.id];
        let found = rules
            .into_iter()
            .find(|rule| names.contains(&&rule.subject.id));
        let rule = match found {
            Some(rule) => {
                tell(&mut on_step, Step::FoundRule(&rule))?;
                rule
            }
            None => {
                let rule = admin.access_rules().create(&wanted).await?;
                is_changed = true;
                tell(&mut on_step, Step::CreatedRule(&rule))?;
                rule
            }
        };

        let secret = new_secret.or_else(|| self.known_secret.clone());
        let is_verified = secret.is_some();
        match secret {
            Some(secret) => {
                self.verify(&account, secret).await?;
                tell(&mut on_step, Step::Verified(&account))?;
            }
            None => tell(&mut on_step, Step::NotVerified(&account))?,
        }

        let mut username = None;
        if let Some(user) = &self.user {
            is_changed |= make_user(&admin, user, &mut on_step).await?;
            username = Some(user.email().to_owned());
        }
        Ok(BootstrapReport {
            account,
            rule,
            username,
            is_verified,
            is_changed,
        })
    }

    /// Finds the account or makes it; with the secret if there is a new one.
    async fn account(
        &self,
        accounts: &Accounts<'_>,
        on_step: &mut (impl FnMut(Step<'_>) -> io::Result<()> + Send),
    ) -> Result<(Account, Option<Secret>)> {
        let Some((account, is_enabled)) = accounts.find(&self.name) else {
            let CreatedAccount {
                id,
                client_id,
                secret,
                ..
            } = accounts.create(&self.name).await?;
            let account = Account {
                subject: Subject::new(accounts.kind(), &self.name),
                id,
                client_id,
            };
            tell(on_step, Step::CreatedAccount(&account))?;
            keep(on_step, &account, &secret)?;
            return Ok((account, Some(secret)));
        };
        if !is_enabled {
            return Err(named(Error::config(format!(
                "name is that of {} which is switched off: switch it on, or choose another name",
                account.subject.kind
            ))));
        }
        tell(on_step, Step::FoundAccount(&account))?;
        if !self.regenerate_secret {
            return Ok((account, None));
        }
        let secret = accounts.regenerate_secret(&account.id).await?;
        keep(on_step, &account, &secret)?;
        Ok((account, Some(secret)))
    }

    /// Signs in as the account, and asks for its access rules where the control plane tells them.
    async fn verify(&self, account: &Account, secret: Secret) -> Result<()> {
        let config = self.administrator.for_client(&account.client_id, secret)?;
        let admin = Client::new(config)?.admin();
        match admin.me().count_access_rules().await {
            Err(error) if !is_missing(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

/// Makes a user unless there is one; returns whether it did.
async fn make_user(
    admin: &Admin,
    user: &NewUser,
    on_step: &mut (impl FnMut(Step<'_>) -> io::Result<()> + Send),
) -> Result<bool> {
    let email = user.email();
    let mut same = admin
        .users()
        .list()
        .filter("username", Operator::Equals, email)
        .stream();
    if same.try_next().await?.is_some() {
        tell(on_step, Step::FoundUser(email))?;
        return Ok(false);
    }
    let created = admin.users().create(user.clone()).await?;
    let username = created.username.as_str();
    tell(on_step, Step::CreatedUser(username))?;
    if let Some(password) = &created.temporary_password {
        let step = Step::NewPassword { username, password };
        on_step(step).map_err(|error| {
            lost(
                "the user was made and the password could not be kept: reset it with Users::reset_password",
                error,
            )
        })?;
    }
    Ok(true)
}

fn tell(
    on_step: &mut (impl FnMut(Step<'_>) -> io::Result<()> + Send),
    step: Step<'_>,
) -> Result<()> {
    on_step(step).map_err(|error| {
        lost(
            "the bootstrap was ended by whoever was told of its steps",
            error,
        )
    })
}

fn keep(
    on_step: &mut (impl FnMut(Step<'_>) -> io::Result<()> + Send),
    account: &Account,
    secret: &Secret,
) -> Result<()> {
    on_step(Step::NewSecret { account, secret }).map_err(|error| {
        lost(
            "the account has a new secret that could not be kept: mend the cause and run this again with regenerate_secret",
            error,
        )
    })
}

fn lost(message: &'static str, error: io::Error) -> Error {
    named(
        Error::new(ErrorKind::Config, message)
            .with_sent(true)
            .with_source(error),
    )
}
