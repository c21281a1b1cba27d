//! Servers that answer with malice: each answer ends in an error of the right kind, and in time.

use std::time::{Duration, Instant};

use auth_core::{Error, ErrorKind, HttpClient, RequestLimits, ReqwestHttpClient};
use auth_testkit::{Emulator, Fault};
use bytes::Bytes;
use http::Request;

use crate::endless::endless;
use crate::listener::{Listener, Misbehaviour};
use crate::vendors::{Options, VENDORS};

async fn get(listener: &Listener, limits: RequestLimits) -> Result<http::Response<Bytes>, Error> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = format!("{}/path", listener.base_url()).parse().unwrap();
    let client = ReqwestHttpClient::builder().build().unwrap();
    client.send(request, limits).await
}

#[tokio::test]
async fn what_never_ends_ends_at_a_limit() {
    let limits = RequestLimits::new(Duration::from_millis(500), 1024 * 1024);
    for (what, misbehaviour) in endless() {
        let listener = Listener::start(misbehaviour).await;
        let started = Instant::now();
        let error = get(&listener, limits).await.unwrap_err();
        assert!(started.elapsed() < HANGS, "{what}: {error}");
        assert!(
            matches!(
                error.kind(),
                ErrorKind::InvalidResponse | ErrorKind::Timeout | ErrorKind::Transport
            ),
            "{what}: {error}"
        );
        if error.kind() != ErrorKind::InvalidResponse {
            assert!(
                error.to_string().contains(listener.base_url()),
                "{what}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn a_timeout_names_the_server_and_the_time_that_passed() {
    let listener = Listener::start(Misbehaviour::Silence).await;
    let limits = RequestLimits::new(Duration::from_secs(60), 1_024);
    let error = get(&listener, limits).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    // The time that really passed, which tokio's paused clock made short.
    let text = error.to_string();
    let expected = format!("no complete response from {} within ", listener.base_url());
    assert!(text.starts_with(&expected) && text.ends_with('s'), "{text}");
}

#[tokio::test]
async fn a_longer_attempt_timeout_is_honoured_by_the_token_endpoint() {
    /// Says which limits it was given, and gives no answer.
    #[derive(Debug, Default)]
    struct Noting(std::sync::Mutex<Vec<Duration>>);

    #[async_trait::async_trait]
    impl HttpClient for Noting {
        async fn send(
            &self,
            _request: Request<Bytes>,
            limits: RequestLimits,
        ) -> Result<http::Response<Bytes>, Error> {
            self.0.lock().unwrap().push(limits.timeout());
            Err(Error::new(ErrorKind::Transport, "no answer"))
        }
    }

    for &vendor in VENDORS {
        for seconds in [2, 25] {
            let http = std::sync::Arc::new(Noting::default());
            let mut options = Options::at("https://vendor.example");
            options.http = Some(http.clone());
            options.policy = options
                .policy
                .with_attempt_timeout(Duration::from_secs(seconds));
            options.client(vendor).token().await.unwrap_err();
            assert_eq!(
                *http.0.lock().unwrap(),
                [Duration::from_secs(seconds)],
                "{vendor}"
            );
        }
    }
}

#[tokio::test]
async fn lengths_that_contradict_the_body_are_errors() {
    for (what, answer) in [
        (
            "too long a length",
            "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{}",
        ),
        (
            "two lengths",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} ",
        ),
        (
            "a negative length",
            "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}",
        ),
        (
            "a length in words",
            "HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\n{}",
        ),
        (
            "a broken chunk",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n",
        ),
        (
            "a huge chunk",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
        ),
        (
            "a cut chunk",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{}",
        ),
        ("HTTP/0.9", "{}"),
        ("another protocol", "SSH-2.0-OpenSSH_9.9\r\n"),
        ("a NUL in a header", "HTTP/1.1 200 OK\r\na: \0\r\n\r\n{}"),
    ] {
        let listener = Listener::start(Misbehaviour::Write(answer.as_bytes().to_vec())).await;
        let error = get(&listener, RequestLimits::API_REQUEST)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{what}: {error}");
        assert!(error.may_have_been_sent(), "{what}");
    }
}

#[tokio::test]
async fn trailers_and_informational_answers_do_no_harm() {
    let answer = "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nx-trailer: y\r\n\r\n";
    let listener = Listener::start(Misbehaviour::Write(answer.as_bytes().to_vec())).await;
    assert_eq!(
        get(&listener, RequestLimits::API_REQUEST)
            .await
            .unwrap()
            .body(),
        "{}"
    );
}

#[tokio::test]
async fn the_default_client_asks_for_no_coding() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};

        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4_096];
        let length = stream.read(&mut request).unwrap();
        sender
            .send(String::from_utf8_lossy(&request[..length]).into_owned())
            .unwrap();
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
    });
    let mut request = Request::new(Bytes::new());
    // By its name, which is not looked up.
    *request.uri_mut() = format!("http://localhost:{}/", address.port())
        .parse()
        .unwrap();
    let client = ReqwestHttpClient::builder().build().unwrap();
    client
        .send(request, RequestLimits::API_REQUEST)
        .await
        .unwrap();
    server.join().unwrap();
    let head = receiver.recv().unwrap().to_ascii_lowercase();
    assert!(head.contains("accept-encoding: identity\r\n"), "{head}");
}

