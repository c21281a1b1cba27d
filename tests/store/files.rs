//! The contract suite on a folder, and caches that share one as processes do, each with a store of its own.

use std::sync::Arc;

use auth_core::Clock;
use auth_core::store::{FileTokenStore, TokenStore};
use auth_testkit::store::contract::{self, StoreUnderTest};
use tempfile::{TempDir, tempdir};

use super::*;

struct Tested(RuntimeClock, TempDir);

#[async_trait::async_trait]
impl StoreUnderTest for Tested {
    fn store(&self) -> Arc<dyn TokenStore> {
        let path = self.1.path().join("tokens");
        Arc::new(FileTokenStore::with_clock(path, self.0))
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.0)
    }
}

#[tokio::test(start_paused = true)]
async fn a_folder_keeps_records_as_a_store_must() {
    contract::records(&Tested(RuntimeClock::new(), tempdir().unwrap())).await;
}

#[tokio::test(start_paused = true)]
async fn processes_share_tokens_through_a_folder() {
    contract::sharing(&Tested(RuntimeClock::new(), tempdir().unwrap())).await;
}

/// A process with a store of its own in this folder.
fn process(clock: RuntimeClock, folder: &TempDir, reply: ScriptedReply) -> Process {
    let source = ScriptedSource::sharing(id(), clock, [reply]);
    let store = FileTokenStore::with_clock(folder.path().join("tokens"), clock);
    let cache = TokenCache::builder(source.clone())
        .clock(clock)
        .token_store(store)
        .build();
    Process { source, cache }
}

#[tokio::test(start_paused = true)]
async fn processes_with_stores_of_their_own_share_one_request() {
    let (clock, folder) = (RuntimeClock::new(), tempdir().unwrap());
    let processes: Vec<_> = (0..20)
        .map(|_| process(clock, &folder, token("t1").after(millis(300))))
        .collect();
    let all = tokens(&processes).await;
    assert!(all.iter().all(|token| token == "t1"));
    assert_eq!(requests(&processes), 1);
}

#[tokio::test(start_paused = true)]
async fn a_cache_that_is_dropped_keeps_its_lease_no_longer_than_that_lives() {
    let (clock, folder) = (RuntimeClock::new(), tempdir().unwrap());
    let dying = process(clock, &folder, ScriptedReply::hang());
    let leading = dying.clone();
    let leading = tokio::spawn(async move { leading.cache.token().await });
    pass(millis(100)).await;
    leading.abort();
    let _ = leading.await;
    drop(dying);
    let started = tokio::time::Instant::now();
    let other = process(clock, &folder, token("t1"));
    assert_eq!(other.token().await, "t1");
    // Its timer closes the file; the end of a whole process closes it at once.
    assert!(started.elapsed() <= seconds(6), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_cannot_be_used_costs_nothing() {
    let (clock, folder) = (RuntimeClock::new(), tempdir().unwrap());
    std::fs::write(folder.path().join("tokens"), "a file").unwrap();
    for _ in 0..3 {
        let started = tokio::time::Instant::now();
        let own = process(clock, &folder, token("own"));
        assert_eq!(own.token().await, "own");
        assert!(started.elapsed() < millis(500), "{:?}", started.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_in_the_folder_is_readable() {
    let (clock, folder) = (RuntimeClock::new(), tempdir().unwrap());
    process(clock, &folder, token("canary-token")).token().await;
    let entries = std::fs::read_dir(folder.path().join("tokens")).unwrap();
    let mut files = 0;
    for entry in entries {
        let entry = entry.unwrap();
        let mut seen = entry.file_name().into_encoded_bytes();
        seen.extend(std::fs::read(entry.path()).unwrap());
        for canary in ["canary", "fake-s", "client"] {
            let is_seen = seen
                .windows(canary.len())
                .any(|bytes| bytes == canary.as_bytes());
            assert!(!is_seen, "{canary} in {:?}", entry.file_name());
        }
        files += 1;
    }
    assert!(files > 0);
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_was_stopped_is_replaced_by_one_other_process() {
    let (clock, folder) = (RuntimeClock::new(), tempdir().unwrap());
    let stopped = FileTokenStore::with_clock(folder.path().join("tokens"), clock);
    process(clock, &folder, token("t0")).token().await;
    let path = folder.path().join("tokens");
    let name = std::fs::read_dir(&path)
        .unwrap()
        .find_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".token").map(str::to_owned)
        })
        .unwrap();
    stopped.clear().unwrap();
    // Its file stays locked, and nothing runs that would close it.
    let lease = StoreKey::new(&name, RecordKind::Lease);
    let held = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let claim = stopped.put_if_absent(&lease, b"stopped", seconds(5));
        runtime.block_on(claim).unwrap();
        stopped
    });
    let _held = held.await.unwrap();
    let started = tokio::time::Instant::now();
    let processes: Vec<_> = (0..20)
        .map(|_| process(clock, &folder, token("t1").after(millis(300))))
        .collect();
    let all = tokens(&processes).await;
    assert!(all.iter().all(|token| token == "t1"));
    assert_eq!(requests(&processes), 1);
    assert!(started.elapsed() <= seconds(7), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_has_the_name_of_a_record_hinders_no_other_one() {
    let (clock, folder) = (RuntimeClock::new(), tempdir().unwrap());
    process(clock, &folder, token("t1")).token().await;
    std::fs::create_dir(folder.path().join("tokens/other.token")).unwrap();
    let store = FileTokenStore::with_clock(folder.path().join("tokens"), clock);
    let key = StoreKey::new("own", RecordKind::Token);
    store.put(&key, b"record", seconds(60)).await.unwrap();
}
