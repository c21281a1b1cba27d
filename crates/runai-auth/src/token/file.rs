//! An identity provider's token in a file that someone else rotates.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use auth_core::{AccessToken, Clock, CredentialsProvider, FileCredentials, Result, TokenSource};

/// Reads the token for each exchange.
///
/// The file's content is a secret like a client's, so that it is read, checked and watched by the same rules; the token has no id.
#[derive(Debug)]
pub(crate) struct FileTokenSource {
    file: FileCredentials,
    clock: Arc<dyn Clock>,
}

impl FileTokenSource {
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if the file cannot be read or contains no usable token.
    pub(crate) fn new(path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let file = FileCredentials::with_clock(NO_ID, path, Arc::clone(&clock))?;
        Ok(Self { file, clock })
    }
}

#[async_trait]
impl TokenSource for FileTokenSource {
    async fn token(&self) -> Result<AccessToken> {
        let now = self.clock.now();
        let token = self.file.credentials().await?;
        AccessToken::new(token.secret().clone(), now, EXCHANGE)
    }

    fn inner(&self) -> Option<&dyn TokenSource> {
        None
    }

    /// A rotated token ends the cool-down after a rejection.
    fn credentials_version(&self) -> u64 {
        self.file.credentials_version()
    }
}

const NO_ID: &str = "external-token";

/// How long the token that was read is used: for one exchange, after which the file is read again.
const EXCHANGE: Duration = Duration::from_secs(60);
