//! What identifies the token that a source requests, so that processes can share it.

use std::fmt;

use crate::secret::Secret;
use zeroize::Zeroizing;

/// Identifies the token that a source requests: processes that request the same one can share it through a token store.
///
/// It consists of everything that determines the token, such as the token URL, the grant, the client id and the scope, and of the secret
/// that the store's keys are derived from. Neither is ever printed or stored.
#[derive(Clone)]
pub struct SharedTokenId {
    /// Each field with its length before it, so that no two lists of fields are equal in bytes.
    fields: Zeroizing<Vec<u8>>,
    secret: Option<Secret>,
    replaces_rejected: bool,
}

impl SharedTokenId {
    /// Creates the id of a client's token; the store's keys are derived from the client secret, unless the program sets a key.
    ///
    /// Only a process that could have requested the token can then read the shared one. The secret must be a random one, not a password that can be guessed.
    pub fn of_client(secret: &Secret) -> Self {
        Self {
            fields: Zeroizing::default(),
            secret: Some(secret.clone()),
            replaces_rejected: false,
        }
    }

    /// Creates the id of a user's token, which is shared only if the program sets a key: passwords can be guessed.
    pub fn of_user() -> Self {
        Self {
            fields: Zeroizing::default(),
            secret: None,
            replaces_rejected: false,
        }
    }

    /// Adds a part of the token request, such as its URL or its scope; an absent part is an empty one, so that the order stays.
    #[must_use]
    pub fn with_field(mut self, field: impl AsRef<[u8]>) -> Self {
        let field = field.as_ref();
        let length = u64::try_from(field.len()).unwrap_or(u64::MAX);
        let mut longer = Zeroizing::new(Vec::with_capacity(
            self.fields.len() + size_of::<u64>() + field.len(),
        ));
        longer.extend_from_slice(&self.fields);
        longer.extend_from_slice(&length.to_be_bytes());
        longer.extend_from_slice(field);
        self.fields = longer;
        self
    }

    /// Says that the source looks for other credentials once these are rejected, so that a rejection elsewhere must not keep it from that.
    #[must_use]
    pub(crate) fn replacing_rejected(mut self) -> Self {
        self.replaces_rejected = true;
        self
    }

    /// Returns true if the source looks for other credentials once these are rejected.
    #[cfg(feature = "store")]
    pub(crate) fn replaces_rejected(&self) -> bool {
        self.replaces_rejected
    }

    /// Returns all fields as bytes that no other list of fields has.
    #[cfg(feature = "store")]
    pub(crate) fn fields(&self) -> &[u8] {
        &self.fields
    }

    /// Returns the secret that keys can be derived from.
    #[cfg(feature = "store")]
    pub(crate) fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }
}

impl fmt::Debug for SharedTokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTokenId")
            .field("secret", &self.secret)
            .finish_non_exhaustive()
    }
}
