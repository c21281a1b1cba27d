//! Tests of folders and files that are not as they should be, and of leases of other processes.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use futures_util::FutureExt as _;
use tempfile::{TempDir, tempdir};

use super::*;
use crate::clock::ClockReading;
use crate::error::ErrorKind;

const LONG: Duration = Duration::from_secs(60);

const HASH: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const OTHER: &str = "a123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const TORN: &str = "b123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn setup() -> (TempDir, PathBuf, FileTokenStore) {
    let home = tempdir().unwrap();
    let path = home.path().join("cache").join("tokens");
    let store = FileTokenStore::new(&path);
    (home, path, store)
}

fn key(kind: RecordKind) -> StoreKey {
    StoreKey::new(HASH, kind)
}

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn folder_and_files_are_for_their_owner_only() {
    let (_home, path, store) = setup();
    assert_eq!(store.get(&key(RecordKind::Token)).await.unwrap(), None);
    assert!(!path.exists());
    store
        .put(&key(RecordKind::Token), b"x", LONG)
        .await
        .unwrap();
    store
        .put_if_absent(&key(RecordKind::Lease), b"x", LONG)
        .await
        .unwrap();
    assert_eq!(mode(&path), 0o700);
    for name in [format!("{HASH}.token"), format!("{HASH}.lock")] {
        assert_eq!(mode(&path.join(&name)), 0o600, "{name}");
    }
    // No temporary file is left.
    assert_eq!(fs::read_dir(&path).unwrap().count(), 2);
}

