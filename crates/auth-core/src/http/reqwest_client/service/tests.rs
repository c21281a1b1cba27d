//! Tests of what the service does to requests and responses: nothing, except on a connection that ended.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use http_body_util::{BodyExt as _, Empty, Full, StreamBody};

use super::*;
use crate::error::ErrorKind;

/// Answers each request with one of the texts and passes on what it received; after `CLOSES` it closes the connection.
fn server(answers: &'static [&'static str]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, received) = channel();
    thread::spawn(move || {
        let mut answers = answers.iter().peekable();
        while answers.peek().is_some() {
            let (mut socket, _) = listener.accept().unwrap();
            while let Some(request) = read(&mut socket) {
                sender.send(request).unwrap();
                let Some(answer) = answers.next() else { break };
                let text = answer.trim_end_matches(CLOSES);
                socket.write_all(text.as_bytes()).unwrap();
                if answer.ends_with(CLOSES) {
                    break;
                }
            }
        }
    });
    (format!("http://localhost:{port}"), received)
}

/// Reads a request whose body, if there is one, ends in `!` or an empty chunk.
fn read(socket: &mut TcpStream) -> Option<String> {
    let mut request = String::new();
    let mut piece = [0; 4_096];
    loop {
        let count = socket.read(&mut piece).ok().filter(|count| *count > 0)?;
        request.push_str(std::str::from_utf8(&piece[..count]).unwrap());
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or_default();
        let has_body = head.contains("chunked") || head.contains("content-length: 5");
        let is_whole = body.ends_with('!') || body.contains("0\r\n") && body.ends_with("\r\n\r\n");
        if !head.is_empty() && (!has_body || is_whole) {
            return Some(request);
        }
    }
}

fn request<B>(method: Method, uri: String, body: B) -> Request<B> {
    let builder = Request::builder().method(method).uri(uri);
    builder.header("x-own", "1").body(body).unwrap()
}

fn service() -> ForwardingService {
    let client = ReqwestHttpClient::builder()
        .connect_timeout(Duration::from_secs(5))
        .build();
    client.unwrap().service()
}

const CLOSES: char = '\0';

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-encoding: gzip\r\n\r\n{}";

#[tokio::test]
async fn a_request_gets_no_header_that_the_caller_did_not_send() {
    let (origin, received) = server(&[OK, OK, OK]);
    let mut service = service();
    let uri = format!("{origin}/a/{{b}}?c=%2f");
    let sent = request(Method::GET, uri, Empty::<Bytes>::new());
    let response = service.call(sent).await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "{}");
    let host = origin.trim_start_matches("http://").to_owned();
    assert_eq!(
        received.recv().unwrap(),
        format!("GET /a/{{b}}?c=%2f HTTP/1.1\r\nx-own: 1\r\nhost: {host}\r\n\r\n")
    );
    // Some servers want a length for every POST.
    let sent = request(Method::POST, origin.clone(), Empty::<Bytes>::new());
    let response = service.call(sent).await.unwrap();
    response.into_body().collect().await.unwrap();
    assert!(received.recv().unwrap().contains("content-length: 0\r\n"));
    let sent = request(Method::POST, origin, Full::new(Bytes::from("four!")));
    service.call(sent).await.unwrap();
    let seen = received.recv().unwrap();
    assert!(seen.contains("content-length: 5\r\n") && seen.ends_with("four!"));
}

