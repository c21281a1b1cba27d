//! The clients that may obtain tokens, their secrets, and whether they are switched on.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use auth_core::Secret;

use crate::jwt;

/// A client of an emulator.
pub(crate) struct Client {
    id: String,
    /// Identifies the client inside the vendor, as opposed to the client id.
    uuid: String,
    secrets: SecretHistory,
    is_enabled: AtomicBool,
}

/// What comes of checking a client id and a client secret.
#[derive(Debug, Clone)]
pub(crate) enum Standing {
    /// There is no such client.
    Unknown,
    /// The client exists and is switched off.
    Disabled,
    /// The client exists and has another secret.
    WrongSecret,
    /// The credentials are right.
    Good(Arc<Client>),
}

impl Client {
    fn new(id: String, secret: Secret) -> Self {
        Self {
            id,
            uuid: jwt::uuid(),
            secrets: SecretHistory::new(secret),
            is_enabled: AtomicBool::new(true),
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn uuid(&self) -> &str {
        &self.uuid
    }

    /// Returns the secret that works now.
    pub(crate) fn secret(&self) -> &Secret {
        self.secrets.current()
    }

    /// Replaces the secret; the old one no longer works.
    pub(crate) fn rotate_secret(&self, new: Secret) {
        self.secrets.push(new);
    }

    pub(crate) fn is_enabled(&self) -> bool {
        self.is_enabled.load(SeqCst)
    }

    /// Switches the client on or off.
    pub(crate) fn enable(&self, is_enabled: bool) {
        self.is_enabled.store(is_enabled, SeqCst);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.id)
            .field("secret", self.secret())
            .field("is_enabled", &self.is_enabled())
            .finish()
    }
}

/// All clients of an emulator by their ids.
pub(crate) struct Clients {
    seeded: Vec<Arc<Client>>,
    own: Arc<Client>,
    by_id: Mutex<HashMap<String, Arc<Client>>>,
}

impl Clients {
    /// Registers the clients that an emulator starts with, its own first.
    pub(crate) fn new(own: (String, Secret), others: Vec<(String, Secret)>) -> Self {
        let own = Arc::new(Client::new(own.0, own.1));
        let others = others
            .into_iter()
            .map(|(id, secret)| Arc::new(Client::new(id, secret)));
        let seeded: Vec<_> = std::iter::once(Arc::clone(&own)).chain(others).collect();
        let by_id = seeded
            .iter()
            .map(|client| (client.id.clone(), Arc::clone(client)));
        Self {
            by_id: Mutex::new(by_id.collect()),
            seeded,
            own,
        }
    }

    /// Returns the client that the emulator names as its own, even if it has been removed since.
    pub(crate) fn own(&self) -> &Client {
        &self.own
    }

    /// Returns the clients that the emulator started with.
    pub(crate) fn seeded(&self) -> &[Arc<Client>] {
        &self.seeded
    }

    pub(crate) fn find(&self, id: &str) -> Option<Arc<Client>> {
        self.by_id().get(id).cloned()
    }

    /// Returns true if a client has this id.
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.by_id().contains_key(id)
    }

    /// Registers another client.
    pub(crate) fn add(&self, id: &str, secret: Secret) -> Arc<Client> {
        let client = Arc::new(Client::new(id.to_owned(), secret));
        self.by_id().insert(id.to_owned(), Arc::clone(&client));
        client
    }

    /// Removes a client; its credentials no longer work.
    pub(crate) fn remove(&self, id: &str) {
        self.by_id().remove(id);
    }

    /// Checks a client id and a client secret.
    pub(crate) fn standing(&self, id: &str, secret: &str) -> Standing {
        match self.find(id) {
            None => Standing::Unknown,
            Some(client) if !client.is_enabled() => Standing::Disabled,
            Some(client) if client.secret().expose_secret() != secret => Standing::WrongSecret,
            Some(client) => Standing::Good(client),
        }
    }

    fn by_id(&self) -> MutexGuard<'_, HashMap<String, Arc<Client>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// There may be a thousand of them: only the emulator's own is printed.
impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clients")
            .field("own", &self.own)
            .field("count", &self.by_id().len())
            .finish_non_exhaustive()
    }
}

/// Keeps every secret there ever was, the last one valid, so that a reference to the current one can be lent out.
struct SecretHistory {
    secret: Secret,
    next: OnceLock<Box<Self>>,
}

impl SecretHistory {
    fn new(secret: Secret) -> Self {
        Self {
            secret,
            next: OnceLock::new(),
        }
    }

    fn last(&self) -> &Self {
        let mut entry = self;
        while let Some(next) = entry.next.get() {
            entry = next;
        }
        entry
    }

    fn current(&self) -> &Secret {
        &self.last().secret
    }

    fn push(&self, secret: Secret) {
        let mut new = Box::new(Self::new(secret));
        // Another thread may append first; then the new entry goes behind that one.
        while let Err(refused) = self.last().next.set(new) {
            new = refused;
        }
    }
}

#[cfg(test)]
mod tests;
