//! The destinations of a bootstrap's secrets: reserved before anything is created, or files with a secret that stays.

use std::path::Path;

use auth_core::{Error, ErrorKind};
use futures_util::TryStreamExt as _;
use runai_auth::admin::{Admin, FilterOperator};
use runai_auth::{Client, Config};

use crate::arguments::runai::BootstrapArguments;
use crate::failure::Failure;
use crate::secrets::{Existing, Place, ReservedFile};
use crate::stdout::check_stdout;
use crate::work::Work;

/// A destination for each secret; `None` if a file contains a secret that stays.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) secret: Option<Place>,
    pub(super) password: Option<Place>,
}

impl Places {
    pub(super) fn prepare(arguments: &BootstrapArguments) -> Result<Self, Failure> {
        let secret = match &arguments.secret_file {
            None => {
                check_stdout()?;
                Some(Place::Shown)
            }
            Some(path) if arguments.regenerate_secret => {
                Some(ReservedFile::prepare(path, Existing::Replaced).map(Place::File)?)
            }
            Some(path) => reserve(path)?,
        };
        let password = match &arguments.user_password_file {
            None => None,
            Some(path) => reserve(path)?,
        };
        Ok(Self { secret, password })
    }

    /// Checks that the owner of an existing file's secret exists: otherwise the new secret would have no destination.
    pub(super) async fn check_taken(
        &self,
        config: &Config,
        arguments: &BootstrapArguments,
        work: &mut Work,
    ) -> Result<(), Failure> {
        let admin = Client::new(config.clone())?.admin();
        if let (None, Some(path)) = (&self.secret, &arguments.secret_file) {
            let names = work.prepare(account_names(&admin)).await?;
            if !names.contains(&arguments.name) {
                return Err(taken(path, &format!("account {}", arguments.name)));
            }
        }
        if let (None, Some(path), Some(email)) = (
            &self.password,
            &arguments.user_password_file,
            &arguments.user,
        ) && !work.prepare(has_user(&admin, email)).await?
        {
            return Err(taken(path, &format!("user {email}")));
        }
        Ok(())
    }

    /// Checks again, right before anything is created.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let places = [&self.secret, &self.password];
        places
            .into_iter()
            .flatten()
            .try_for_each(|place| place.check())
    }
}

/// Reserves a file, unless it exists: then its secret stays.
fn reserve(path: &Path) -> Result<Option<Place>, Failure> {
    if path.symlink_metadata().is_ok() {
        return Ok(None);
    }
    let file = ReservedFile::prepare(path, Existing::Refused)?;
    Ok(Some(Place::File(file)))
}

async fn account_names(admin: &Admin) -> Result<Vec<String>, Error> {
    match admin.service_accounts().list().await {
        // An older control plane has applications instead.
        Err(error) if error.kind() == ErrorKind::ApiStatus => {
            let all = admin.applications().list().await?;
            Ok(all.into_iter().map(|one| one.name).collect())
        }
        all => Ok(all?.into_iter().map(|one| one.name).collect()),
    }
}

async fn has_user(admin: &Admin, email: &str) -> Result<bool, Error> {
    let users = admin.users().list();
    let mut users = users
        .filter("username", FilterOperator::Equals, email)
        .stream();
    while let Some(user) = users.try_next().await? {
        if user.username.eq_ignore_ascii_case(email) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn taken(path: &Path, what: &str) -> Failure {
    Failure::Usage(format!(
        "{} already exists, but there is no {what} that its content could belong to: choose another file, or remove it",
        path.display()
    ))
}