#[tokio::test]
async fn trailers_pass_in_both_directions() {
    let answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-end\r\n\r\n\
                  2\r\n{}\r\n0\r\nx-end: theirs\r\n\r\n";
    let (origin, received) = server(Box::leak(Box::new([answer])));
    let mut trailers = HeaderMap::new();
    trailers.insert("x-end", HeaderValue::from_static("ours"));
    let frames = [
        Ok::<_, Error>(Frame::data(Bytes::from("data"))),
        Ok(Frame::trailers(trailers)),
    ];
    let body = StreamBody::new(futures_util::stream::iter(frames));
    let mut sent = request(Method::POST, origin, body);
    sent.headers_mut()
        .insert("trailer", HeaderValue::from_static("x-end"));
    let response = service().call(sent).await.unwrap();
    let body = response.into_body().collect().await.unwrap();
    assert_eq!(body.trailers().unwrap()["x-end"], "theirs");
    assert!(received.recv().unwrap().contains("x-end: ours\r\n"));
}

#[tokio::test]
async fn only_an_idempotent_request_without_a_body_is_resent_and_once() {
    for (method, times) in [(Method::GET, 2), (Method::POST, 1)] {
        let (origin, received) = server(&[OK, "\0", "\0"]);
        let mut service = service();
        let first = request(Method::GET, origin.clone(), Empty::<Bytes>::new());
        let response = service.call(first).await.unwrap();
        response.into_body().collect().await.unwrap();
        received.recv().unwrap();
        // The connection is kept, and ends after the request.
        let again = request(method.clone(), origin, Empty::<Bytes>::new());
        let error = service.call(again).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
        assert!(error.may_have_been_sent());
        for _ in 0..times {
            assert!(received.recv().unwrap().starts_with(method.as_str()));
        }
        assert!(received.try_recv().is_err(), "{method}");
    }
}

#[tokio::test]
async fn a_response_that_breaks_off_names_the_server_without_the_path() {
    let (origin, _received) = server(&["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf\0"]);
    let sent = request(
        Method::GET,
        format!("{origin}/secret?q=secret"),
        Empty::<Bytes>::new(),
    );
    let response = service().call(sent).await.unwrap();
    let error = response.into_body().collect().await.unwrap_err();
    assert!(error.to_string().contains(&origin), "{error}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}

#[tokio::test]
async fn the_error_of_a_body_is_the_error_of_the_request() {
    let (origin, _received) = server(&[OK]);
    let frames = [Err(Error::config("the body has none"))];
    let body = StreamBody::new(futures_util::stream::iter(
        frames.map(|frame: Result<Bytes>| frame.map(Frame::data)),
    ));
    let sent = request(Method::POST, origin, body);
    let error = service().call(sent).await.unwrap_err();
    assert_eq!(error.to_string(), "the body has none");
}

#[tokio::test]
async fn a_url_without_a_host_is_an_error() {
    for uri in ["/path", "ftp://vendor.example/"] {
        let sent = request(Method::GET, uri.to_owned(), Empty::<Bytes>::new());
        let error = service().call(sent).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{uri}");
    }
}

#[tokio::test]
async fn a_server_that_never_completes_a_connection_meets_the_time_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = ReqwestHttpClient::builder()
        .connect_timeout(Duration::from_millis(50))
        .build();
    // It accepts, and never speaks TLS.
    let sent = request(
        Method::GET,
        format!("https://localhost:{port}/"),
        Empty::<Bytes>::new(),
    );
    let outcome = client.unwrap().service().call(sent).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    assert!(error.to_string().starts_with("no connection to"), "{error}");
    assert!(!error.may_have_been_sent());
    drop(listener);
}

#[test]
fn the_host_header_is_the_whole_authority_unless_the_stack_would_shorten_it() {
    for (target, expected) in [
        ("http://api.example:8080/x", Some("api.example:8080")),
        ("https://api.example/x", Some("api.example")),
        ("http://[::1]:9/x", Some("[::1]:9")),
        ("http://api.example:80/x", None),
        ("https://api.example:443/x", None),
        ("http://user:password@api.example:8080/x", None),
        ("http://user@api.example/x", None),
        ("/x", None),
    ] {
        let host = host_of(&Uri::from_static(target));
        let host = host.as_ref().map(|host| host.to_str().unwrap());
        assert_eq!(host, expected, "{target}");
    }
}
