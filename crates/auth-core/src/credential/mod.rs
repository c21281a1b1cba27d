//! Credentials: an id with its secret, and providers of them.

mod file;
mod shared_token_id;

pub use file::FileCredentials;
pub use shared_token_id::SharedTokenId;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::error::Result;
use crate::secret::{Secret, check_credential};

/// An identifier with its secret: client id and client secret, or username and password.
///
/// # Examples
/// ```
/// use auth_core::Credentials;
///
/// let credentials = Credentials::new("fake-client", "fake-secret")?;
/// assert_eq!(credentials.id(), "fake-client");
/// // Almost always a copying mistake.
/// assert!(Credentials::new("fake-client", "fake-secret\n").is_err());
/// # Ok::<(), auth_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Credentials {
    id: Arc<str>,
    secret: Secret,
}

impl Credentials {
    /// Takes an id and its secret.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if one of them is empty, or contains a control character or white space at an end.
    pub fn new(id: impl Into<String>, secret: impl Into<Secret>) -> Result<Self> {
        Self::of_settings("the id", id, "the secret", secret)
    }

    /// As [`Credentials::new`], for values that came from settings, which errors name.
    pub(crate) fn of_settings(
        id_setting: &str,
        id: impl Into<String>,
        secret_setting: &str,
        secret: impl Into<Secret>,
    ) -> Result<Self> {
        let (id, secret) = (id.into(), secret.into());
        check_credential(id_setting, &id)?;
        check_credential(secret_setting, secret.expose_secret())?;
        Ok(Self {
            id: id.into(),
            secret,
        })
    }

    /// Returns the client id or the username.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the client secret or the password.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Returns true if id and secret are the same; not in constant time, since both pairs are our own.
    pub(crate) fn is_same_pair(&self, other: &Self) -> bool {
        self.id == other.id && self.secret.expose_secret() == other.secret.expose_secret()
    }
}

/// Returns the credentials each time a token is requested, so that a rotated secret is picked up without a restart.
///
/// # Examples
/// ```
/// use auth_core::{Credentials, CredentialsProvider, Error, Result};
///
/// /// Reads the secret from a vault for every token request.
/// #[derive(Debug)]
/// struct VaultCredentials {
///     path: String,
/// }
///
/// #[async_trait::async_trait]
/// impl CredentialsProvider for VaultCredentials {
///     async fn credentials(&self) -> Result<Credentials> {
///         let secret = read_from_vault(&self.path)
///             .await
///             .map_err(|error| Error::unavailable("the vault cannot be read").with_source(error))?;
///         Credentials::new("fake-client", secret)
///     }
/// }
/// # async fn read_from_vault(_: &str) -> std::io::Result<String> { Ok("fake-secret".to_owned()) }
/// ```
#[async_trait]
pub trait CredentialsProvider: fmt::Debug + Send + Sync {
    /// Returns the current credentials.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if they are missing or unusable now.
    async fn credentials(&self) -> Result<Credentials>;

    /// Returns a number that changes whenever the credentials do; must be cheap, since failing calls read it.
    fn credentials_version(&self) -> u64 {
        0
    }

    /// Returns the current id of the credentials, if it is known without waiting.
    ///
    /// A cache discards a token of another id; without this, it returns such a token until it is due.
    fn identity(&self) -> Option<Arc<str>> {
        None
    }
}

#[async_trait]
impl<T: CredentialsProvider + ?Sized> CredentialsProvider for Arc<T> {
    async fn credentials(&self) -> Result<Credentials> {
        (**self).credentials().await
    }

    fn credentials_version(&self) -> u64 {
        (**self).credentials_version()
    }

    fn identity(&self) -> Option<Arc<str>> {
        (**self).identity()
    }
}

#[async_trait]
impl CredentialsProvider for Credentials {
    async fn credentials(&self) -> Result<Self> {
        Ok(self.clone())
    }

    fn identity(&self) -> Option<Arc<str>> {
        Some(Arc::clone(&self.id))
    }
}

#[cfg(test)]
mod tests;