#[tokio::test]
async fn a_folder_that_others_can_use_is_not_used() {
    for open in [0o755, 0o701, 0o770, 0o722] {
        let (_home, path, store) = setup();
        fs::create_dir_all(&path).unwrap();
        set_mode(&path, open);
        for outcome in [
            store.get(&key(RecordKind::Token)).await.map(drop),
            store.put(&key(RecordKind::Token), b"x", LONG).await,
            store
                .put_if_absent(&key(RecordKind::Lease), b"x", LONG)
                .await
                .map(drop),
        ] {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains("0700"), "{error}");
        }
        assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn a_link_or_a_file_in_the_folders_place_is_not_used() {
    let (home, path, store) = setup();
    let elsewhere = home.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    set_mode(&elsewhere, 0o700);
    fs::create_dir(path.parent().unwrap()).unwrap();
    symlink(&elsewhere, &path).unwrap();
    store
        .put(&key(RecordKind::Token), b"x", LONG)
        .await
        .unwrap_err();
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    fs::remove_file(&path).unwrap();
    fs::write(&path, "a file").unwrap();
    let error = store.get(&key(RecordKind::Token)).await.unwrap_err();
    assert!(error.to_string().contains("no folder"), "{error}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_created_is_an_error_that_names_it() {
    let (home, _, _) = setup();
    let file = home.path().join("file");
    fs::write(&file, "a file").unwrap();
    let store = FileTokenStore::new(file.join("tokens"));
    let error = store.put(&key(RecordKind::Token), b"x", LONG).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("tokens"), "{error}");
}

#[tokio::test]
async fn a_torn_foreign_or_open_file_is_a_miss_and_is_replaced() {
    let (home, path, store) = setup();
    let token = key(RecordKind::Token);
    store.put(&token, b"the record", LONG).await.unwrap();
    let file = path.join(format!("{HASH}.token"));
    let whole = fs::read(&file).unwrap();
    let spoil: [&dyn Fn(); 6] = [
        &|| fs::write(&file, &whole[..whole.len() / 2]).unwrap(),
        &|| fs::write(&file, "").unwrap(),
        &|| fs::write(&file, vec![0; whole.len()]).unwrap(),
        &|| fs::write(&file, vec![b'x'; 10_000_000]).unwrap(),
        &|| set_mode(&file, 0o644),
        &|| {
            let target = home.path().join("target");
            fs::write(&target, &whole).unwrap();
            set_mode(&target, 0o600);
            fs::remove_file(&file).unwrap();
            symlink(&target, &file).unwrap();
        },
    ];
    for spoil in spoil {
        spoil();
        assert_eq!(store.get(&token).await.unwrap(), None);
        store.put(&token, b"the record", LONG).await.unwrap();
        assert_eq!(
            store.get(&token).await.unwrap().unwrap().bytes,
            "the record"
        );
    }
}

#[tokio::test]
async fn a_pipe_or_a_folder_in_a_files_place_blocks_nobody() {
    let (_home, path, store) = setup();
    store
        .put(&key(RecordKind::Failure), b"x", LONG)
        .await
        .unwrap();
    let pipe = path.join(format!("{HASH}.token"));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    assert_eq!(store.get(&key(RecordKind::Token)).await.unwrap(), None);
    fs::create_dir(path.join(format!("{HASH}.lock"))).unwrap();
    let held = store
        .put_if_absent(&key(RecordKind::Lease), b"x", LONG)
        .await;
    assert_eq!(held.unwrap(), PutIfAbsent::Held(None));
}

#[tokio::test]
async fn the_lease_of_a_process_that_ended_is_free_at_once() {
    let (_home, path, store) = setup();
    let lease = key(RecordKind::Lease);
    assert_eq!(
        store.put_if_absent(&lease, b"one", LONG).await.unwrap(),
        PutIfAbsent::Put
    );
    // A store of its own is what another process has.
    let other = FileTokenStore::new(&path);
    match other.put_if_absent(&lease, b"two", LONG).await.unwrap() {
        PutIfAbsent::Held(Some(left)) => assert!(left > LONG / 2),
        outcome => assert_eq!(outcome, PutIfAbsent::Held(Some(LONG))),
    }
    assert_eq!(other.get(&lease).await.unwrap().unwrap().bytes, "one");
    assert!(!other.delete_if(&lease, b"one").await.unwrap());
    store.0.leases().held.clear();
    assert_eq!(
        other.put_if_absent(&lease, b"two", LONG).await.unwrap(),
        PutIfAbsent::Put
    );
}

#[tokio::test]
async fn a_lease_that_ended_is_free_although_a_forked_process_has_its_file() {
    let (_home, path, store) = setup();
    let lease = key(RecordKind::Lease);
    let put = store.put_if_absent(&lease, b"one", LONG).await;
    assert_eq!(put.unwrap(), PutIfAbsent::Put);
    // What a child has until it starts its program.
    let _inherited = store.0.leases().held[&format!("{HASH}.lock")]
        .file
        .try_clone();
    assert!(store.delete_if(&lease, b"one").await.unwrap());
    let other = FileTokenStore::new(&path);
    let put = other.put_if_absent(&lease, b"two", LONG).await;
    assert_eq!(put.unwrap(), PutIfAbsent::Put);
}

/// Goes on by itself, or stands still.
#[derive(Debug, Default)]
struct Steps {
    taken: std::sync::atomic::AtomicU32,
    length: Duration,
}

impl Clock for Steps {
    fn now(&self) -> ClockReading {
        let taken = self.taken.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let now = self.length * taken;
        ClockReading::new(now, now)
    }

    fn sleep(&self, _duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_folder_that_another_process_does_not_let_go_of_is_an_error() {
    let (_home, path, store) = setup();
    let token = key(RecordKind::Token);
    store.put(&token, b"x", LONG).await.unwrap();
    let held = fs::File::open(&path).unwrap();
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let length = Duration::from_millis(50);
    let steps = Steps {
        length,
        ..Steps::default()
    };
    let impatient = FileTokenStore::with_clock(&path, steps);
    let error = impatient.put(&token, b"y", LONG).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    drop(held);
    store.put(&token, b"y", LONG).await.unwrap();
}

#[tokio::test]
async fn a_lease_that_its_holder_forgot_ends_though_its_process_goes_on() {
    let (_home, path, store) = setup();
    let lease = key(RecordKind::Lease);
    store
        .put_if_absent(&lease, b"one", Duration::from_millis(100))
        .await
        .unwrap();
    let other = FileTokenStore::new(&path);
    // Bounded by the watch of the lease, which is a timer of the runtime.
    loop {
        match other.put_if_absent(&lease, b"two", LONG).await.unwrap() {
            PutIfAbsent::Put => break,
            PutIfAbsent::Held(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

#[tokio::test]
async fn what_nobody_needs_is_removed_and_what_is_not_ours_stays() {
    let (_home, path, store) = setup();
    let token = key(RecordKind::Token);
    store.put(&token, b"x", LONG).await.unwrap();
    let old = StoreKey::new(OTHER, RecordKind::Token);
    store.put(&old, b"x", Duration::ZERO).await.unwrap();
    let foreign = [
        "notes.txt",
        "github.token",
        "deadbeef.failure",
        "a.lock",
        "x.tmp",
    ];
    for name in foreign {
        fs::write(path.join(name), "mine").unwrap();
    }
    assert_eq!(store.tokens().unwrap(), 1);
    store
        .put(&key(RecordKind::Failure), b"x", LONG)
        .await
        .unwrap();
    assert!(!path.join(format!("{OTHER}.token")).exists());
    assert_eq!(store.clear().unwrap(), 2);
    assert_eq!(store.tokens().unwrap(), 0);
    assert!(foreign.iter().all(|name| path.join(name).exists()));
    assert_eq!(
        FileTokenStore::new(path.join("nowhere")).clear().unwrap(),
        0
    );
}

#[test]
fn of_many_processes_that_compare_and_change_at_once_one_does() {
    let (_home, path, _) = setup();
    for round in 0..20 {
        let key = StoreKey::new(&format!("{round}"), RecordKind::Failure);
        let claims = (0..8_u8).map(|process| {
            // On a busy machine it can take any time until it is the turn of each.
            let store = FileTokenStore::with_clock(&path, Steps::default());
            let key = key.clone();
            std::thread::spawn(move || store.0.put_if_absent(&key, &[process], LONG).unwrap())
        });
        let claims: Vec<_> = claims.collect();
        let claims = claims.into_iter().map(|claim| claim.join().unwrap());
        let winners = claims.filter(|claim| *claim == PutIfAbsent::Put).count();
        assert_eq!(winners, 1, "{round}");
    }
}

#[tokio::test]
async fn records_are_described_without_a_key() {
    let (_home, path, store) = setup();
    assert_eq!(store.records().unwrap(), []);
    let token = key(RecordKind::Token);
    store.put(&token, b"sealed", LONG).await.unwrap();
    store
        .put(&StoreKey::new(OTHER, RecordKind::Failure), b"xy", LONG)
        .await
        .unwrap();
    store
        .put_if_absent(&key(RecordKind::Lease), b"x", LONG)
        .await
        .unwrap();
    fs::write(path.join(format!("{TORN}.token")), "torn").unwrap();
    fs::write(path.join("notes.txt"), "mine").unwrap();
    let records = store.records().unwrap();
    let described: Vec<_> = records
        .iter()
        .map(|record| (record.hash(), record.kind(), record.size()))
        .collect();
    assert_eq!(
        described,
        [
            (token.hash(), RecordKind::Token, 6),
            (OTHER, RecordKind::Failure, 2),
        ]
    );
    for record in records {
        assert!(record.life() <= LONG && record.life() > LONG / 2);
        let age = record.written_at().elapsed().unwrap_or_default();
        assert!(age < LONG, "{age:?}");
    }
}

#[tokio::test]
async fn one_task_watches_all_leases() {
    let (_home, _path, store) = setup();
    let name = |turn: usize| StoreKey::new(&format!("{turn}"), RecordKind::Lease);
    // One is always held.
    store.put_if_absent(&name(0), b"x", LONG).await.unwrap();
    for turn in 1..50 {
        store.put_if_absent(&name(turn), b"x", LONG).await.unwrap();
        assert!(store.delete_if(&name(turn), b"x").await.unwrap());
    }
    let tasks = Handle::current().metrics();
    assert!(tasks.num_alive_tasks() <= 1, "{}", tasks.num_alive_tasks());
}

#[tokio::test]
async fn a_lease_whose_claim_was_given_up_ends_as_well() {
    let (_home, _path, store) = setup();
    let lease = key(RecordKind::Lease);
    let life = Duration::from_millis(100);
    let given_up = store.put_if_absent(&lease, b"x", life).now_or_never();
    assert!(given_up.is_none());
    // It is written all the same, and its end is a timer of the runtime.
    let mut was_held = false;
    for _ in 0..2_000 {
        let is_held = !store.0.leases().held.is_empty();
        if was_held && !is_held {
            return;
        }
        was_held |= is_held;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("held: {was_held}");
}

#[tokio::test]
async fn a_call_looks_at_some_of_many_files() {
    let (_home, path, store) = setup();
    store
        .put(&key(RecordKind::Token), b"x", LONG)
        .await
        .unwrap();
    for turn in 0..200 {
        fs::write(path.join(format!("{turn:064x}.token")), "torn").unwrap();
    }
    let files = || fs::read_dir(&path).unwrap().count();
    let before = files();
    store
        .put(&key(RecordKind::Token), b"x", LONG)
        .await
        .unwrap();
    let removed = before - files();
    assert!((1..=64).contains(&removed), "{removed}");
    let token = key(RecordKind::Token);
    for _ in 0..100 {
        store.put(&token, b"x", LONG).await.unwrap();
    }
    assert!(files() < 10, "{}", files());
}
