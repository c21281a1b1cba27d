//! Access keys and user applications, two names for the same thing.

use async_trait::async_trait;
use auth_core::{Error, Result, Secret};
use runai_auth::Client;
use runai_auth::admin::{AccessKey, ClientWithSecret};
use serde::Serialize;

use super::created::Created;
use super::secret_calls;
use crate::arguments::runai::KeysCommand;
use crate::confirm;
use crate::failure::Failure;
use crate::lookup::{self, Comparison, Entry, Found};
use crate::output::{Listed, print_changed, print_list, print_one};
use crate::secrets::SecretHolder;

/// The calls of access keys, under one of the two names.
#[async_trait]
pub(super) trait Keys: Sync {
    const HOLDER: SecretHolder;

    fn client(&self) -> &Client;

    async fn list(&self) -> Result<Vec<AccessKey>>;
    async fn admin_list(&self) -> Result<Vec<AccessKey>>;
    async fn get(&self, id: &str) -> Result<AccessKey>;
    async fn create(&self, name: &str) -> Result<ClientWithSecret>;
    async fn regenerate_secret(&self, id: &str) -> Result<Secret>;
    async fn delete(&self, id: &str) -> Result<()>;
    async fn admin_delete(&self, id: &str) -> Result<()>;
}

pub(super) struct AccessKeys(pub(super) Client);
pub(super) struct UserApps(pub(super) Client);

/// An access key as it is printed; its keys are in the documented order.
#[derive(Serialize)]
struct Printed {
    id: String,
    name: String,
    client_id: String,
    created_by: Option<String>,
    created_at: Option<String>,
    last_login: Option<String>,
}

pub(super) async fn run<K: Keys>(keys: &K, command: KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::List(arguments) => {
            let all = if arguments.all {
                keys.admin_list().await?
            } else {
                keys.list().await?
            };
            let all: Vec<_> = all.into_iter().map(Printed::from).collect();
            print_list(&all, &arguments.list)
        }
        KeysCommand::Get(arguments) => {
            let found = find(keys, &arguments.id, false).await?;
            let one = keys.get(&found.id).await?;
            print_one(Printed::from(one), &arguments.list)
        }
        KeysCommand::Create(arguments) => {
            secret_calls::create(
                K::HOLDER,
                &arguments.name,
                (&arguments.secret, &arguments.list),
                keys.client(),
                keys.create(&arguments.name),
                Created::take,
            )
            .await
        }
        KeysCommand::RegenerateSecret(arguments) => {
            let find = find(keys, &arguments.id, false);
            let request = |id: String| async move { keys.regenerate_secret(&id).await };
            secret_calls::regenerate(K::HOLDER, &arguments, keys.client(), find, request).await
        }
        KeysCommand::Delete(arguments) => {
            let about = |text: &str| format!("delete {} {text}", K::HOLDER.noun);
            confirm::check(&about(&arguments.id), &arguments.confirm)?;
            let found = find(keys, &arguments.id, arguments.of_anybody).await?;
            confirm::confirm(&about(&found.label), &arguments.confirm)?;
            if arguments.of_anybody {
                keys.admin_delete(&found.id).await?;
            } else {
                keys.delete(&found.id).await?;
            }
            print_changed(&found.id, &arguments.list)
        }
    }
}

async fn find<K: Keys>(keys: &K, text: &str, of_anybody: bool) -> Result<Found, Error> {
    let list = async {
        let all = if of_anybody {
            keys.admin_list().await?
        } else {
            keys.list().await?
        };
        let entries = all.into_iter().map(|one| Entry::new(one.id, one.name));
        Ok(entries.collect())
    };
    lookup::find(
        lookup::Collection::of_control_plane(K::HOLDER.noun),
        text,
        Comparison::Exact,
        list,
    )
    .await
}

impl From<AccessKey> for Printed {
    fn from(key: AccessKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            client_id: key.client_id,
            created_by: key.created_by,
            created_at: key.created_at,
            last_login: key.last_login,
        }
    }
}

impl Listed for Printed {
    const COLUMNS: &'static [&'static str] =
        &["id", "name", "client id", "created by", "last login"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.name.clone(),
            self.client_id.clone(),
            self.created_by.clone().unwrap_or_default(),
            self.last_login.clone().unwrap_or_default(),
        ]
    }
}

/// The two have the same methods but no common trait.
macro_rules! keys {
    ($name:ident, $noun:literal, $resource:literal, $calls:ident) => {
        #[async_trait]
        impl Keys for $name {
            const HOLDER: SecretHolder = SecretHolder::client($noun, $resource);

            fn client(&self) -> &Client {
                &self.0
            }

            async fn list(&self) -> Result<Vec<AccessKey>> {
                self.0.admin().$calls().list().await
            }

            async fn admin_list(&self) -> Result<Vec<AccessKey>> {
                self.0.admin().$calls().admin_list(None, None).await
            }

            async fn get(&self, id: &str) -> Result<AccessKey> {
                self.0.admin().$calls().get(id).await
            }

            async fn create(&self, name: &str) -> Result<ClientWithSecret> {
                self.0.admin().$calls().create(name).await
            }

            async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
                self.0.admin().$calls().regenerate_secret(id).await
            }

            async fn delete(&self, id: &str) -> Result<()> {
                self.0.admin().$calls().delete(id).await
            }

            async fn admin_delete(&self, id: &str) -> Result<()> {
                self.0.admin().$calls().admin_delete(id).await
            }
        }
    };
}

keys!(AccessKeys, "access key", "access-keys", access_keys);
keys!(UserApps, "user application", "user-apps", user_applications);
