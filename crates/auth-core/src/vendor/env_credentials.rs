//! Credentials in two environment variables that are read again whenever they are needed.

use std::ffi::OsString;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Environment, Setting};
use crate::credential::{Credentials, CredentialsProvider};
use crate::error::{Error, Result};

/// An id and a secret from two environment variables, read for every token request.
///
/// Use it for variables of any name, and for programs that change their own environment. A vendor crate's `from_env` reads its variables only once.
pub struct EnvCredentials {
    id: Setting,
    secret: Setting,
    lookup: Box<Lookup>,
    seen: Mutex<Seen>,
}

type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

#[derive(Default)]
struct Seen {
    /// `None` while one is missing or unusable.
    credentials: Option<Credentials>,
    revision: u64,
}

impl EnvCredentials {
    /// Reads both variables once, so that a missing one is detected immediately.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the variable, if one is missing or unusable.
    pub fn new(id_variable: &'static str, secret_variable: &'static str) -> Result<Self> {
        Self::with_lookup(id_variable, secret_variable, |variable| {
            Environment::of_process().raw(variable)
        })
    }

    /// As [`EnvCredentials::new`], with variables from another source.
    ///
    /// # Errors
    /// As [`EnvCredentials::new`].
    pub fn with_lookup(
        id_variable: &'static str,
        secret_variable: &'static str,
        lookup: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static,
    ) -> Result<Self> {
        let provider = Self {
            id: Setting::of_variable(id_variable, "your-client-id"),
            secret: Setting::of_variable(secret_variable, "your-client-secret"),
            lookup: Box::new(lookup),
            seen: Mutex::default(),
        };
        provider.read()?;
        provider.seen().revision = 0;
        Ok(provider)
    }

    /// Reads both variables and notes whether they changed.
    fn read(&self) -> Result<Credentials> {
        // Under the lock, so that of two readers the later one wins.
        let mut seen = self.seen();
        let outcome = self.look();
        let credentials = outcome.as_ref().ok();
        let is_same = match (&seen.credentials, credentials) {
            (Some(seen), Some(now)) => seen.is_same_pair(now),
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            seen.revision += 1;
            seen.credentials = credentials.cloned();
        }
        outcome
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) -> Result<Credentials> {
        let variables = Environment::new(&*self.lookup);
        let missing = |setting: &Setting| {
            Error::config(format!(
                "{name} is not set: set it, for example {name}={}",
                setting.example(),
                name = setting.name()
            ))
        };
        let (_, id) = variables.text(&self.id)?.ok_or_else(|| missing(&self.id))?;
        let secret = variables
            .secret(&self.secret)?
            .ok_or_else(|| missing(&self.secret))?;
        Credentials::of_settings(self.id.name(), id, self.secret.name(), secret)
    }
}

#[async_trait]
impl CredentialsProvider for EnvCredentials {
    async fn credentials(&self) -> Result<Credentials> {
        self.read()
    }

    fn credentials_version(&self) -> u64 {
        // Unusable variables are a change as well; the next token request will report what is wrong.
        let _ = self.read();
        self.seen().revision
    }

    fn identity(&self) -> Option<Arc<str>> {
        let seen = self.seen();
        seen.credentials
            .as_ref()
            .map(|credentials| credentials.id().into())
    }
}

impl fmt::Debug for EnvCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvCredentials")
            .field("id", &self.id.name())
            .field("secret", &self.secret.name())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
