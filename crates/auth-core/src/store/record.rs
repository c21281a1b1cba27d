//! Records: a token or a failure as sealed bytes that open only under their own key.

use std::time::Duration;

use http::StatusCode;
use ring::aead::{Aad, NONCE_LEN, Nonce};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use super::MAX_RECORD;
use super::key::{StoreKey, TokenKeys};
use crate::error::{Error, ErrorKind, ErrorReason};
use crate::secret::Secret;

/// A token as processes share it.
#[derive(Debug, Clone)]
pub(crate) struct SharedToken {
    pub(crate) token: Secret,
    pub(crate) scope: Option<String>,
    /// Counted from `issued_at`.
    pub(crate) lifetime: Duration,
    /// By the wall clock of the process that requested it, just before it did.
    pub(crate) issued_at: Duration,
}

/// A failed token request as processes share it: without its message, which may be about one machine.
#[derive(Debug, Clone)]
pub(crate) struct SharedFailure {
    kind: ErrorKind,
    status: Option<StatusCode>,
    error_code: Option<String>,
    retry_after: Option<Duration>,
}

impl TokenKeys {
    /// Seals a token; `None` if it is too large to be shared.
    pub(crate) fn seal_token(&self, token: &SharedToken) -> Option<Vec<u8>> {
        let mut writer = Writer::default();
        writer.duration(token.issued_at);
        writer.duration(token.lifetime);
        writer.text(token.scope.as_deref().unwrap_or_default());
        writer.text(token.token.expose_secret());
        self.seal(&self.token, writer.0)
    }

    /// Opens a token; `None` if it was sealed with another key, under another name, or not at all.
    pub(crate) fn open_token(&self, record: &[u8]) -> Option<SharedToken> {
        let opened = self.open(&self.token, record)?;
        let mut reader = Reader(&opened);
        let (issued_at, lifetime) = (reader.duration()?, reader.duration()?);
        let scope = reader.text()?;
        Some(SharedToken {
            issued_at,
            lifetime,
            scope: (!scope.is_empty()).then(|| scope.to_owned()),
            token: Secret::from(reader.text()?),
        })
    }

    /// Seals a failure; `None` if it may not concern all processes with these keys.
    pub(crate) fn seal_failure(&self, failure: &SharedFailure) -> Option<Vec<u8>> {
        let of_secret = self.rejected_secret(failure.kind)?;
        let mut writer = Writer::default();
        writer.text(failure.kind.as_str());
        writer.text(failure.status.as_ref().map_or("", StatusCode::as_str));
        writer.text(failure.error_code.as_deref().unwrap_or_default());
        writer.duration(failure.retry_after.unwrap_or_default());
        writer.text(of_secret);
        self.seal(&self.failure, writer.0)
    }

    /// Opens a failure, as [`TokenKeys::open_token`]; `None` also for the rejection of another secret.
    pub(crate) fn open_failure(&self, record: &[u8]) -> Option<SharedFailure> {
        let opened = self.open(&self.failure, record)?;
        let mut reader = Reader(&opened);
        let kind = reader.text()?;
        let status = reader.text()?;
        let error_code = reader.text()?;
        let retry_after = reader.duration()?;
        let kind = SHARED_KINDS
            .into_iter()
            .find(|shared| shared.as_str() == kind)?;
        if reader.text()? != self.rejected_secret(kind)? {
            return None;
        }
        Some(SharedFailure {
            kind,
            status: status.parse().ok(),
            error_code: (!error_code.is_empty()).then(|| error_code.to_owned()),
            retry_after: (!retry_after.is_zero()).then_some(retry_after),
        })
    }

    /// Returns what identifies the secret that a failure of this kind is about, which is nothing for most; `None` if it is not shared.
    fn rejected_secret(&self, kind: ErrorKind) -> Option<&str> {
        match kind {
            ErrorKind::InvalidCredentials => self.of_secret.as_deref(),
            _ => Some(""),
        }
    }

    fn seal(&self, key: &StoreKey, mut content: Zeroizing<Vec<u8>>) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let tag = self
            .sealing
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated(key)),
                &mut content,
            )
            .ok()?;
        let mut record = Vec::with_capacity(1 + NONCE_LEN + content.len() + tag.as_ref().len());
        record.push(VERSION);
        record.extend_from_slice(&nonce);
        record.extend_from_slice(&content);
        record.extend_from_slice(tag.as_ref());
        (record.len() <= MAX_RECORD).then_some(record)
    }

    fn open(&self, key: &StoreKey, record: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if record.len() > MAX_RECORD {
            return None;
        }
        let (&version, rest) = record.split_first()?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        if version != VERSION {
            return None;
        }
        let mut content = Zeroizing::new(sealed.to_vec());
        let length = self
            .sealing
            .open_in_place(nonce, Aad::from(associated(key)), &mut content)
            .ok()?
            .len();
        content.truncate(length);
        Some(content)
    }
}

