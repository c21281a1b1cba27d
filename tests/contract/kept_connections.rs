//! What becomes of a request on a kept connection that the server has closed, and of answers that do not end where they should.

use auth_core::{Error, ErrorKind, HttpClient, RequestLimits, ReqwestHttpClient};
use bytes::Bytes;
use http::{Method, Request, Response};

use crate::raw_server::{RawServer, Step};
use crate::vendors::{Options, VENDORS};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// What some servers write into an idle connection before they close it.
const IDLE_TOO_LONG: &str =
    "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

fn client() -> ReqwestHttpClient {
    ReqwestHttpClient::builder().build().unwrap()
}

async fn send(
    client: &ReqwestHttpClient,
    server: &RawServer,
    method: Method,
) -> Result<Response<Bytes>, Error> {
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = method;
    *request.uri_mut() = format!("{}/path", server.base_url()).parse().unwrap();
    client.send(request, RequestLimits::API_REQUEST).await
}

/// Serves one request per connection, and ends it in the given way when a second one comes.
macro_rules! one_each {
    ($end:expr) => {
        |_, request| if request == 0 { Step::Say(OK) } else { $end }
    };
}

#[tokio::test]
async fn an_idempotent_request_on_a_connection_that_the_server_has_closed_is_sent_once_more_on_a_new_one()
 {
    for plan in [
        one_each!(Step::Close) as fn(usize, usize) -> Step,
        one_each!(Step::Reset),
        one_each!(Step::SayAndClose(IDLE_TOO_LONG)),
        one_each!(Step::SayAndClose("HTTP/1.1 200 OK\r\ncontent-le")),
    ] {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let server = RawServer::start(plan).await;
            let client = client();
            for _ in 0..2 {
                let response = send(&client, &server, method.clone()).await.unwrap();
                assert_eq!(response.status(), 200);
            }
            assert_eq!(server.connections(), [0, 0, 1], "{method}");
        }
    }
}

#[tokio::test]
async fn a_create_on_such_a_connection_is_never_repeated() {
    for method in [Method::POST, Method::PATCH] {
        let server = RawServer::start(one_each!(Step::Close)).await;
        let client = client();
        send(&client, &server, method.clone()).await.unwrap();
        let error = send(&client, &server, method).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(error.may_have_been_sent());
        assert_eq!(server.connections(), [0, 0]);
    }
}

#[tokio::test]
async fn a_new_connection_that_ends_is_a_failure_and_not_repeated() {
    for plan in [(|_, _| Step::Close) as fn(usize, usize) -> Step, |_, _| {
        Step::Reset
    }] {
        let server = RawServer::start(plan).await;
        let error = send(&client(), &server, Method::GET).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert_eq!(server.connections(), [0]);
    }
}

#[tokio::test]
async fn a_408_on_a_connection_that_stays_open_is_an_answer() {
    const ANSWER: &str = "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n";
    let server = RawServer::start(one_each!(Step::Say(ANSWER))).await;
    let client = client();
    send(&client, &server, Method::GET).await.unwrap();
    let response = send(&client, &server, Method::GET).await.unwrap();
    assert_eq!(response.status(), 408);
    assert_eq!(server.connections(), [0, 0]);
}

#[tokio::test]
async fn the_repeat_is_the_only_one() {
    // Each connection serves one request, but for the second, which serves none.
    let server = RawServer::start(|connection, request| match (connection, request) {
        (0, 0) => Step::Say(OK),
        _ => Step::Close,
    })
    .await;
    let client = client();
    send(&client, &server, Method::GET).await.unwrap();
    send(&client, &server, Method::GET).await.unwrap_err();
    assert_eq!(server.connections(), [0, 0, 1]);
}

#[tokio::test]
async fn an_answer_that_has_begun_is_never_asked_for_again() {
    let server = RawServer::start(one_each!(Step::SayAndClose(
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"
    )))
    .await;
    let client = client();
    send(&client, &server, Method::GET).await.unwrap();
    let error = send(&client, &server, Method::GET).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(server.connections(), [0, 0]);
}

