//! Applications and service accounts, which have the same calls.

use async_trait::async_trait;
use auth_core::{Error, Result, Secret};
use runai_auth::Client;
use runai_auth::admin::{Application, ClientWithSecret, ServiceAccount};
use serde::Serialize;

use super::created::Created;
use super::secret_calls;
use crate::arguments::runai::{AccountsCommand, DestroyArguments};
use crate::confirm;
use crate::failure::Failure;
use crate::lookup::{self, Comparison, Entry, Found};
use crate::output::{Listed, print_changed, print_list, print_one};
use crate::secrets::SecretHolder;

/// The calls of one kind of account.
#[async_trait]
pub(super) trait Accounts: Sync {
    const HOLDER: SecretHolder;

    fn client(&self) -> &Client;

    async fn list(&self) -> Result<Vec<Account>>;
    async fn get(&self, id: &str) -> Result<Account>;
    async fn create(&self, name: &str) -> Result<ClientWithSecret>;
    async fn set_enabled(&self, id: &str, enabled: bool) -> Result<()>;
    async fn regenerate_secret(&self, id: &str) -> Result<Secret>;
    async fn delete(&self, id: &str) -> Result<()>;
}

pub(super) struct Apps(pub(super) Client);
pub(super) struct ServiceAccounts(pub(super) Client);

/// An account as it is printed; its keys are in the documented order.
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

pub(super) async fn run<A: Accounts>(
    accounts: &A,
    command: AccountsCommand,
) -> Result<(), Failure> {
    match command {
        AccountsCommand::List(arguments) => print_list(&accounts.list().await?, &arguments),
        AccountsCommand::Get(arguments) => {
            let found = find(accounts, &arguments.id).await?;
            print_one(accounts.get(&found.id).await?, &arguments.list)
        }
        AccountsCommand::Create(arguments) => {
            secret_calls::create(
                A::HOLDER,
                &arguments.name,
                (&arguments.secret, &arguments.list),
                accounts.client(),
                accounts.create(&arguments.name),
                Created::take,
            )
            .await
        }
        AccountsCommand::Enable(arguments) => {
            let found = find(accounts, &arguments.id).await?;
            accounts.set_enabled(&found.id, true).await?;
            print_changed(&found.id, &arguments.list)
        }
        AccountsCommand::Disable(arguments) => {
            let found = confirmed(accounts, "disable", &arguments).await?;
            accounts.set_enabled(&found.id, false).await?;
            print_changed(&found.id, &arguments.list)
        }
        AccountsCommand::RegenerateSecret(arguments) => {
            let find = find(accounts, &arguments.id);
            let request = |id: String| async move { accounts.regenerate_secret(&id).await };
            secret_calls::regenerate(A::HOLDER, &arguments, accounts.client(), find, request).await
        }
        AccountsCommand::Delete(arguments) => {
            let found = confirmed(accounts, "delete", &arguments).await?;
            accounts.delete(&found.id).await?;
            print_changed(&found.id, &arguments.list)
        }
    }
}

async fn find<A: Accounts>(accounts: &A, text: &str) -> Result<Found, Error> {
    let list = async {
        let all = accounts.list().await?.into_iter();
        let entries = all.map(|one| Entry::new(one.id, one.name));
        Ok(entries.collect())
    };
    lookup::find(
        lookup::Collection::of_control_plane(A::HOLDER.noun),
        text,
        Comparison::Exact,
        list,
    )
    .await
}

/// Finds the account once it is clear that the question can be asked, and asks it.
async fn confirmed<A: Accounts>(
    accounts: &A,
    what: &str,
    arguments: &DestroyArguments,
) -> Result<Found, Failure> {
    confirm::check(&about::<A>(what, &arguments.id), &arguments.confirm)?;
    let found = find(accounts, &arguments.id).await?;
    confirm::confirm(&about::<A>(what, &found.label), &arguments.confirm)?;
    Ok(found)
}

fn about<A: Accounts>(what: &str, id: &str) -> String {
    format!("{what} {} {id}", A::HOLDER.noun)
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

/// The two kinds have the same methods but no common trait.
macro_rules! accounts {
    ($name:ident, $noun:literal, $resource:literal, $calls:ident) => {
        #[async_trait]
        impl Accounts for $name {
            const HOLDER: SecretHolder = SecretHolder::client($noun, $resource);

            fn client(&self) -> &Client {
                &self.0
            }

            async fn list(&self) -> Result<Vec<Account>> {
                let all = self.0.admin().$calls().list().await?;
                Ok(all.into_iter().map(Account::from).collect())
            }

            async fn get(&self, id: &str) -> Result<Account> {
                self.0.admin().$calls().get(id).await.map(Account::from)
            }

            async fn create(&self, name: &str) -> Result<ClientWithSecret> {
                self.0.admin().$calls().create(name).await
            }

            async fn set_enabled(&self, id: &str, enabled: bool) -> Result<()> {
                self.0.admin().$calls().set_enabled(id, enabled).await
            }

            async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
                self.0.admin().$calls().regenerate_secret(id).await
            }

            async fn delete(&self, id: &str) -> Result<()> {
                self.0.admin().$calls().delete(id).await
            }
        }
    };
}

accounts!(Apps, "application", "apps", applications);
accounts!(
    ServiceAccounts,
    "service account",
    "service-accounts",
    service_accounts
);
