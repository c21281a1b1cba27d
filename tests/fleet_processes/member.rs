//! One process of the fleet: a client that requests a token every 50 ms, and reports what became of its calls.

use std::io::{Write as _, stdin, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use auth_core::store::{FileTokenStore, SharedStore};
use auth_core::{HttpClient, RequestLimits, ReqwestHttpClient, Result};
use auth_store_redis::RedisTokenStore;
use bytes::Bytes;
use http::{Request, Response};
use maia_auth::{Client, Config};
use serde::{Deserialize, Serialize};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// What a process is told, as its argument.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) base_url: String,
    pub(crate) token_url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) store: StorePlace,
}

/// Where the store is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum StorePlace {
    None,
    Redis(String),
    Folder(String),
}

/// What a process writes, one line each.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Message {
    /// It waits for the start.
    Ready,
    /// It is about to send a token request.
    Requests,
    /// It ends.
    Report(Report),
}

/// What became of a process's calls.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) calls: u64,
    pub(crate) errors: u64,
    /// Calls that returned a token past its expiry.
    pub(crate) expired: u64,
    pub(crate) first_wait: Duration,
    /// Of all calls but the first.
    pub(crate) longest_wait: Duration,
    /// How often the store went down, or up again.
    pub(crate) store_changes: u64,
}

/// Runs the process until its standard input ends.
pub(crate) fn run(task: &str) {
    let task: Task = serde_json::from_str(task).unwrap();
    let changes = Arc::new(AtomicU64::new(0));
    let subscriber = tracing_subscriber::registry().with(StoreChanges(Arc::clone(&changes)));
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let client = client(&task);
    write(&Message::Ready);
    let mut line = String::new();
    stdin().read_line(&mut line).unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&is_over);
    std::thread::spawn(move || {
        // Nothing more is written to it: it returns at the end.
        let _ = stdin().read_line(&mut String::new());
        ended.store(true, Ordering::Relaxed);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut report = runtime.block_on(calls(&client, &is_over));
    report.store_changes = changes.load(Ordering::Relaxed);
    write(&Message::Report(report));
}

async fn calls(client: &Client, is_over: &AtomicBool) -> Report {
    let mut report = Report::default();
    while !is_over.load(Ordering::Relaxed) {
        let started = Instant::now();
        match client.token().await {
            Ok(token) if token.expires_at() < SystemTime::now() => report.expired += 1,
            Ok(_) => {}
            Err(_) => report.errors += 1,
        }
        let waited = started.elapsed();
        if report.calls == 0 {
            report.first_wait = waited;
        } else {
            report.longest_wait = report.longest_wait.max(waited);
        }
        report.calls += 1;
        tokio::time::sleep(PAUSE).await;
    }
    report
}

fn client(task: &Task) -> Client {
    let http = Announcing(ReqwestHttpClient::builder().build().unwrap());
    let config = Config::builder()
        .base_url(&task.base_url)
        .client_id(&task.client_id)
        .client_secret(task.client_secret.as_str())
        .options(|options| options.token_url(&task.token_url))
        .http_client(http);
    let config = match &task.store {
        StorePlace::None => config,
        StorePlace::Redis(url) => {
            config.token_store(SharedStore::new(RedisTokenStore::from_url(url).unwrap()))
        }
        StorePlace::Folder(path) => config.token_store(FileTokenStore::new(path)),
    };
    Client::new(config.build().unwrap()).unwrap()
}

fn write(message: &Message) {
    let mut out = stdout().lock();
    // A process whose parent is gone ends as well.
    writeln!(out, "{}", serde_json::to_string(message).unwrap()).unwrap();
    out.flush().unwrap();
}

/// Says so before each token request, so that the parent can kill a process in the midst of one.
#[derive(Debug)]
struct Announcing(ReqwestHttpClient);

#[async_trait::async_trait]
impl HttpClient for Announcing {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        write(&Message::Requests);
        self.0.send(request, limits).await
    }
}

/// Counts the warnings of the store: it warns when it goes down and when it is up again, and never else.
struct StoreChanges(Arc<AtomicU64>);

impl<S: Subscriber> Layer<S> for StoreChanges {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        if *metadata.level() == Level::WARN && metadata.target().starts_with("auth_core::store") {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Between two calls.
const PAUSE: Duration = Duration::from_millis(50);
