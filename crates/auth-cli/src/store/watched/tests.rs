//! Tests of which records a run that renews its token sees, and of the line about a store that failed.

use auth_core::store::FileTokenStore;
use tempfile::tempdir;

use super::*;

const LONG: Duration = Duration::from_secs(60);

fn key(kind: RecordKind) -> StoreKey {
    StoreKey::new("0123456789abcdef", kind)
}

async fn bytes(store: &Watched, kind: RecordKind) -> Option<Bytes> {
    let record = store.get(&key(kind)).await.ok().flatten();
    record.map(|record| record.bytes)
}

#[tokio::test]
async fn a_run_that_renews_sees_no_token_and_no_failure_from_before_but_those_from_after() {
    let folder = tempdir().unwrap();
    let files = FileTokenStore::new(folder.path().join("tokens"));
    for kind in [RecordKind::Token, RecordKind::Failure] {
        files.put(&key(kind), b"old", LONG).await.unwrap();
    }
    let open = |renews| Watched::new(Arc::new(files.clone()), String::new(), LONG, renews);
    let (usual, renewing) = (open(false), open(true));
    for kind in [RecordKind::Token, RecordKind::Failure] {
        assert_eq!(bytes(&usual, kind).await.unwrap(), "old");
        assert_eq!(bytes(&renewing, kind).await, None);
        assert_eq!(bytes(&renewing, kind).await, None);
        files.put(&key(kind), b"new", LONG).await.unwrap();
        assert_eq!(bytes(&renewing, kind).await.unwrap(), "new");
    }
}

#[tokio::test]
async fn a_run_that_renews_sees_what_others_stored_after_its_first_look() {
    let folder = tempdir().unwrap();
    let files = FileTokenStore::new(folder.path().join("tokens"));
    let renewing = Watched::new(Arc::new(files.clone()), String::new(), LONG, true);
    assert_eq!(bytes(&renewing, RecordKind::Token).await, None);
    let token = key(RecordKind::Token);
    files.put(&token, b"new", LONG).await.unwrap();
    assert_eq!(bytes(&renewing, RecordKind::Token).await.unwrap(), "new");
}

#[tokio::test]
async fn a_run_reports_one_failure_and_a_server_one_for_each_outage() {
    let folder = tempdir().unwrap();
    let files = Arc::new(FileTokenStore::new(folder.path().join("tokens")));
    for (process, expected) in [
        (Process::Run, [true, false, false, false]),
        (Process::Server, [true, false, true, true]),
    ] {
        let store = Watched::new(files.clone(), String::new(), LONG, false).of(process);
        let news = [true, true, false, true].map(|failed| store.is_news(failed));
        assert_eq!(news, expected, "{process:?}");
    }
}

#[test]
fn the_line_names_the_store_once_and_says_what_to_do() {
    for (location, problem) in [
        ("redis://localhost:6379", "the connection failed"),
        ("/home/x", "the token folder /home/x cannot be used"),
    ] {
        let line = warning(Process::Run, location, problem);
        assert_eq!(line.matches(location).count(), 1, "{line}");
        for part in ["warning: ", problem, "--store"] {
            assert!(line.contains(part), "{part}: {line}");
        }
        assert!(line.contains("this run"), "{line}");
        let line = warning(Process::Server, location, problem);
        assert!(line.contains("until it works, this server"), "{line}");
    }
}
