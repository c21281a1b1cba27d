//! Shows that an upload takes a few pieces of memory, whatever its size; a process of its own, whose memory is that of the upload.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use auth_core::UploadBody;
use datasaur_auth::{Client, Config};

/// The size of the file, and how much more memory its upload may take.
const FILE: u64 = 300 << 20;
const MEMORY: u64 = 32 << 20;

#[tokio::test]
async fn three_hundred_megabytes_take_less_than_thirty_two_more() {
    let (url, received) = serve();
    let config = Config::builder()
        .base_url(url)
        .client_id("fake-client")
        .client_secret("fake-secret")
        .build()
        .unwrap();
    let client = Client::new(config).unwrap();
    client.warm_up().await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    // Without blocks on the disk; it reads as zeros.
    file.as_file().set_len(FILE).unwrap();
    let sent = Arc::new(AtomicU64::new(0));
    let noted = Arc::clone(&sent);
    let body = UploadBody::file(file.path())
        .unwrap()
        .with_progress(move |count| noted.store(count, Ordering::Relaxed));
    let before = memory();
    let key = client.upload_file("big.bin", body).await.unwrap();
    let after = memory();
    assert_eq!(key.as_str(), "temp/upload-proxy/fake.bin");
    assert_eq!(sent.load(Ordering::Relaxed), FILE);
    assert!(received.load(Ordering::Relaxed) > FILE);
    let (Some((resident, _)), Some((_, peak))) = (before, after) else {
        let note = "skipped: this system does not report the peak of a process's memory";
        writeln!(std::io::stderr(), "{note}").unwrap();
        return;
    };
    let grown = peak.saturating_sub(resident);
    writeln!(std::io::stderr(), "{} KiB more for 300 MiB", grown >> 10).unwrap();
    assert!(grown < MEMORY, "{grown} bytes");
}

/// Returns the resident memory of this process and its peak, in bytes.
fn memory() -> Option<(u64, u64)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let number = line.trim().strip_suffix(" kB")?.trim();
        number.parse::<u64>().ok().map(|number| number << 10)
    };
    Some((kilobytes("VmRSS:")?, kilobytes("VmHWM:")?))
}

/// Serves a token and uploads on loopback, and keeps nothing; returns the URL and the count of bytes.
fn serve() -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let received = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&received);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), &counted);
        }
    });
    (url, received)
}

fn answer(mut stream: TcpStream, received: &AtomicU64) {
    let mut buffer = vec![0; 64 << 10];
    let mut head = Vec::new();
    let end = loop {
        let count = stream.read(&mut buffer).unwrap();
        head.extend_from_slice(&buffer[..count]);
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = String::from_utf8_lossy(&head[..end]).to_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: u64 = length.unwrap().parse().unwrap();
    let mut left = length - (head.len() - end) as u64;
    while left > 0 {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "the body ended early");
        left -= count as u64;
    }
    let body = if text.contains("/api/oauth/token") {
        r#"{"access_token":"fake-token","token_type":"bearer","expires_in":3600}"#
    } else {
        received.fetch_add(length, Ordering::Relaxed);
        r#"{"objectKey":"temp/upload-proxy/fake.bin"}"#
    };
    let response = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(response.as_bytes()).unwrap();
}
