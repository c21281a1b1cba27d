//! Tests of how often files are looked at, and by which request.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};

use futures_util::future::join_all;

use super::*;
use crate::error::Error;
use crate::http::reload::Reload;

/// A client over one file, whose builds are counted, and stop until the test lets them go on.
struct Counted {
    folder: TempDir,
    first: ReqwestHttpClient,
    reload: Reload,
    builds: Arc<AtomicUsize>,
    go_on: mpsc::Sender<Result<()>>,
}

impl Counted {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("ca.pem"), "first").unwrap();
        let (go_on, gate) = mpsc::channel::<Result<()>>();
        let gate = Mutex::new(gate);
        let builds = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&builds);
        let build = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            gate.lock().unwrap().recv().unwrap()?;
            ReqwestHttpClient::builder().build()
        };
        Self {
            reload: Reload::of(vec![folder.path().join("ca.pem")], build).unwrap(),
            first: ReqwestHttpClient::builder().build().unwrap(),
            folder,
            builds,
            go_on,
        }
    }

    fn replace(&self, text: &str) {
        let new = self.folder.path().join("new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.folder.path().join("ca.pem")).unwrap();
    }

    fn builds(&self) -> usize {
        self.builds.load(Ordering::SeqCst)
    }

    /// Returns true if a request that is sent now uses the first client.
    async fn is_first(&self) -> bool {
        self.reload.current(&self.first).await.is_same(&self.first)
    }
}

fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::pin::Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn one_of_many_requests_builds_while_the_others_use_the_old_client() {
    let counted = Counted::new();
    assert!(counted.is_first().await);
    counted.replace("second one");
    pass(PAUSE).await;
    let (mut finished, mut building) = (Vec::new(), Vec::new());
    // Each is polled once: all but the one that builds complete, though the build does not.
    for _ in 0..50 {
        let mut request = Box::pin(counted.is_first());
        match poll_once(&mut request) {
            Poll::Ready(is_first) => finished.push(is_first),
            Poll::Pending => building.push(request),
        }
    }
    assert_eq!(finished, [true; 49]);
    counted.go_on.send(Ok(())).unwrap();
    // It uses what it has built.
    assert_eq!(join_all(building).await, [false]);
    let later = join_all((0..50).map(|_| counted.is_first())).await;
    assert_eq!(later, [false; 50]);
    pass(PAUSE).await;
    assert!(!counted.is_first().await);
    assert_eq!(counted.builds(), 1);
}

#[tokio::test]
async fn the_files_are_looked_at_once_a_second() {
    let counted = Counted::new();
    assert!(counted.is_first().await);
    counted.replace("second one");
    pass(PAUSE / 2).await;
    assert!(counted.is_first().await);
    assert_eq!(counted.builds(), 0);
    counted.go_on.send(Ok(())).unwrap();
    pass(PAUSE / 2).await;
    assert!(!counted.is_first().await);
}

#[tokio::test]
async fn files_that_stay_unusable_are_read_once() {
    let counted = Counted::new();
    counted.replace("unusable");
    counted.go_on.send(Err(Error::config("not PEM"))).unwrap();
    for _ in 0..3 {
        assert!(counted.is_first().await);
        pass(PAUSE).await;
    }
    assert_eq!(counted.builds(), 1);
}

#[tokio::test]
async fn a_request_that_is_cancelled_leaves_the_new_client_to_the_others() {
    let counted = Counted::new();
    counted.replace("second one");
    let mut cancelled = Box::pin(counted.is_first());
    assert!(poll_once(&mut cancelled).is_pending());
    drop(cancelled);
    counted.go_on.send(Ok(())).unwrap();
    // The thread ends on its own.
    while counted.is_first().await {
        tokio::task::yield_now().await;
    }
    assert_eq!(counted.builds(), 1);
}

#[tokio::test]
async fn a_build_that_panics_is_not_the_last_one() {
    let first = &ReqwestHttpClient::builder().build().unwrap();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, "first").unwrap();
    let builds = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&builds);
    let odd = Reload::of(vec![path.clone()], move || {
        match count.fetch_add(1, Ordering::SeqCst) {
            0 => std::panic::resume_unwind(Box::new("a bug")),
            _ => ReqwestHttpClient::builder().build(),
        }
    })
    .unwrap();
    std::fs::write(&path, "second one").unwrap();
    assert!(odd.current(first).await.is_same(first));
    pass(PAUSE).await;
    assert!(!odd.current(first).await.is_same(first));
    assert_eq!(builds.load(Ordering::SeqCst), 2);
}
