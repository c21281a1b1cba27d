//! Tests of a connection whose other side does not read.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

#[tokio::test(start_paused = true)]
async fn a_write_that_nobody_reads_fails_after_the_limit() {
    let (ours, _theirs) = tokio::io::duplex(16);
    let mut stream = LimitedStream::new(ours, Duration::from_secs(10));
    let started = tokio::time::Instant::now();
    let error = stream.write_all(&[0; 100]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(started.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_that_reads_is_served() {
    let (ours, mut theirs) = tokio::io::duplex(16);
    let mut stream = LimitedStream::new(ours, Duration::from_secs(10));
    let reader = tokio::spawn(async move {
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(9)).await;
            theirs.read_exact(&mut [0; 10]).await.unwrap();
        }
    });
    stream.write_all(&[0; 100]).await.unwrap();
    reader.await.unwrap();
}
