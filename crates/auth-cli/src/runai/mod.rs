//! `vauth runai`: the admin API of a control plane.

mod created;
mod subjects;
mod secret_calls;
mod accounts;
mod keys;
mod users;
mod queries;
mod organization;
mod quotas;
mod clusters;
mod node_pools;
mod departments;
mod projects;
mod scopes;
mod rules;
mod roles;
mod password;
mod bootstrap;

use runai_auth::Client;
use runai_auth::admin::Admin;

use self::accounts::{Apps, ServiceAccounts};
use self::keys::{AccessKeys, UserApps};
use crate::arguments::runai::RunaiCommand;
use crate::failure::Failure;
use crate::settings::Settings;

pub(crate) async fn run(command: RunaiCommand, settings: &Settings) -> Result<(), Failure> {
    let client = || -> Result<Client, Failure> { Ok(Client::new(settings.runai()?)?) };
    let admin = || -> Result<Admin, Failure> { Ok(client()?.admin()) };
    match command {
        RunaiCommand::Apps(command) => accounts::run(&Apps(client()?), command).await,
        RunaiCommand::ServiceAccounts(command) => {
            accounts::run(&ServiceAccounts(client()?), command).await
        }
        RunaiCommand::AccessKeys(command) => keys::run(&AccessKeys(client()?), command).await,
        RunaiCommand::UserApps(command) => keys::run(&UserApps(client()?), command).await,
        RunaiCommand::Users(command) => users::run(&client()?, command).await,
        RunaiCommand::AccessRules(command) => rules::run(&admin()?, command).await,
        RunaiCommand::Roles(command) => roles::run(&admin()?, command).await,
        RunaiCommand::Clusters(command) => clusters::run(&admin()?, command).await,
        RunaiCommand::Departments(command) => departments::run(&admin()?, command).await,
        RunaiCommand::Projects(command) => projects::run(&admin()?, command).await,
        RunaiCommand::NodePools(command) => node_pools::run(&admin()?, command).await,
        RunaiCommand::Permissions(arguments) => roles::permissions(&admin()?, &arguments).await,
        RunaiCommand::PermittedScopes(arguments) => {
            roles::permitted_scopes(&admin()?, &arguments).await
        }
        RunaiCommand::MyAccessRules(arguments) => rules::of_caller(&admin()?, &arguments).await,
        RunaiCommand::ChangePassword(arguments) => password::change(&arguments, &client()?).await,
        RunaiCommand::Bootstrap(arguments) => {
            // It verifies that the new account can sign in, which a stored token would not show.
            bootstrap::run(arguments, settings.runai_unshared()?).await
        }
    }
}
