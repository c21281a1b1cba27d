//! Datasaur's uploads: where they and the token go, what is on the wire, and what is sent again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::vendor::Client;
use auth_core::{ErrorKind, UploadBody};
use auth_testkit::{EmulatedVendor, Emulator, Fault, ManualClock};
use bytes::Bytes;
use datasaur_auth::{Config, Datasaur, Query};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::vendors::Options;

const UPLOAD: &str = "/api/static/proxy/upload";

async fn start() -> (Emulator, Client<Datasaur>) {
    let emulator = Emulator::start(EmulatedVendor::Datasaur).await.unwrap();
    let client = Options::of(&emulator).client_of::<Datasaur>();
    (emulator, client)
}

/// Returns the bodies that arrived at the upload URL.
fn uploads(emulator: &Emulator) -> Vec<Vec<u8>> {
    let received = emulator.received_requests_to(&Method::POST, UPLOAD);
    received
        .iter()
        .map(|request| request.body().to_vec())
        .collect()
}

fn once(text: &'static str) -> UploadBody {
    UploadBody::once(futures_util::stream::iter([Ok(Bytes::from(text))]))
}

#[tokio::test]
async fn from_a_file_to_a_project_over_three_hosts_of_which_each_gets_only_its_own() {
    let clock = ManualClock::auto_advancing();
    let builder = Emulator::builder(auth_testkit::Datasaur::new().separate_hosts());
    let emulator = builder.clock(clock.clone()).start().await.unwrap();
    let (token_url, upload_url) = (emulator.token_url(), emulator.upload_url().unwrap());
    let config = Config::builder()
        .base_url(emulator.base_url())
        .client_id(emulator.client_id())
        .client_secret(emulator.client_secret())
        .options(|options| options.token_url(token_url).upload_url(upload_url))
        .clock(clock)
        .build()
        .unwrap();
    let client = datasaur_auth::Client::new(config).unwrap();
    assert_eq!(client.upload_url(), upload_url);

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "one line\n").unwrap();
    let body = UploadBody::file(file.path()).unwrap();
    let key = client.upload_file("minutes.txt", body).await.unwrap();
    assert!(key.as_str().starts_with("temp/upload-proxy/"), "{key}");
    assert!(key.as_str().ends_with(".txt"), "{key}");
    let create = Query::new(
        "mutation Create($input: LaunchProjectInput!) { createProject(input: $input) { name job { id status } } }",
    );
    let input = json!({
        "name": "Minutes",
        "kinds": ["DOCUMENT_BASED"],
        "documents": [{ "document": { "name": "minutes.txt", "objectKey": key }, "extras": [] }],
    });
    let created = client
        .graphql(&create.variables(&json!({ "input": input })))
        .await
        .unwrap();
    let created: Value = created.data().unwrap();
    let id = created["createProject"]["job"]["id"].as_str().unwrap();
    let job = client.wait_for_job(id).await.unwrap();
    let project = Query::new("query P($id: ID!) { project(id: $id) { name } }")
        .variables(&json!({ "id": job.result_id().unwrap() }));
    let project: Value = client.graphql(&project).await.unwrap().data().unwrap();
    assert_eq!(project["project"]["name"], "Minutes");

    assert_eq!(emulator.unscripted_requests(), 0);
    for request in emulator.received_requests() {
        let url = format!("{}{}", request.base_url(), request.path());
        let expected = match request.path() {
            "/api/oauth/token" => token_url.to_owned(),
            UPLOAD => upload_url.to_owned(),
            _ => format!("{}/graphql", emulator.base_url()),
        };
        assert_eq!(url, expected);
        let bearer = request
            .header("authorization")
            .is_some_and(|it| it.starts_with("Bearer "));
        assert_eq!(bearer, url != token_url, "{url}");
    }
    // The token endpoint's own origin gets the credentials, and never the token.
    let before = emulator.received_requests().len();
    let mut stray = Request::new(Bytes::new());
    *stray.uri_mut() = token_url.parse().unwrap();
    assert_eq!(
        client.send(stray).await.unwrap_err().kind(),
        ErrorKind::Config
    );
    assert_eq!(emulator.received_requests().len(), before);
}

