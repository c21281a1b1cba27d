//! Shows that a response without an end takes bounded memory; a process of its own, whose memory is that of the client.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

#[path = "../contract/endless.rs"]
mod endless;
#[path = "../contract/listener.rs"]
#[expect(dead_code, reason = "the contract suite has other uses for it")]
mod listener;

use std::io::Write as _;
use std::time::Duration;

use auth_core::{HttpClient as _, RequestLimits, ReqwestHttpClient};
use bytes::Bytes;
use http::Request;

use self::endless::endless;
use self::listener::Listener;

/// How much more memory all of the responses may take.
const MEMORY: u64 = 64 << 20;

#[tokio::test]
async fn what_never_ends_takes_bounded_memory() {
    let limits = RequestLimits::new(Duration::from_millis(500), 1 << 20);
    let before = peak_memory();
    for (what, misbehaviour) in endless() {
        let listener = Listener::start(misbehaviour).await;
        let request = Request::get(listener.base_url())
            .body(Bytes::new())
            .unwrap();
        let client = ReqwestHttpClient::builder().build().unwrap();
        assert!(client.send(request, limits).await.is_err(), "{what}");
    }
    let (Some(before), Some(after)) = (before, peak_memory()) else {
        let note = "skipped: this system does not report the peak of a process's memory";
        writeln!(std::io::stderr(), "{note}").unwrap();
        return;
    };
    assert!(after - before < MEMORY, "{} bytes", after - before);
}

/// Returns the most memory that this process has ever used, in bytes.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes << 10)
}
