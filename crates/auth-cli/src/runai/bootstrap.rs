//! `vauth runai bootstrap`: the whole set-up of a client for programs, step by step.

use std::io;
use std::path::Path;

use auth_core::Secret;
use runai_auth::Config;
use runai_auth::admin::{Bootstrap, NewUser, Step};
use serde::Serialize;

use super::arguments::BootstrapArguments;
use crate::failure::Failure;
use crate::output::{Listed, print_list};
use crate::secret_sink::{SecretFile, read_secret};

pub(super) async fn run(arguments: BootstrapArguments) -> Result<(), Failure> {
    let mut bootstrap = Bootstrap::new(Config::from_env()?, &arguments.name, &arguments.role)
        .regenerate_secret(arguments.regenerate_secret);
    if let Some(scope) = arguments.scope {
        bootstrap = bootstrap.scope(scope);
    }
    if let Some(email) = arguments.user {
        bootstrap = bootstrap.user(NewUser::new(email));
    }
    let known = match &arguments.secret_file {
        Some(path) if path.exists() => Some(read_secret(path)?),
        _ => None,
    };
    let mut told = Told {
        steps: Vec::new(),
        secret: Place::prepare(
            arguments.secret_file.as_deref(),
            arguments.regenerate_secret,
        )?,
        password: Place::prepare(arguments.user_password_file.as_deref(), false)?,
    };
    if let Some(secret) = known.filter(|_| !arguments.regenerate_secret) {
        bootstrap = bootstrap.known_secret(secret);
    }
    let outcome = bootstrap.run(|step| told.hear(&step)).await;
    // What was done is told even if what follows failed.
    let printed = print_list(&told.steps, &arguments.list);
    outcome?;
    printed
}

/// Where a secret goes.
enum Place {
    Shown,
    File(Option<SecretFile>),
    /// The file has a secret already, which stays.
    Taken,
}

impl Place {
    fn prepare(path: Option<&Path>, may_replace: bool) -> Result<Self, Failure> {
        match path {
            None => Ok(Self::Shown),
            Some(path) if !may_replace && path.symlink_metadata().is_ok() => Ok(Self::Taken),
            Some(path) => SecretFile::prepare(path, may_replace).map(|file| Self::File(Some(file))),
        }
    }

    /// Keeps a secret; one that cannot be written is shown after all, since nobody can read it again.
    fn keep(&mut self, secret: &Secret) -> Option<String> {
        let kept = match self {
            Self::File(file) => file.take().is_some_and(|file| file.write(secret).is_ok()),
            Self::Shown | Self::Taken => false,
        };
        (!kept).then(|| secret.expose().to_owned())
    }
}

/// What the run told of itself.
struct Told {
    steps: Vec<Printed>,
    secret: Place,
    password: Place,
}

impl Told {
    fn hear(&mut self, step: &Step<'_>) -> io::Result<()> {
        let printed = match step {
            Step::SignedIn => Printed::new("signed in", ""),
            Step::FoundAccount(account) => Printed::new("found account", &account.client_id),
            Step::CreatedAccount(account) => Printed::new("made account", &account.client_id),
            Step::NewSecret { account, secret } => {
                Printed::new("made secret", &account.client_id).with(self.secret.keep(secret))
            }
            Step::FoundRule(rule) => Printed::new("found access rule", &rule.id.to_string()),
            Step::CreatedRule(rule) => Printed::new("made access rule", &rule.id.to_string()),
            Step::Verified(account) => Printed::new("verified sign-in", &account.client_id),
            Step::NotVerified(account) => Printed::new(
                "sign-in not tried, the secret is not known",
                &account.client_id,
            ),
            Step::FoundUser(name) => Printed::new("found user", name),
            Step::CreatedUser(name) => Printed::new("made user", name),
            Step::NewPassword { username, password } => {
                Printed::new("made password", username).with(self.password.keep(password))
            }
            _ => return Ok(()),
        };
        self.steps.push(printed);
        Ok(())
    }
}

/// A step as it is printed; the secret is there only if it was asked for, or could not be kept.
#[derive(Serialize)]
struct Printed {
    step: &'static str,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl Printed {
    fn new(step: &'static str, what: &str) -> Self {
        Self {
            step,
            what: what.to_owned(),
            secret: None,
        }
    }

    fn with(mut self, secret: Option<String>) -> Self {
        self.secret = secret;
        self
    }
}

impl Listed for Printed {
    const COLUMNS: &'static [&'static str] = &["step", "what", "secret"];

    fn cells(&self) -> Vec<String> {
        let secret = self.secret.clone().unwrap_or_default();
        vec![self.step.to_owned(), self.what.clone(), secret]
    }
}
