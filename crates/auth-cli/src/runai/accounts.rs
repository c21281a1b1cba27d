//! Applications and service accounts, which have the same calls.

use async_trait::async_trait;
use auth_core::{Result, Secret};
use runai_auth::admin::{Admin, Application, CreatedAccount, ServiceAccount};
use serde::Serialize;

use super::arguments::AccountsCommand;
use crate::confirm::confirm;
use crate::failure::Failure;
use crate::output::{Listed, print_list, print_one};
use crate::secret_sink::SecretSink;

/// The calls of one kind of account.
#[async_trait]
pub(super) trait Accounts: Sync {
    /// What people call one of them.
    const NOUN: &'static str;

    async fn list(&self) -> Result<Vec<Account>>;
    async fn get(&self, id: &str) -> Result<Account>;
    async fn create(&self, name: &str) -> Result<CreatedAccount>;
    async fn set_enabled(&self, id: &str, enabled: bool) -> Result<()>;
    async fn regenerate_secret(&self, id: &str) -> Result<Secret>;
    async fn delete(&self, id: &str) -> Result<()>;
}

pub(super) struct Apps(pub(super) Admin);
pub(super) struct ServiceAccounts(pub(super) Admin);

/// An account as it is printed; its keys are in the order in which they are promised.
#[derive(Serialize)]
pub(super) struct Account {
    id: String,
    name: String,
    client_id: String,
    enabled: bool,
    created_by: Option<String>,
    created_at: Option<String>,
    last_login: Option<String>,
}

/// A new account as it is printed; the secret is there only if it was asked for.
#[derive(Serialize)]
pub(super) struct Created {
    id: String,
    name: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

pub(super) async fn run<A: Accounts>(
    accounts: &A,
    command: AccountsCommand,
) -> Result<(), Failure> {
    match command {
        AccountsCommand::List(arguments) => print_list(&accounts.list().await?, &arguments),
        AccountsCommand::Get(arguments) => {
            print_one(accounts.get(&arguments.id).await?, &arguments.list)
        }
        AccountsCommand::Create(arguments) => {
            let sink = SecretSink::prepare(&arguments.secret, false)?;
            let created = accounts.create(&arguments.name).await?;
            print_one(Created::keep(created, sink)?, &arguments.list)
        }
        AccountsCommand::Enable(arguments) => Ok(accounts.set_enabled(&arguments.id, true).await?),
        AccountsCommand::Disable(arguments) => {
            confirm(&about::<A>("disable", &arguments.id), &arguments.confirm)?;
            Ok(accounts.set_enabled(&arguments.id, false).await?)
        }
        AccountsCommand::RegenerateSecret(arguments) => {
            let what = about::<A>("replace the secret of", &arguments.id);
            confirm(&what, &arguments.confirm)?;
            let sink = SecretSink::prepare(&arguments.secret, true)?;
            show(sink.keep(&accounts.regenerate_secret(&arguments.id).await?)?)
        }
        AccountsCommand::Delete(arguments) => {
            confirm(&about::<A>("delete", &arguments.id), &arguments.confirm)?;
            Ok(accounts.delete(&arguments.id).await?)
        }
    }
}

fn about<A: Accounts>(what: &str, id: &str) -> String {
    format!("{what} {} {id}", A::NOUN)
}

/// Prints a secret that was asked for, and nothing else.
pub(super) fn show(secret: Option<String>) -> Result<(), Failure> {
    match secret {
        Some(secret) => crate::output::print(format!("{secret}\n").as_bytes()),
        None => Ok(()),
    }
}

impl Created {
    /// Keeps the secret before anything else can go wrong.
    pub(super) fn keep(created: CreatedAccount, sink: SecretSink) -> Result<Self, Failure> {
        let secret = sink.keep(&created.secret)?;
        Ok(Self {
            id: created.id,
            name: created.name,
            client_id: created.client_id,
            secret,
        })
    }
}

impl Listed for Account {
    const COLUMNS: &'static [&'static str] = &["id", "name", "client id", "enabled", "last login"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.name.clone(),
            self.client_id.clone(),
            self.enabled.to_string(),
            self.last_login.clone().unwrap_or_default(),
        ]
    }
}

impl Listed for Created {
    const COLUMNS: &'static [&'static str] = &["id", "name", "client id", "secret"];

    fn cells(&self) -> Vec<String> {
        let secret = self.secret.clone().unwrap_or_default();
        vec![
            self.id.clone(),
            self.name.clone(),
            self.client_id.clone(),
            secret,
        ]
    }
}

impl From<Application> for Account {
    fn from(one: Application) -> Self {
        Self {
            id: one.id,
            name: one.name,
            client_id: one.client_id,
            enabled: one.enabled,
            created_by: one.created_by,
            created_at: one.created_at,
            last_login: one.last_login,
        }
    }
}

impl From<ServiceAccount> for Account {
    fn from(one: ServiceAccount) -> Self {
        Self {
            id: one.id,
            name: one.name,
            client_id: one.client_id,
            enabled: one.enabled,
            created_by: one.created_by,
            created_at: one.created_at,
            last_login: one.last_login,
        }
    }
}

/// The two kinds have the same methods and no trait in common.
macro_rules! accounts {
    ($name:ident, $noun:literal, $calls:ident) => {
        #[async_trait]
        impl Accounts for $name {
            const NOUN: &'static str = $noun;

            async fn list(&self) -> Result<Vec<Account>> {
                let all = self.0.$calls().list().await?;
                Ok(all.into_iter().map(Account::from).collect())
            }

            async fn get(&self, id: &str) -> Result<Account> {
                self.0.$calls().get(id).await.map(Account::from)
            }

            async fn create(&self, name: &str) -> Result<CreatedAccount> {
                self.0.$calls().create(name).await
            }

            async fn set_enabled(&self, id: &str, enabled: bool) -> Result<()> {
                self.0.$calls().set_enabled(id, enabled).await
            }

            async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
                self.0.$calls().regenerate_secret(id).await
            }

            async fn delete(&self, id: &str) -> Result<()> {
                self.0.$calls().delete(id).await
            }
        }
    };
}

accounts!(Apps, "application", applications);
accounts!(ServiceAccounts, "service account", service_accounts);
