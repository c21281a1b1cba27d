//! Who signs in: a client, a user, or the subject of an identity provider's token.

use std::path::PathBuf;
use std::sync::Arc;

use auth_core::{
    CredentialsProvider, Environment, Error, Names, Result, Secret, Setting, Settings, TokenSource,
};

use super::NAMES;

/// By which grant the credentials are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Grant {
    /// An application's, a service account's or an access key's id and secret: control plane 2.20 and newer.
    #[default]
    ClientCredentials,
    /// A person's name and password.
    Password,
    /// An application's id and secret as older control planes took them; removed in 3.0, and known to token API v1 alone.
    AppToken,
}

/// Who signs in, and by which grant.
#[derive(Debug, Clone)]
pub(crate) enum SignIn {
    Credentials(Grant, Arc<dyn CredentialsProvider>),
    /// An identity provider's token is exchanged, which token API v1 alone can do.
    External(Arc<dyn TokenSource>),
}

impl SignIn {
    pub(crate) fn is_in_v2(&self) -> bool {
        matches!(
            self,
            Self::Credentials(Grant::ClientCredentials | Grant::Password, _)
        )
    }
}

/// What the builder was told beside the settings that every vendor has.
#[derive(Debug, Clone, Default)]
pub(super) struct Who {
    pub(super) grant: Option<Grant>,
    pub(super) username: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) external_token_source: Option<Arc<dyn TokenSource>>,
    /// Whether the name, and whether the password, came from variables and gives way to what is set afterwards.
    inherited: (bool, bool),
}

impl Who {
    pub(super) fn set_username(&mut self, username: String) {
        self.username = Some(username);
        self.inherited.0 = false;
    }

    pub(super) fn set_password(&mut self, password: Secret) {
        self.drop_inherited_password();
        self.password = Some(password);
    }

    pub(super) fn set_password_file(&mut self, path: PathBuf) {
        self.drop_inherited_password();
        self.password_file = Some(path);
    }

    /// Drops what came from variables: somebody else signs in.
    pub(super) fn drop_inherited(&mut self) {
        if std::mem::take(&mut self.inherited.0) {
            self.username = None;
        }
        self.drop_inherited_password();
    }

    fn drop_inherited_password(&mut self) {
        if std::mem::take(&mut self.inherited.1) {
            self.password = None;
            self.password_file = None;
        }
    }

    pub(super) fn from_variables(variables: &Environment<'_>) -> Result<Self> {
        let person = Settings::from_variables(&PERSON, variables)?;
        Ok(Self {
            username: person.client_id,
            password: person.client_secret,
            password_file: person.client_secret_file,
            inherited: (true, true),
            ..Self::default()
        })
    }

    /// Finds the one who signs in; two of them are a contradiction, and none is an error that names what is missing.
    pub(super) fn check(&self, settings: &Settings) -> Result<SignIn> {
        let is_client = settings.client_id.is_some()
            || settings.client_secret.is_some()
            || settings.client_secret_file.is_some();
        let is_person =
            self.username.is_some() || self.password.is_some() || self.password_file.is_some();
        let given = [
            (is_client, NAMES.client_id.label()),
            (is_person, PERSON.client_id.label()),
            (
                self.external_token_source.is_some(),
                "external_token_source".to_owned(),
            ),
        ];
        let given: Vec<String> = given
            .into_iter()
            .filter_map(|(is_given, label)| is_given.then_some(label))
            .collect();
        if given.len() > 1 {
            return Err(Error::config(format!(
                "{} are given together: give the credentials of one of them",
                given.join(" and ")
            )));
        }
        if let Some(source) = &self.external_token_source {
            return self.external(source, settings);
        }
        if is_person {
            return self.person(settings);
        }
        let grant = self.grant.unwrap_or_default();
        if grant == Grant::Password && settings.credentials_provider.is_none() {
            return Err(PERSON.client_id.missing());
        }
        let credentials = settings.credentials(&NAMES)?;
        Ok(SignIn::Credentials(grant, credentials))
    }

    fn external(&self, source: &Arc<dyn TokenSource>, settings: &Settings) -> Result<SignIn> {
        if self.grant.is_some() || settings.credentials_provider.is_some() {
            return Err(Error::config(
                "an external_token_source is given beside a grant or a credentials_provider, which it replaces: remove those",
            ));
        }
        Ok(SignIn::External(Arc::clone(source)))
    }

    fn person(&self, settings: &Settings) -> Result<SignIn> {
        if self.grant.is_some_and(|grant| grant != Grant::Password) {
            return Err(Error::config(
                "the grant needs a client id and secret, and a username or a password is given: remove the grant, or give what it needs",
            ));
        }
        let mut person = Settings::default();
        person.client_id.clone_from(&self.username);
        person.client_secret.clone_from(&self.password);
        person.client_secret_file.clone_from(&self.password_file);
        person.clock.clone_from(&settings.clock);
        person
            .credentials_provider
            .clone_from(&settings.credentials_provider);
        let credentials = person.credentials(&PERSON)?;
        Ok(SignIn::Credentials(Grant::Password, credentials))
    }
}

/// A person's name in the place of the client id, and a password in that of the secret.
const PERSON: Names = Names::new(
    NAMES.vendor,
    NAMES.user_agent,
    Setting::new("username", "RUNAI_USERNAME", "admin@example.com"),
    Setting::new("password", "RUNAI_PASSWORD", "your-password"),
    NAMES.base_url,
);

#[cfg(test)]
mod tests;
