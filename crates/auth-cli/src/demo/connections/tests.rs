//! Tests of the bound on connections and of the rules that every `HttpClient` keeps.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;

const WHOLE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody";
const LAST: &[u8] = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbody";
const HALF: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nbody";
const REDIRECT: &[u8] = b"HTTP/1.1 302 Found\r\nlocation: /b\r\ncontent-length: 0\r\n\r\n";

/// Serves one answer to every request, and closes connections after those that say so or are not whole.
async fn serve(answer: &'static [u8]) -> Connections {
    serve_counted(answer).await.0
}

/// As [`serve`], with the number of connections that were accepted.
async fn serve_counted(answer: &'static [u8]) -> (Connections, Arc<AtomicUsize>) {
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Connections::to(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, SeqCst);
            tokio::spawn(async move {
                let mut request = [0; 1_024];
                while stream.read(&mut request).await.is_ok_and(|read| read > 0) {
                    let written = stream.write_all(answer).await;
                    if written.is_err() || answer == LAST || answer == HALF {
                        break;
                    }
                }
            });
        }
    });
    (client, accepted)
}

async fn get(client: &Connections, limits: RequestLimits) -> Result<Response<Bytes>> {
    let url = format!("http://{}/a?b=c", client.0.authority);
    let request = Request::get(url).body(Bytes::new()).unwrap();
    client.send(request, limits).await
}

#[tokio::test]
async fn a_thousand_requests_share_64_connections() {
    let client = serve(WHOLE).await;
    let mut requests = JoinSet::new();
    for _ in 0..1_000 {
        let client = client.clone();
        requests.spawn(async move { get(&client, RequestLimits::API_REQUEST).await });
    }
    while let Some(response) = requests.join_next().await {
        assert_eq!(response.unwrap().unwrap().body(), "body");
    }
    assert_eq!(client.peak(), MAX_CONNECTIONS);
}

#[tokio::test]
async fn requests_one_after_another_share_one_connection() {
    let (client, accepted) = serve_counted(WHOLE).await;
    for _ in 0..10 {
        get(&client, RequestLimits::API_REQUEST).await.unwrap();
    }
    assert_eq!((accepted.load(SeqCst), client.peak()), (1, 1));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced_and_gives_its_permit_back() {
    let (client, accepted) = serve_counted(LAST).await;
    for _ in 0..2 * MAX_CONNECTIONS {
        assert_eq!(
            get(&client, RequestLimits::API_REQUEST)
                .await
                .unwrap()
                .body(),
            "body"
        );
    }
    assert_eq!(accepted.load(SeqCst), 2 * MAX_CONNECTIONS);
    assert!(client.peak() <= MAX_CONNECTIONS);
}

#[tokio::test]
async fn a_redirect_is_an_answer_like_any_other() {
    let client = serve(REDIRECT).await;
    assert_eq!(
        get(&client, RequestLimits::API_REQUEST)
            .await
            .unwrap()
            .status(),
        302
    );
}

#[tokio::test]
async fn what_arrives_too_late_too_large_or_half_is_an_error_of_its_kind() {
    let kind = |outcome: Result<Response<Bytes>>| outcome.unwrap_err().kind();
    let small = RequestLimits::new(Duration::from_secs(10), 3);
    assert_eq!(
        kind(get(&serve(WHOLE).await, small).await),
        ErrorKind::InvalidResponse
    );
    let silent = serve(b"").await;
    let short = RequestLimits::new(Duration::from_millis(20), 1_024);
    assert_eq!(kind(get(&silent, short).await), ErrorKind::Timeout);
    assert_eq!(
        kind(get(&serve(HALF).await, RequestLimits::API_REQUEST).await),
        ErrorKind::Transport
    );
}

#[tokio::test]
async fn another_server_and_https_are_not_spoken_to() {
    let client = serve(WHOLE).await;
    for url in ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "/path"] {
        let request = Request::get(url).body(Bytes::new()).unwrap();
        let error = client
            .send(request, RequestLimits::API_REQUEST)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{url}");
    }
    assert!(Connections::to("https://127.0.0.1:1").is_err());
    assert_eq!(client.peak(), 0);
}

#[tokio::test]
async fn a_refused_connection_was_never_sent_anything() {
    // Bound, so that no other test gets the port, and not listening.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    let error = get(&Connections::to(&url).unwrap(), RequestLimits::API_REQUEST)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(!error.may_have_been_sent());
}