#[tokio::test]
async fn a_file_is_one_part_of_a_form_with_a_length_and_its_progress_is_that_of_the_file() {
    let (emulator, client) = start().await;
    let content: Vec<u8> = (0..700_000u32).map(|index| (index % 251) as u8).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &content).unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let body = UploadBody::file(file.path())
        .unwrap()
        .with_progress(move |sent| noted.lock().unwrap().push(sent));
    client.upload_file("bytes.bin", body).await.unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.is_sorted() && seen.len() > 1);
    assert_eq!(seen.last(), Some(&700_000));
    let request = &emulator.received_requests_to(&Method::POST, UPLOAD)[0];
    let body = request.body();
    assert_eq!(
        request.header("content-length").unwrap(),
        body.len().to_string()
    );
    let start = body
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 4;
    assert_eq!(&body[start..start + content.len()], content);
    let boundary = request
        .header("content-type")
        .unwrap()
        .split_once("boundary=")
        .unwrap()
        .1;
    let end = format!("\r\n--{boundary}--\r\n");
    assert_eq!(&body[start + content.len()..], end.as_bytes());
}

#[tokio::test]
async fn hostile_names_stay_names() {
    let (emulator, client) = start().await;
    for (name, written) in [
        ("a\"b.txt", "a%22b.txt"),
        (
            "a\r\nX-Evil: 1\r\n\r\n.txt",
            "a%0D%0AX-Evil: 1%0D%0A%0D%0A.txt",
        ),
        ("日本 ü.txt", "日本 ü.txt"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("", ""),
    ] {
        emulator.clear_received_requests();
        let body = UploadBody::from(Bytes::from("x"));
        client.upload_file(name, body).await.unwrap();
        let body = String::from_utf8(uploads(&emulator).remove(0)).unwrap();
        let head: Vec<_> = body.split("\r\n").take(4).collect();
        let expected =
            format!("Content-Disposition: form-data; name=\"file\"; filename=\"{written}\"");
        assert_eq!(
            head[1..],
            [&*expected, "Content-Type: application/octet-stream", ""]
        );
    }
}

#[tokio::test]
async fn after_a_rejected_token_a_file_is_sent_again_and_a_stream_that_was_read_is_not() {
    let clock = ManualClock::new();
    let builder = Emulator::builder(EmulatedVendor::Datasaur).clock(clock.clone());
    let emulator = builder.start().await.unwrap();
    let client = Options::of(&emulator)
        .clock(clock.clone())
        .client_of::<Datasaur>();
    client.warm_up().await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "content").unwrap();
    clock.advance(Duration::from_secs(60));
    emulator.revoke_tokens();
    let body = UploadBody::file(file.path()).unwrap();
    client.upload_file("a.txt", body).await.unwrap();
    let [first, second] = uploads(&emulator).try_into().unwrap();
    assert_eq!(first, second);
    clock.advance(Duration::from_secs(60));
    emulator.revoke_tokens();
    let error = client
        .upload_file("b.txt", once("content"))
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    let message = error.to_string();
    assert_eq!(message, "datasaur: the file b.txt was not uploaded");
    assert_eq!(uploads(&emulator).len(), 3);
    // The rejection was reported all the same.
    client.upload_file("b.txt", once("content")).await.unwrap();
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_is_a_clear_error_and_no_upload() {
    for length in [3, 5_000_000] {
        let (emulator, client) = start().await;
        client.warm_up().await.unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(4_000_000).unwrap();
        let (path, how) = (
            file.path().to_owned(),
            if length < 10 { "shorter" } else { "longer" },
        );
        let changed = Mutex::new(false);
        let handle = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        let body = UploadBody::file(&path).unwrap().with_progress(move |_| {
            if !std::mem::replace(&mut *changed.lock().unwrap(), true) {
                handle.set_len(length).unwrap();
            }
        });
        let error = client.upload_file("big.bin", body).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let shown = format!("{error:?}");
        assert!(
            shown.starts_with("datasaur: the file big.bin was not uploaded"),
            "{shown}"
        );
        assert!(
            shown.contains(&format!("became {how} than its 4000000 bytes")),
            "{shown}"
        );
        assert!(uploads(&emulator).is_empty(), "no complete body arrived");
    }
}

#[tokio::test]
async fn what_is_no_success_is_an_error_that_names_the_file() {
    let (emulator, client) = start().await;
    client.warm_up().await.unwrap();
    for (fault, kind) in [
        (Fault::status(413), ErrorKind::ApiStatus),
        (Fault::status(503), ErrorKind::ApiStatus),
        (Fault::html(), ErrorKind::InvalidResponse),
        (
            Fault::body(200, "application/json", "{}"),
            ErrorKind::InvalidResponse,
        ),
        (
            Fault::body(200, "application/json", r#"{"objectKey":""}"#),
            ErrorKind::InvalidResponse,
        ),
    ] {
        emulator.inject_api_fault(fault);
        let before = emulator.api_requests();
        let error = client.upload_file("a.txt", once("x")).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(
            error
                .to_string()
                .contains("the file a.txt was not uploaded"),
            "{error}"
        );
        assert_eq!(emulator.api_requests() - before, 1, "never sent twice");
    }
}
