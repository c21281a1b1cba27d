//! A store whose failures are reported on standard error, and whose old tokens can be left out.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use auth_core::Result;
use auth_core::store::{PutIfAbsent, RecordKind, StoreKey, StoredRecord, TokenStore};
use bytes::Bytes;
use tokio::sync::OnceCell;

use super::probe::{reach, within};
use crate::failure::chain;
use crate::names::SettingNames;
use crate::notes::{Level, note};

/// The store of one process.
pub(super) struct Watched {
    store: Arc<dyn TokenStore>,
    /// The folder, or the URL without its password.
    location: String,
    limit: Duration,
    /// For a server: how long connecting may take.
    connect_limit: Option<Duration>,
    /// Whether the server is there, once that is known.
    connected: OnceCell<Result<()>>,
    process: Process,
    /// Whether the present outage has been reported.
    is_reported: AtomicBool,
    outdated: Option<Outdated>,
}

/// What kind of process uses a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Process {
    /// One run, which does without a store that it cannot use at once.
    Run,
    /// A server, which uses the store whenever that is possible.
    Server,
}

/// The records that were stored before this run: those that the first look at each key finds.
#[derive(Default)]
struct Outdated(Mutex<HashMap<StoreKey, Option<Bytes>>>);

impl Watched {
    /// Each call may take `limit`; with `renews`, tokens and failures that were stored before are not returned.
    pub(super) fn new(
        store: Arc<dyn TokenStore>,
        location: String,
        limit: Duration,
        renews: bool,
    ) -> Self {
        Self {
            store,
            location,
            limit,
            connect_limit: None,
            connected: OnceCell::new(),
            process: Process::Run,
            is_reported: AtomicBool::new(false),
            outdated: renews.then(Outdated::default),
        }
    }

    /// Sets what kind of process this is.
    pub(super) fn of(self, process: Process) -> Self {
        Self { process, ..self }
    }

    /// Lets the first call connect to the server first, for as long as this.
    pub(super) fn connecting_within(self, limit: Duration) -> Self {
        Self {
            connect_limit: Some(limit),
            ..self
        }
    }

    async fn watch<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        if let Some(limit) = self.connect_limit
            && let Err(error) = self.connect(limit).await
        {
            return self.reported(Err(error));
        }
        self.reported(within(self.limit, call).await)
    }

    /// Connects before the first call; a run does not wait twice for a server that is not there, which may start after `vauth serve`.
    async fn connect(&self, limit: Duration) -> Result<()> {
        let connect = || reach(&*self.store, limit);
        match self.process {
            Process::Run => self.connected.get_or_init(connect).await.clone(),
            Process::Server => {
                let connect = || async { connect().await.map(Ok) };
                self.connected.get_or_try_init(connect).await.map(|_| ())
            }
        }
    }

    /// Says what is wrong, and what to do: once in a run, and once in each outage that a server sees.
    fn reported<T>(&self, outcome: Result<T>) -> Result<T> {
        if let Err(error) = &outcome
            && self.is_news(true)
        {
            let problem = chain(error, &SettingNames::default());
            note(
                Level::Warning,
                &warning(self.process, &self.location, &problem),
            );
        } else if outcome.is_ok() && self.is_news(false) {
            tracing::info!("the token store can be used again");
        }
        outcome
    }

    /// Returns true if a call is the first to fail, or for a server also if it is the first to succeed again.
    fn is_news(&self, failed: bool) -> bool {
        match (failed, self.process) {
            (true, _) => !self.is_reported.swap(true, Ordering::Relaxed),
            (false, Process::Run) => false,
            (false, Process::Server) => self.is_reported.swap(false, Ordering::Relaxed),
        }
    }
}

/// Returns the line about a store that failed.
fn warning(process: Process, location: &str, problem: &str) -> String {
    // The library's messages about folders name them.
    let named = match problem.contains(location) {
        true => String::new(),
        false => format!(" {location}"),
    };
    let effect = match process {
        Process::Run => "this run signs in by itself",
        Process::Server => "until it works, this server requests its tokens by itself",
    };
    format!(
        "warning: the token store{named} cannot be used, so {effect}: {problem}; fix that, or choose another store with --store or VAUTH_STORE"
    )
}

impl Outdated {
    /// Returns the failure that was stored before this run under the keys of this token.
    fn failure_beside(&self, token: &StoreKey) -> Option<(StoreKey, Bytes)> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failure = seen
            .iter()
            .find(|(key, _)| key.kind() == RecordKind::Failure && key.hash() == token.hash());
        failure.and_then(|(key, bytes)| Some((key.clone(), bytes.clone()?)))
    }

    /// Returns the record, unless it was there before this run.
    fn filter(&self, key: &StoreKey, record: Option<StoredRecord>) -> Option<StoredRecord> {
        if key.kind() == RecordKind::Lease {
            return record;
        }
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = || record.as_ref().map(|record| record.bytes.clone());
        let outdated = seen.entry(key.clone()).or_insert_with(first);
        let is_outdated = |record: &StoredRecord| outdated.as_ref() == Some(&record.bytes);
        record.filter(|record| !is_outdated(record))
    }
}

#[async_trait]
impl TokenStore for Watched {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
        let record = self.watch(self.store.get(key)).await?;
        Ok(match &self.outdated {
            Some(outdated) => outdated.filter(key, record),
            None => record,
        })
    }

    async fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()> {
        self.watch(self.store.put(key, record, life)).await?;
        // A run that tried again in spite of a failure, and succeeded, has refuted it.
        let failure = self.outdated.as_ref().and_then(|it| it.failure_beside(key));
        if let Some((key, bytes)) = failure.filter(|_| key.kind() == RecordKind::Token) {
            self.watch(self.store.delete_if(&key, &bytes)).await?;
        }
        Ok(())
    }

    async fn put_if_absent(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<PutIfAbsent> {
        self.watch(self.store.put_if_absent(key, record, life))
            .await
    }

    async fn replace_if(
        &self,
        key: &StoreKey,
        old: &[u8],
        new: &[u8],
        life: Duration,
    ) -> Result<bool> {
        self.watch(self.store.replace_if(key, old, new, life)).await
    }

    async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool> {
        self.watch(self.store.delete_if(key, old)).await
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("store", &self.store)
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, unix))]
mod tests;
