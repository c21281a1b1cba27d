//! The complete setup of a client for programs, in which a second run changes nothing.

mod account;
mod event;
mod place;
mod teller;
mod user;
mod verify;

pub use event::{Account, BootstrapEvent, BootstrapFuture, BootstrapReport};

use std::io;

use auth_core::{Error, Result, Secret};

use self::account::ProgramAccounts;
use self::place::{Place, ScopeWish, Wish, with_others};
use self::teller::Teller;
use self::user::make_user;
use super::Admin;
use super::access_rules::{AccessRule, NewAccessRule};
use super::call::{check_name, named};
use super::departments::NewDepartment;
use super::ensure::Ensured;
use super::model::{AccessScope, ClientWithSecret};
use super::projects::NewProject;
use super::scope::ScopeName;
use super::users::{NewUser, User, check_address};
use crate::names::{Client, Config};

/// Sets up a client for programs: a service account (an application if the control plane has none), an access rule, a verified sign-in,
/// and optionally a department and a project for it, and a local user.
///
/// Existing things are found by name and not changed, so that a second run changes nothing.
/// The results of the server's filters are not trusted: role, scope, subject and names are also compared locally.
/// A secret is passed once, to the callback of [`Bootstrap::run`], as soon as it is known; a lost one is replaced only on request.
///
/// # Examples
/// ```no_run
/// use std::fs::OpenOptions;
/// use std::io::{self, Write as _};
///
/// use runai_auth::admin::{Bootstrap, BootstrapEvent};
///
/// /// Writes a secret to a new file that only its owner can read.
/// fn keep(path: &str, secret: &str) -> io::Result<()> {
///     let mut options = OpenOptions::new();
///     options.write(true).create_new(true);
///     #[cfg(unix)]
///     std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
///     let mut file = options.open(path)?;
///     file.write_all(secret.as_bytes())?;
///     file.sync_all()
/// }
///
/// # async fn example() -> runai_auth::auth_core::Result<()> {
/// let administrator = runai_auth::Config::builder()
///     .base_url("https://runai.example.com")
///     .username("admin@example.com")
///     .password_file("/run/secrets/runai-admin")
///     .build()?;
/// let report = Bootstrap::new(administrator, "nightly-import", "Research manager")
///     .run(|step| match step {
///         BootstrapEvent::NewSecret { secret, .. } => keep("/run/secrets/runai", secret.expose_secret()),
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
    place: Wish,
    regenerate_secret: bool,
    known_secret: Option<Secret>,
    user: Option<NewUser>,
}

impl Bootstrap {
    /// Creates a bootstrap from the administrator's settings, the account's name, and the name of its role, or the role's id if none has the name.
    pub fn new(administrator: Config, name: impl Into<String>, role: impl Into<String>) -> Self {
        Self {
            administrator,
            name: name.into(),
            role: role.into(),
            place: Wish::default(),
            regenerate_secret: false,
            known_secret: None,
            user: None,
        }
    }

    /// Sets the scope of the role; by default that is the project, the department if there is no project, or else the administrator's tenant.
    pub fn scope(mut self, scope: AccessScope) -> Self {
        self.place.scope = Some(ScopeWish::Id(scope));
        self
    }

    /// Sets the scope of the role by the name of a cluster, department or project, or by its id if none has the name.
    ///
    /// The name may be that of the department or project that is created first.
    pub fn scope_named(mut self, name: ScopeName) -> Self {
        self.place.scope = Some(ScopeWish::Name(name));
        self
    }

    /// Creates a department first, unless its cluster has one of that name.
    ///
    /// Its cluster and its node pools may be names; with an empty cluster, it is in the only one.
    pub fn department(mut self, department: NewDepartment) -> Self {
        self.place.department = Some(department);
        self
    }

    /// Creates a project first, unless its cluster has one of that name.
    ///
    /// Its cluster, department and node pools may be names; with an empty cluster, it is in the only one. Unless it names another, it belongs to the
    /// department of [`Bootstrap::department`].
    pub fn project(mut self, project: NewProject) -> Self {
        self.place.project = Some(project);
        self
    }

    /// Sets whether an existing account gets a new secret; the old one stops working immediately.
    pub fn regenerate_secret(mut self, regenerate_secret: bool) -> Self {
        self.regenerate_secret = regenerate_secret;
        self
    }