#[tokio::test]
async fn twenty_requests_in_a_row_outlive_a_server_that_closes_each_connection_unannounced() {
    for _ in 0..25 {
        let server = RawServer::start(|_, _| Step::SayAndClose(OK)).await;
        let client = client();
        for _ in 0..20 {
            send(&client, &server, Method::GET).await.unwrap();
        }
        let server = RawServer::start(|_, request| match request {
            0..=2 => Step::Say(OK),
            _ => Step::Reset,
        })
        .await;
        for _ in 0..20 {
            send(&client, &server, Method::GET).await.unwrap();
        }
    }
}

#[tokio::test]
async fn requests_side_by_side_outlive_connections_that_end_after_a_few_requests() {
    let server = RawServer::start(|_, request| match request {
        0..=2 => Step::Say(OK),
        _ => Step::Close,
    })
    .await;
    let client = client();
    for _ in 0..10 {
        let round = (0..10).map(|_| send(&client, &server, Method::GET));
        for outcome in futures_util::future::join_all(round).await {
            outcome.unwrap();
        }
    }
}

#[tokio::test]
async fn an_idle_connection_is_given_up_before_load_balancers_close_theirs() {
    let server = RawServer::start(|_, _| Step::Say(OK)).await;
    let client = client();
    for (idle, connection) in [(0, 0), (20, 0), (31, 1)] {
        tokio::time::pause();
        tokio::time::advance(std::time::Duration::from_secs(idle)).await;
        tokio::time::resume();
        send(&client, &server, Method::GET).await.unwrap();
        assert_eq!(server.connections().last(), Some(&connection), "{idle} s");
    }
}

#[tokio::test]
async fn a_token_request_always_has_a_new_connection() {
    for &vendor in VENDORS {
        let body = vendor.token_response("fake-token");
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        // The server of every test speaks constants.
        let token: &'static str = Box::leak((head + &body).into_boxed_str());
        let server = RawServer::start(move |_, request| match request {
            0 => Step::Say(token),
            _ => Step::Close,
        })
        .await;
        // One attempt: a lost token request is a failure.
        let http = std::sync::Arc::new(client());
        for _ in 0..3 {
            let mut options = Options::at(server.base_url());
            options.http = Some(http.clone());
            options.client(vendor).token().await.unwrap();
        }
        assert_eq!(server.connections(), [0, 1, 2], "{vendor}");
    }
}

#[tokio::test]
async fn what_follows_an_answer_is_never_taken_for_the_next_one() {
    let smuggled = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil";
    for (plan, method) in [
        (
            one_each!(Step::Say(OK)) as fn(usize, usize) -> Step,
            Method::GET,
        ),
        (
            |connection, _| match connection {
                0 => Step::Say(
                    "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
                ),
                _ => Step::Say(OK),
            },
            Method::DELETE,
        ),
        (
            |connection, _| match connection {
                0 => Step::Say(
                    "HTTP/1.1 200 OK\r\ncontent-length: 42\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
                ),
                _ => Step::Say(OK),
            },
            Method::HEAD,
        ),
        (
            |connection, _| match connection {
                0 => Step::Say(
                    "HTTP/1.1 304 Not Modified\r\ncontent-length: 42\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
                ),
                _ => Step::Say(OK),
            },
            Method::GET,
        ),
    ] {
        assert_eq!(smuggled.len(), 42);
        let server = RawServer::start(plan).await;
        let client = client();
        send(&client, &server, method.clone()).await.unwrap();
        let next = send(&client, &server, Method::GET).await.unwrap();
        assert_eq!(next.body(), "{}", "{method}");
    }
}

#[tokio::test]
async fn odd_answers_are_answers_and_spoil_nothing() {
    for (answer, status) in [
        (
            "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            200,
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
            204,
        ),
        ("HTTP/1.1 304 Not Modified\r\n\r\n", 304),
        (
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
            101,
        ),
        ("HTTP/1.0 200 OK\r\n\r\n", 200),
    ] {
        let listener = crate::listener::Listener::start(crate::listener::Misbehaviour::Write(
            answer.as_bytes().to_vec(),
        ))
        .await;
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = listener.base_url().parse().unwrap();
        let response = client()
            .send(request, RequestLimits::API_REQUEST)
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{answer}");
    }
}
