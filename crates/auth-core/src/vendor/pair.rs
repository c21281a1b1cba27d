//! An id with its secret, as a builder collects them: a client's, or a user's name and password.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Environment, Setting};
use crate::clock::Clock;
use crate::credential::{Credentials, CredentialsProvider, FileCredentials};
use crate::error::Result;
use crate::secret::{Secret, check_credential};

/// The settings of one pair; those that the program sets take precedence over the environment's.
#[derive(Clone, Default)]
pub(super) struct Pair {
    id: Option<String>,
    secret: Option<Secret>,
    secret_file: Option<PathBuf>,
    is_id_inherited: bool,
    is_secret_inherited: bool,
}

/// The names of the two parts of a pair.
#[derive(Clone, Copy)]
pub(super) struct Labels<'a> {
    pub(super) id: &'a Setting,
    pub(super) secret: &'a Setting,
}

impl Pair {
    pub(super) fn from_environment(
        labels: Labels<'_>,
        environment: &Environment<'_>,
    ) -> Result<Self> {
        let id = environment.text(labels.id)?;
        if let Some((variable, id)) = &id {
            check_credential(variable, id)?;
        }
        let secret_file = environment.secret_file(labels.secret)?;
        Ok(Self {
            id: id.map(|(_, id)| id),
            secret: match secret_file {
                Some(_) => None,
                None => environment.secret(labels.secret)?,
            },
            secret_file,
            is_id_inherited: true,
            is_secret_inherited: true,
        })
    }

    pub(super) fn set_id(&mut self, id: String) {
        self.id = Some(id);
        self.is_id_inherited = false;
    }

    pub(super) fn set_secret(&mut self, secret: Secret) {
        self.drop_inherited_secret();
        self.secret = Some(secret);
    }

    pub(super) fn set_secret_file(&mut self, path: PathBuf) {
        self.drop_inherited_secret();
        self.secret_file = Some(path);
    }

    /// Drops the environment's settings, since the program authenticates in another way.
    pub(super) fn drop_inherited(&mut self) {
        if std::mem::take(&mut self.is_id_inherited) {
            self.id = None;
        }
        self.drop_inherited_secret();
    }

    fn drop_inherited_secret(&mut self) {
        if std::mem::take(&mut self.is_secret_inherited) {
            self.secret = None;
            self.secret_file = None;
        }
    }

    /// Returns true if the program, and not the environment, has set a part of it.
    pub(super) fn is_own(&self) -> bool {
        let has_secret = self.secret.is_some() || self.secret_file.is_some();
        (self.id.is_some() && !self.is_id_inherited) || (has_secret && !self.is_secret_inherited)
    }

    pub(super) fn is_given(&self) -> bool {
        self.id.is_some() || self.secret.is_some() || self.secret_file.is_some()
    }

    /// Returns the names of the settings that contain a secret.
    pub(super) fn given_secrets(&self, labels: Labels<'_>) -> Vec<String> {
        let secret = self.secret.as_ref().map(|_| labels.secret.label());
        let file = self
            .secret_file
            .as_ref()
            .map(|_| labels.secret.file_label());
        secret.into_iter().chain(file).collect()
    }

    /// Checks that the pair is complete.
    pub(super) fn provider(
        &self,
        labels: Labels<'_>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn CredentialsProvider>> {
        let id = self.id.as_deref().ok_or_else(|| labels.id.missing())?;
        if let Some(path) = &self.secret_file {
            check_credential(labels.id.name(), id)?;
            let credentials = FileCredentials::with_clock(id, path, clock)
                .map_err(|error| error.in_setting(&labels.secret.file_label()))?;
            return Ok(Arc::new(credentials));
        }
        let secret = self.secret.clone().ok_or_else(|| labels.secret.missing())?;
        let (id_name, secret_name) = (labels.id.name(), labels.secret.name());
        let credentials = Credentials::of_settings(id_name, id, secret_name, secret)?;
        Ok(Arc::new(credentials))
    }
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pair")
            .field("id", &self.id)
            .field("secret", &self.secret)
            .field("secret_file", &self.secret_file)
            .finish_non_exhaustive()
    }
}