    /// Sets the known secret of an existing account, so that its sign-in can be verified.
    pub fn known_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.known_secret = Some(secret.into());
        self
    }

    /// Also creates a local user, unless there is one with that name.
    pub fn user(mut self, user: NewUser) -> Self {
        self.user = Some(user);
        self
    }

    /// Creates what is missing, after checking everything that can be checked beforehand.
    ///
    /// `on_step` is called immediately for each step and must store the secrets. An error that it returns ends the run.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a name that the API would reject, a role, cluster, department, node pool or scope that does not
    /// exist, several things of one name, two quotas for one node pool, a project that exists in another department, or a disabled account; errors of `on_step`, as `Config`; otherwise those of the calls that it makes.
    /// [`Error::side_effect`] tells what exists although the run failed, and contains a secret that `on_step` could not store:
    /// [`SideEffect::expose_secret`](auth_core::SideEffect::expose_secret). Run it again when the cause is fixed.
    pub async fn run(
        &self,
        mut on_step: impl FnMut(BootstrapEvent<'_>) -> io::Result<()> + Send,
    ) -> Result<BootstrapReport> {
        self.run_async(|step| Box::pin(std::future::ready(on_step(step))))
            .await
    }

    /// As [`Bootstrap::run`], with an asynchronous callback, so that a secret can go to a vault or a Kubernetes Secret.
    ///
    /// The run continues only after the callback has finished, so that nothing else can fail while a secret is stored.
    ///
    /// # Errors
    /// As [`Bootstrap::run`].
    ///
    /// # Examples
    /// ```no_run
    /// use runai_auth::admin::{Bootstrap, BootstrapEvent};
    ///
    /// # async fn example(bootstrap: Bootstrap) -> runai_auth::auth_core::Result<()> {
    /// bootstrap
    ///     .run_async(|step| {
    ///         Box::pin(async move {
    ///             match step {
    ///                 BootstrapEvent::NewSecret { secret, .. } => store(secret.expose_secret()).await,
    ///                 _ => Ok(()),
    ///             }
    ///         })
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// # async fn store(_: &str) -> std::io::Result<()> { Ok(()) }
    /// ```
    pub async fn run_async(
        &self,
        on_step: impl for<'a> FnMut(BootstrapEvent<'a>) -> BootstrapFuture<'a> + Send,
    ) -> Result<BootstrapReport> {
        let mut teller = Teller(on_step);
        check_name(&self.name)?;
        if let Some(user) = &self.user {
            check_address(user.email())?;
        }
        let admin = Client::new(self.administrator.clone())?.admin();
        let role = admin.roles().by_name_or_id(&self.role).await?;
        role.id.check()?;
        let place = Place::find(&admin, &self.place).await?;
        let mut accounts = ProgramAccounts::of(&admin).await?;
        let found = accounts.take(&self.name)?;
        let wanted = |scope| NewAccessRule::new(accounts.subject(&self.name), &role, scope);
        let rules = match place.scope() {
            Some(scope) => Some(admin.access_rules().list_same_grant(&wanted(scope)).await?),
            None => None,
        };
        let known_user = match &self.user {
            Some(user) => admin.users().find(user.email()).await?,
            None => None,
        };
        teller.tell(BootstrapEvent::SignedIn).await?;
        let found = found.map(enabled).transpose()?;

        let place = place.make(&admin, &mut teller).await?;
        let wanted = wanted(place.scope.clone());
        let run = async {
            let rules = match rules {
                Some(rules) => rules,
                None => admin.access_rules().list_same_grant(&wanted).await?,
            };
            self.run_in(
                &admin,
                &accounts,
                (found, known_user),
                (wanted, rules),
                &mut teller,
            )
            .await
        };
        let report = run.await.map_err(|error| place.explain(error))?;
        Ok(BootstrapReport {
            is_changed: report.is_changed || place.is_changed(),
            department: place.department,
            project: place.project,
            ..report
        })
    }

    /// Creates the account, its rule and the user, as far as they are missing.
    async fn run_in<F>(
        &self,
        admin: &Admin,
        accounts: &ProgramAccounts<'_>,
        (found, known_user): (Option<Account>, Option<User>),
        (wanted, rules): (NewAccessRule, Vec<AccessRule>),
        teller: &mut Teller<F>,
    ) -> Result<BootstrapReport>
    where
        F: for<'a> FnMut(BootstrapEvent<'a>) -> BootstrapFuture<'a> + Send,
    {
        let (account, new_secret) = self.account(accounts, found, teller).await?;
        let changed = new_secret.as_ref().map(|_| account.side_effect());
        let report = self
            .equip(
                admin,
                account,
                new_secret,
                known_user,
                (wanted, rules),
                teller,
            )
            .await;
        report.map_err(|error| with_others(error, changed.as_slice()))
    }

    /// Creates the rule of an account, verifies its sign-in, and creates the user.
    async fn equip<F>(
        &self,
        admin: &Admin,
        account: Account,
        new_secret: Option<Secret>,
        known_user: Option<User>,
        (wanted, rules): (NewAccessRule, Vec<AccessRule>),
        teller: &mut Teller<F>,
    ) -> Result<BootstrapReport>
    where
        F: for<'a> FnMut(BootstrapEvent<'a>) -> BootstrapFuture<'a> + Send,
    {
        let is_new = new_secret.is_some();
        let mut is_changed = is_new;
        // A rule may mean the account by any of its names.
        let names = [&account.subject.id, &account.client_id, &account.id];
        let names = names.map(String::as_str);
        let rule = match wanted.find_in(rules, &names) {
            Some(rule) => Ensured::Found(rule),
            None => {
                let rules = admin.access_rules();
                rules.create_unless_there(&wanted, &names).await?
            }
        };
        is_changed |= rule.is_created();
        let rule = match rule {
            Ensured::Found(rule) => {
                teller.tell(BootstrapEvent::FoundRule(&rule)).await?;
                rule
            }
            Ensured::Created(rule) => {
                teller.tell(BootstrapEvent::CreatedRule(&rule)).await?;
                rule
            }
        };

        let secret = new_secret.or_else(|| self.known_secret.clone());
        let is_verified = secret.is_some();
        match secret {
            Some(secret) => {
                self.verify(&account, &secret, is_new).await?;
                teller.tell(BootstrapEvent::Verified(&account)).await?;
            }
            None => teller.tell(BootstrapEvent::NotVerified(&account)).await?,
        }

        let mut username = None;
        if let Some(user) = &self.user {
            let (name, is_made) = make_user(admin, user, known_user, teller).await?;
            is_changed |= is_made;
            username = Some(name);
        }
        Ok(BootstrapReport {
            account,
            rule,
            department: None,
            project: None,
            username,
            is_verified,
            is_changed,
        })
    }

    /// Creates the account unless it was found; returns a new secret, if there is one.
    async fn account<F>(
        &self,
        accounts: &ProgramAccounts<'_>,
        found: Option<Account>,
        teller: &mut Teller<F>,
    ) -> Result<(Account, Option<Secret>)>
    where
        F: for<'a> FnMut(BootstrapEvent<'a>) -> BootstrapFuture<'a> + Send,
    {
        let Some(account) = found else {
            let ClientWithSecret {
                id,
                client_id,
                secret,
                ..
            } = accounts.create(&self.name).await?;
            let account = Account {
                subject: accounts.subject(&self.name),
                id,
                client_id,
            };
            // Even if nobody wants to hear of the account, the secret is handed over.
            let told = teller.tell(BootstrapEvent::CreatedAccount(&account)).await;
            teller.keep(&account, &secret).await?;
            told.map_err(|error| error.with_side_effect(account.side_effect()))?;
            return Ok((account, Some(secret)));
        };
        teller.tell(BootstrapEvent::FoundAccount(&account)).await?;
        if !self.regenerate_secret {
            return Ok((account, None));
        }
        let secret = accounts.regenerate_secret(&account.id).await?;
        teller.keep(&account, &secret).await?;
        Ok((account, Some(secret)))
    }
}

/// Rejects a disabled account, for which a new secret would be useless.
fn enabled((account, is_enabled): (Account, bool)) -> Result<Account> {
    if is_enabled {
        return Ok(account);
    }
    Err(named(Error::config(format!(
        "name is that of {} which is switched off: switch it on, or choose another name",
        account.subject.subject_type
    ))))
}
