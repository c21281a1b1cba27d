//! Users.

use auth_core::{Error, Secret};
use futures_util::TryStreamExt as _;
use runai_auth::Client;
use runai_auth::admin::{Admin, NewUser, Query, User};
use serde::Serialize;

use super::queries::{narrowed, sorted};
use super::{secret_calls, subjects};
use crate::arguments::runai::{
    DestroyArguments, FilterArguments, UserCreateArguments, UsersCommand,
};
use crate::confirm;
use crate::failure::Failure;
use crate::lookup::{self, Comparison, Found};
use crate::output::{Listed, print_changed, print_count, print_list, print_one};
use crate::progress::counted;
use crate::secrets::{Delivered, SecretHolder};

pub(super) async fn run(client: &Client, command: UsersCommand) -> Result<(), Failure> {
    let admin = &client.admin();
    let users = admin.users();
    match command {
        UsersCommand::List(arguments) => {
            let query = sorted(listed(admin, &arguments.filter), &arguments.sort);
            let all = counted(query.stream().map_ok(Printed::from)).await?;
            print_list(&all, &arguments.list)
        }
        UsersCommand::Count(arguments) => {
            let count = listed(admin, &arguments.filter).count().await?;
            print_count(count, &arguments.list)
        }
        UsersCommand::Get(arguments) => {
            let found = find(admin, &arguments.id).await?;
            let user = users.get(&found.id).await?;
            print_one(Printed::from(user), &arguments.list)
        }
        UsersCommand::Create(arguments) => create(client, arguments).await,
        UsersCommand::ResetPassword(arguments) => {
            let find = find(admin, &arguments.id);
            let users = &users;
            let request = |id: String| async move { users.reset_password(&id).await };
            secret_calls::regenerate(SecretHolder::USER, &arguments, client, find, request).await
        }
        UsersCommand::Logout(arguments) => {
            let found = confirmed(admin, "end the sessions of", &arguments).await?;
            users.logout(&found.id).await?;
            print_changed(&found.id, &arguments.list)
        }
        UsersCommand::Delete(arguments) => {
            let found = confirmed(admin, "delete", &arguments).await?;
            users.delete(&found.id).await?;
            print_changed(&found.id, &arguments.list)
        }
    }
}

async fn find(admin: &Admin, text: &str) -> Result<Found, Error> {
    let kind = lookup::Collection::of_control_plane("user");
    lookup::find(kind, text, Comparison::IgnoreCase, subjects::users(admin)).await
}

/// Finds the user once it is clear that the question can be asked, and asks it.
async fn confirmed(
    admin: &Admin,
    what: &str,
    arguments: &DestroyArguments,
) -> Result<Found, Failure> {
    let about = |text: &str| format!("{what} user {text}");
    confirm::check(&about(&arguments.id), &arguments.confirm)?;
    let found = find(admin, &arguments.id).await?;
    confirm::confirm(&about(&found.label), &arguments.confirm)?;
    Ok(found)
}

/// Returns the query for the users that fulfil the filters.
fn listed(admin: &Admin, arguments: &FilterArguments) -> Query<User> {
    narrowed(admin.users().list(), arguments, |query, text| {
        query.search(text)
    })
}

async fn create(client: &Client, arguments: UserCreateArguments) -> Result<(), Failure> {
    let email = arguments.email.as_str();
    let user = NewUser::new(email)
        .reset_password(arguments.reset_password)
        .notify(arguments.notify);
    let admin = client.admin();
    let users = admin.users();
    secret_calls::create(
        SecretHolder::USER,
        email,
        (&arguments.secret, &arguments.list),
        client,
        users.create(user),
        |created| {
            let made = Created {
                lacking: created.incomplete().to_vec(),
                id: created.id,
                username: created.username,
                password: None,
            };
            // Some control planes show none; that is an error which names the remedy.
            (made, created.temporary_password)
        },
    )
    .await
}

/// A new user as it is printed; the password is included only on request.
#[derive(Serialize)]
struct Created {
    id: String,
    username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip)]
    lacking: Vec<&'static str>,
}

/// A user as it is printed; its keys are in the documented order.
#[derive(Serialize)]
struct Printed {
    id: String,
    username: String,
    is_local: Option<bool>,
    groups: Vec<String>,
    created_by: Option<String>,
    created_at: Option<String>,
    last_login: Option<String>,
}

impl From<User> for Printed {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            username: user.username,
            is_local: user.is_local,
            groups: user.groups,
            created_by: user.created_by,
            created_at: user.created_at,
            last_login: user.last_login,
        }
    }
}

impl Listed for Printed {
    const COLUMNS: &'static [&'static str] = &["id", "username", "local", "last login"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.username.clone(),
            self.is_local.map_or_else(String::new, |is| is.to_string()),
            self.last_login.clone().unwrap_or_default(),
        ]
    }
}

impl Delivered for Created {
    fn id(&self) -> Option<&str> {
        Some(self.id.as_str()).filter(|id| !id.is_empty())
    }

    fn lacking(&self) -> Vec<&'static str> {
        self.lacking.clone()
    }

    fn show(&mut self, password: &Secret) {
        self.password = Some(password.expose_secret().to_owned());
    }
}

impl Listed for Created {
    const COLUMNS: &'static [&'static str] = &["id", "username", "password"];

    fn cells(&self) -> Vec<String> {
        let password = self.password.clone().unwrap_or_default();
        vec![self.id.clone(), self.username.clone(), password]
    }
}
