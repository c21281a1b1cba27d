//! The keys of records, and of the encryption: all derived from one secret, so that names tell nothing and only its owners can read a record.

use std::fmt;

use ring::aead::{CHACHA20_POLY1305, LessSafeKey, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use ring::hmac;

use crate::credential::SharedTokenId;
use crate::secret::Secret;

/// The key of one record in a store.
///
/// The text of a key is `{auth:<hash>}:token`, or `:lease` or `:failure` at its end. The hash is a keyed one in lower-case hexadecimal digits,
/// and the braces keep the three records of one token in one slot of a Redis cluster.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct StoreKey {
    text: String,
    kind: RecordKind,
}

/// The kinds of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordKind {
    /// A sealed token.
    Token,
    /// The lease of the process that requests a token now; random bytes that name no process.
    Lease,
    /// A sealed failure of a token request.
    Failure,
}

impl StoreKey {
    /// Creates the key of a record, for tests of a store; the hash of a real one has 64 digits.
    pub fn new(hash: &str, kind: RecordKind) -> Self {
        Self {
            text: format!("{OPENING}{hash}{CLOSING}{}", kind.as_str()),
            kind,
        }
    }

    /// Returns the whole key, for stores whose keys are text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the hash, which the three records of one token have in common.
    pub fn hash(&self) -> &str {
        let end = self.text.len() - self.kind.as_str().len() - CLOSING.len();
        &self.text[OPENING.len()..end]
    }

    /// Returns the kind of the record.
    pub fn kind(&self) -> RecordKind {
        self.kind
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoreKey").field(&self.text).finish()
    }
}

impl RecordKind {
    /// Returns the kind's name, which ends the key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Lease => "lease",
            Self::Failure => "failure",
        }
    }
}

/// The keys of one shared token.
pub(crate) struct TokenKeys {
    pub(crate) token: StoreKey,
    pub(crate) lease: StoreKey,
    pub(crate) failure: StoreKey,
    pub(super) sealing: LessSafeKey,
    /// What a rejection of the secret is shared under: nothing if every process with these keys has the same secret, otherwise a keyed hash
    /// of the secret. `None` if it is not shared.
    pub(super) of_secret: Option<String>,
}

impl TokenKeys {
    /// Derives the keys from the program's own key or else from the client secret; `None` if there is neither.
    pub(crate) fn derive(id: &SharedTokenId, key: Option<&Secret>) -> Option<Self> {
        let (secret, origin): (_, &[u8]) = match key {
            Some(key) => (key, b"given key"),
            None => (id.secret()?, b"client secret"),
        };
        let root = Salt::new(HKDF_SHA256, SALT).extract(secret.expose_secret().as_bytes());
        let info = [b"name", origin];
        let naming = hmac::Key::from(root.expand(&info, hmac::HMAC_SHA256).ok()?);
        let hash = hex(hmac::sign(&naming, id.fields()).as_ref());
        Some(Self {
            of_secret: of_secret(&root, id, key.is_some()),
            sealing: sealing_key(&root, origin, &hash)?,
            token: StoreKey::new(&hash, RecordKind::Token),
            lease: StoreKey::new(&hash, RecordKind::Lease),
            failure: StoreKey::new(&hash, RecordKind::Failure),
        })
    }
}

/// Under a key that the program set, some processes may still have an old secret, or have the new one already.
///
/// A user's password has no hash: it could be guessed by those who have only the key.
fn of_secret(root: &Prk, id: &SharedTokenId, has_own_key: bool) -> Option<String> {
    if id.replaces_rejected() {
        return None;
    }
    let secret = id.secret()?;
    if !has_own_key {
        return Some(String::new());
    }
    let key = hmac::Key::from(root.expand(&[b"secret"], hmac::HMAC_SHA256).ok()?);
    let hash = hmac::sign(&key, secret.expose_secret().as_bytes());
    Some(hex(hash.as_ref()))
}

/// One key per name, so that random nonces never come near their limit.
fn sealing_key(root: &Prk, origin: &[u8], hash: &str) -> Option<LessSafeKey> {
    let info = [b"seal", origin, hash.as_bytes()];
    let sealing = root.expand(&info, &CHACHA20_POLY1305).ok()?;
    Some(LessSafeKey::new(UnboundKey::from(sealing)))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

const OPENING: &str = "{auth:";
const CLOSING: &str = "}:";

/// Contains the version of the records: processes with another one have other names and never see each other's records.
const SALT: &[u8] = b"auth-core token store, version 1";

#[cfg(test)]
mod tests;