#[tokio::test]
async fn every_odd_success_of_a_token_endpoint_is_an_unusable_answer() {
    let deep = "[".repeat(500_000);
    let nested = format!(r#"{{"access_token":"fake","a":{deep}"#);
    let many = r#""a":[],"#.repeat(100_000);
    let long = " ".repeat(900_000);
    for &vendor in VENDORS {
        for (what, body) in [
            ("nothing", ""),
            ("white space", " \r\n\t"),
            ("a NUL", "\0"),
            (
                "invalid UTF-16",
                r#"{"access_token":"\ud800","accessToken":"\ud800"}"#,
            ),
            (
                "a NUL in the token",
                r#"{"access_token":"fa\u0000ke","accessToken":"fa\u0000ke","token_type":"bearer"}"#,
            ),
            (
                "a line break in the token",
                r#"{"access_token":"fa\r\nke: x","accessToken":"fa\r\nke: x","token_type":"bearer"}"#,
            ),
            ("a number", r#"{"access_token":7,"accessToken":7}"#),
            (
                "a list",
                r#"{"access_token":["fake"],"accessToken":["fake"]}"#,
            ),
            ("null", r#"{"access_token":null,"accessToken":null}"#),
            (
                "two tokens",
                r#"{"access_token":"fake","access_token":"fake","accessToken":"fake","accessToken":"fake","token_type":"bearer"}"#,
            ),
            ("deep nesting", nested.as_str()),
            ("an endless list", deep.as_str()),
            (
                "two values",
                r#"{"access_token":"fake","accessToken":"fake"}{}"#,
            ),
            ("a lone brace", "{"),
        ] {
            let emulator = Emulator::start(vendor).await.unwrap();
            emulator.inject_token_fault(Fault::body(200, "application/json", body).forever());
            let started = Instant::now();
            let error = Options::of(&emulator)
                .client(vendor)
                .token()
                .await
                .unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::InvalidResponse,
                "{vendor} {what}: {error}"
            );
            assert!(
                !format!("{error:?}").contains("fa\\"),
                "{vendor} {what}: {error:?}"
            );
            assert!(started.elapsed() < HANGS, "{vendor} {what}");
        }
        for padding in [&many, &long] {
            let body = vendor.token_response("fake");
            let body = body.replacen('{', &format!("{{{padding}"), 1);
            let emulator = Emulator::start(vendor).await.unwrap();
            emulator.inject_token_fault(Fault::body(200, "application/json", body).forever());
            Options::of(&emulator).client(vendor).token().await.unwrap();
        }
    }
}

/// No busy machine takes as long for anything here; what has no limit, or a quadratic cost, takes longer.
const HANGS: Duration = Duration::from_secs(60);
