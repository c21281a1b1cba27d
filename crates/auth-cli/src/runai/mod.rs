//! `vauth runai`: the administration of a control plane.

mod arguments;
mod accounts;
mod keys;
mod users;
mod rules;
mod roles;
mod bootstrap;

pub(crate) use arguments::RunaiCommand;

use runai_auth::Client;
use runai_auth::admin::Admin;

use self::accounts::{Apps, ServiceAccounts};
use self::keys::{AccessKeys, UserApps};
use crate::failure::Failure;
use crate::secret_sink::read_secret;

pub(crate) async fn run(command: RunaiCommand) -> Result<(), Failure> {
    match command {
        RunaiCommand::Apps(command) => accounts::run(&Apps(admin()?), command).await,
        RunaiCommand::ServiceAccounts(command) => {
            accounts::run(&ServiceAccounts(admin()?), command).await
        }
        RunaiCommand::AccessKeys(command) => keys::run(&AccessKeys(admin()?), command).await,
        RunaiCommand::UserApps(command) => keys::run(&UserApps(admin()?), command).await,
        RunaiCommand::Users(command) => users::run(&admin()?, command).await,
        RunaiCommand::AccessRules(command) => rules::run(&admin()?, command).await,
        RunaiCommand::Roles(command) => roles::run(&admin()?, command).await,
        RunaiCommand::Permissions(arguments) => roles::permissions(&admin()?, &arguments).await,
        RunaiCommand::PermittedScopes(arguments) => {
            roles::permitted_scopes(&admin()?, &arguments).await
        }
        RunaiCommand::ChangePassword(arguments) => {
            let current = read_secret(&arguments.current_password_file)?;
            let new = read_secret(&arguments.new_password_file)?;
            Ok(admin()?.me().change_password(&current, &new).await?)
        }
        RunaiCommand::MyAccessRules(arguments) => rules::of_caller(&admin()?, &arguments).await,
        RunaiCommand::Bootstrap(arguments) => bootstrap::run(arguments).await,
    }
}

fn admin() -> Result<Admin, Failure> {
    Ok(Client::from_env()?.admin())
}