impl SharedFailure {
    /// Describes a failure of this process's own token request for the others; `None` if it concerns only this process.
    pub(crate) fn of(error: &Error) -> Option<Self> {
        // Without a status, it may be about this process: its provider of credentials, its limit of refreshes, a token that it rejected.
        let is_of_the_endpoint =
            error.status().is_some() || KINDS_WITHOUT_STATUS.contains(&error.kind());
        (is_of_the_endpoint && SHARED_KINDS.contains(&error.kind())).then(|| Self {
            kind: error.kind(),
            status: error.status(),
            error_code: error.error_code().map(str::to_owned),
            retry_after: error.retry_after(),
        })
    }

    /// Returns how long the other processes rely on it: as long as the endpoint asked for, up to `retry_after_cap`, if that is longer.
    pub(crate) fn life(&self, retry_after_cap: Duration) -> Duration {
        let asked = self.retry_after.unwrap_or_default().min(retry_after_cap);
        match (self.kind, self.status) {
            (ErrorKind::InvalidCredentials, _) => REJECTED_LIFE.max(asked),
            (_, Some(_)) => ANSWERED_LIFE.max(asked),
            (_, None) => UNANSWERED_LIFE,
        }
    }

    /// Returns the error of a caller in another process, which knows how long it waits.
    pub(crate) fn into_error(self) -> Error {
        let mut message =
            "the token request of another process, or of an earlier run, failed".to_owned();
        if let Some(status) = self.status {
            message.push_str(&format!(" with status {}", status.as_u16()));
        }
        if let Some(error_code) = &self.error_code {
            message.push_str(&format!(": {error_code}"));
        }
        message.push_str("; its output has the reason");
        let mut error = Error::new(self.kind, message).with_reason(ErrorReason::OtherProcess);
        if let Some(status) = self.status {
            error = error.with_status(status);
        }
        if let Some(error_code) = self.error_code {
            error = error.with_error_code(error_code);
        }
        error
    }
}

/// Returns random bytes; `None` if the system has none.
pub(super) fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes)
}

/// A record that was copied to another key does not open: the key's whole text is sealed with it.
fn associated(key: &StoreKey) -> Vec<u8> {
    [&[VERSION], key.as_str().as_bytes()].concat()
}

#[derive(Default)]
struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    fn duration(&mut self, duration: Duration) {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        self.bytes(&millis.to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        // What is longer than that is too large to be sealed anyway.
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.bytes(&length.to_be_bytes());
        self.bytes(text.as_bytes());
    }

    /// Growing would leave a copy behind that is not wiped.
    fn bytes(&mut self, bytes: &[u8]) {
        let mut longer = Zeroizing::new(Vec::with_capacity(self.0.len() + bytes.len()));
        longer.extend_from_slice(&self.0);
        longer.extend_from_slice(bytes);
        self.0 = longer;
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn duration(&mut self) -> Option<Duration> {
        let (millis, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(Duration::from_millis(u64::from_be_bytes(*millis)))
    }

    fn text(&mut self) -> Option<&'a str> {
        let (length, rest) = self.0.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (text, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
}

/// The version of the records' format.
const VERSION: u8 = 1;

/// The failures that another process would meet as well. A wrong setting, a shutdown and the like concern one process.
const SHARED_KINDS: [ErrorKind; 7] = [
    ErrorKind::InvalidCredentials,
    ErrorKind::TokenRequestRefused,
    ErrorKind::InvalidResponse,
    ErrorKind::Throttled,
    ErrorKind::Timeout,
    ErrorKind::Transport,
    ErrorKind::Unavailable,
];

/// Those of them that mean the same without an HTTP status.
const KINDS_WITHOUT_STATUS: [ErrorKind; 4] = [
    ErrorKind::InvalidCredentials,
    ErrorKind::TokenRequestRefused,
    ErrorKind::Timeout,
    ErrorKind::Transport,
];

/// Rejected credentials stay rejected until someone corrects them, and repeated attempts may lock the account.
/// With the jitter of each process, a quarter, that is at most the 30 s that the documents say.
const REJECTED_LIFE: Duration = Duration::from_secs(24);

/// The endpoint responded: every process would get the same response now, and its end is noticed within seconds.
const ANSWERED_LIFE: Duration = Duration::from_secs(5);

/// No response: the cause may be this machine's network, and others should try for themselves, but not all at once.
const UNANSWERED_LIFE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
