//! The end of leases that are not renewed: the kernel keeps a lock as long as its process.

use std::time::Duration;

use tokio::runtime::Handle;

use super::FileTokenStore;

/// Starts the task that ends the leases, unless it runs; on a thread for blocking work, and without the lock of the leases.
pub(super) fn start(store: &FileTokenStore) {
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    if store.0.leases().start_watch() {
        let watch = Watch {
            store: store.clone(),
            has_ended: false,
        };
        // A runtime that ends drops the task, now or later.
        runtime.spawn(watch.run());
    }
}

struct Watch {
    store: FileTokenStore,
    has_ended: bool,
}

impl Watch {
    async fn run(mut self) {
        loop {
            let store = self.store.clone();
            // Closing a file may block, and so may a call that has the leases.
            let ended = tokio::task::spawn_blocking(move || {
                let now = store.0.clock.now().monotonic();
                let mut leases = store.0.leases();
                let next = leases.end_expired(now);
                if next.is_none() {
                    leases.end_watch();
                }
                next
            });
            match ended.await {
                Ok(Some(next)) => self.store.0.clock.sleep(next.min(LOOK)).await,
                Ok(None) => {
                    self.has_ended = true;
                    return;
                }
                // The runtime is shutting down.
                Err(_) => return,
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.has_ended {
            self.store.0.leases().end_watch();
        }
    }
}

/// A lease that was claimed meanwhile may end earlier than the others.
const LOOK: Duration = Duration::from_secs(1);
