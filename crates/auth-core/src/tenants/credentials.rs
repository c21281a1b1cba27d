//! One tenant's credentials as they are now, and whether they can still be trusted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::credential::{Credentials, CredentialsProvider};
use crate::error::Result;

/// The provider that was looked up last; another lookup replaces it.
#[derive(Debug)]
pub(super) struct TenantCredentials {
    current: Mutex<Current>,
    /// Zero, or a number that grows with each reason to look the tenant up again.
    doubts: AtomicU64,
}

#[derive(Debug)]
struct Current {
    provider: Arc<dyn CredentialsProvider>,
    /// Counts replacements and announcements of such.
    generation: u64,
    is_first: bool,
}

impl TenantCredentials {
    pub(super) fn new(provider: Arc<dyn CredentialsProvider>) -> Self {
        Self {
            current: Mutex::new(Current {
                provider,
                generation: 0,
                is_first: true,
            }),
            doubts: AtomicU64::new(0),
        }
    }

    /// Returns what to give back to [`TenantCredentials::trust`]; zero if there is no doubt.
    pub(super) fn doubts(&self) -> u64 {
        self.doubts.load(Ordering::Acquire)
    }

    /// Makes the next token request look the tenant up before it.
    pub(super) fn doubt(&self) {
        self.doubts.fetch_add(1, Ordering::AcqRel);
    }

    /// As [`TenantCredentials::doubt`], because the program says that there are other credentials; this ends a cool-down.
    pub(super) fn announce(&self) {
        self.doubt();
        self.lock().generation += 1;
    }

    /// Ends the doubt that there was, unless another one has arisen meanwhile.
    pub(super) fn trust(&self, doubts: u64) {
        let _ = self
            .doubts
            .compare_exchange(doubts, 0, Ordering::AcqRel, Ordering::Relaxed);
    }

    /// Takes what another lookup found; returns false if it is what there was.
    pub(super) async fn replace(&self, provider: &Arc<dyn CredentialsProvider>) -> bool {
        let before = Arc::clone(&self.lock().provider);
        let is_same = match (before.credentials().await, provider.credentials().await) {
            (Ok(before), Ok(now)) => before.is_same_pair(&now),
            _ => false,
        };
        if is_same {
            return false;
        }
        let mut current = self.lock();
        current.generation += 1;
        current.is_first = false;
        let replaced = std::mem::replace(&mut current.provider, Arc::clone(provider));
        drop(current);
        drop(replaced);
        true
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl CredentialsProvider for TenantCredentials {
    async fn credentials(&self) -> Result<Credentials> {
        let provider = Arc::clone(&self.lock().provider);
        provider.credentials().await
    }

    fn credentials_version(&self) -> u64 {
        let current = self.lock();
        let (provider, generation) = (Arc::clone(&current.provider), current.generation);
        drop(current);
        // Both numbers count from anywhere; their mixture changes with either.
        provider.credentials_version() ^ generation.wrapping_mul(SPREAD)
    }

    fn identity(&self) -> Option<Arc<str>> {
        let current = self.lock();
        let provider = current.is_first.then(|| Arc::clone(&current.provider));
        drop(current);
        // A replacement comes within a token request, so that its token belongs to neither of two ids for certain.
        provider?.identity()
    }
}

/// An odd number with bits all over, so that small counts do not cancel each other.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
