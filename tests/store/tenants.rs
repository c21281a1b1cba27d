//! Many tenants at once: the limit of concurrent refreshes also bounds what they do in the store.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use auth_core::store::{PutIfAbsent, StoredRecord, TokenStore};
use auth_core::{KeyedTokenCache, Result};

use super::*;

/// One machine, which requests one token at a time; each takes 300 ms.
#[derive(Clone)]
struct Machine {
    cache: KeyedTokenCache<u64, ScriptedSource>,
    sources: Arc<Mutex<Vec<ScriptedSource>>>,
}

impl Machine {
    fn new(fleet: &Fleet, store: impl TokenStore + 'static) -> Self {
        let clock = fleet.clock;
        let sources: Arc<Mutex<Vec<ScriptedSource>>> = Arc::default();
        let made = Arc::clone(&sources);
        let cache = KeyedTokenCache::builder(move |tenant: &u64| {
            let reply = token(&format!("t{tenant}")).after(millis(300));
            let source = ScriptedSource::sharing(of(*tenant), clock, [reply]);
            made.lock().unwrap().push(source.clone());
            source
        });
        let cache = cache
            .refresh_policy(fleet.policy())
            .clock(clock)
            .max_concurrent_refreshes(1)
            .token_store(store);
        Self {
            cache: cache.build(),
            sources,
        }
    }

    async fn token(&self, tenant: u64) -> String {
        let token = self.cache.token(&tenant).await.unwrap();
        token.expose_secret().to_owned()
    }

    fn requests(&self) -> u64 {
        let sources = self.sources.lock().unwrap();
        sources.iter().map(ScriptedSource::requests).sum()
    }
}

fn of(tenant: u64) -> SharedTokenId {
    id().with_field(tenant.to_string())
}

#[tokio::test(start_paused = true)]
async fn a_cold_start_of_many_tenants_sends_one_request_each_and_few_calls_at_once() {
    const TENANTS: u64 = 80;
    let fleet = Fleet::new();
    let store = Busy::new(&fleet);
    let machines = [(); 2].map(|()| Machine::new(&fleet, store.clone()));
    let mut callers = Vec::new();
    for tenant in 0..TENANTS {
        for machine in machines.clone() {
            let caller = async move { (machine.token(tenant).await, tenant) };
            callers.push(tokio::spawn(caller));
        }
    }
    for caller in callers {
        let (token, tenant) = caller.await.unwrap();
        assert_eq!(token, format!("t{tenant}"));
    }
    let requests: u64 = machines.iter().map(Machine::requests).sum();
    assert_eq!(requests, TENANTS);
    // Per tenant, two looks of two records each on both machines, what the leader writes, and a few looks for another one's token.
    let calls = fleet.store.calls();
    assert!(calls < 30 * TENANTS, "{calls}");
    let most = store.most.load(Ordering::SeqCst);
    assert!(most <= 16, "{most} at once");
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_waits_for_another_machine_keeps_no_other_one_waiting() {
    let fleet = Fleet::new();
    let machine = Machine::new(&fleet, fleet.store.clone());
    // A holder that died.
    let store = SharedStore::new(fleet.store.clone());
    let lease = store.key_of(&of(0), RecordKind::Lease).unwrap();
    let claim = fleet
        .memory
        .put_if_absent(&lease, b"a dead holder", seconds(5));
    assert_eq!(claim.await.unwrap(), PutIfAbsent::Put);
    let started = tokio::time::Instant::now();
    let waiting = machine.clone();
    let waiting = tokio::spawn(async move { waiting.token(0).await });
    pass(millis(10)).await;
    // Those that began later go first, and still leave it its turn once the lease has ended.
    let later: Vec<_> = (1..=40)
        .map(|tenant| {
            let machine = machine.clone();
            tokio::spawn(async move { machine.token(tenant).await })
        })
        .collect();
    assert_eq!(machine.token(1).await, "t1");
    assert!(started.elapsed() < seconds(1), "{:?}", started.elapsed());
    assert_eq!(waiting.await.unwrap(), "t0");
    assert!(started.elapsed() < seconds(7), "{:?}", started.elapsed());
    for caller in later {
        caller.await.unwrap();
    }
    assert_eq!(machine.requests(), 41);
}

/// A store that counts how many calls run at once, each of which takes a millisecond.
#[derive(Debug, Clone)]
struct Busy {
    store: FaultyTokenStore,
    running: Arc<AtomicU64>,
    most: Arc<AtomicU64>,
}

impl Busy {
    fn new(fleet: &Fleet) -> Self {
        fleet
            .store
            .set_fault(auth_testkit::store::StoreFault::Slow(millis(1)));
        Self {
            store: fleet.store.clone(),
            running: Arc::default(),
            most: Arc::default(),
        }
    }

    async fn counted<T>(&self, call: impl Future<Output = T>) -> T {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        let outcome = call.await;
        self.running.fetch_sub(1, Ordering::SeqCst);
        outcome
    }
}

#[async_trait]
impl TokenStore for Busy {
    fn name(&self) -> &'static str {
        "busy"
    }

    async fn get(&self, key: &StoreKey) -> Result<Option<StoredRecord>> {
        self.counted(self.store.get(key)).await
    }

    async fn put(&self, key: &StoreKey, record: &[u8], life: Duration) -> Result<()> {
        self.counted(self.store.put(key, record, life)).await
    }

    async fn put_if_absent(
        &self,
        key: &StoreKey,
        record: &[u8],
        life: Duration,
    ) -> Result<PutIfAbsent> {
        self.counted(self.store.put_if_absent(key, record, life))
            .await
    }

    async fn replace_if(
        &self,
        key: &StoreKey,
        old: &[u8],
        new: &[u8],
        life: Duration,
    ) -> Result<bool> {
        self.counted(self.store.replace_if(key, old, new, life))
            .await
    }

    async fn delete_if(&self, key: &StoreKey, old: &[u8]) -> Result<bool> {
        self.counted(self.store.delete_if(key, old)).await
    }
}
