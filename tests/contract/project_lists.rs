//! Maia's projects from servers that grant less than they are asked for, spell oddly, or never end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use auth_core::{Error, ErrorKind, HttpClient, RequestLimits, Result};
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{Request, Response};
use maia_auth::{Maia, Project};
use serde_json::{Value, json};

use crate::script::answer;
use crate::vendors::Options;

/// Makes a page of what it is asked for: the page and its size.
type Pages = fn(u64, u64) -> Value;

#[derive(Debug)]
struct Server {
    pages: Pages,
    requests: AtomicUsize,
}

#[async_trait]
impl HttpClient for Server {
    async fn send(&self, request: Request<Bytes>, _: RequestLimits) -> Result<Response<Bytes>> {
        let json = [("content-type", "application/json")];
        if request.uri().path().ends_with("/token") {
            let body = r#"{"access_token":"fake","token_type":"bearer","expires_in":3600}"#;
            return Ok(answer(200, &json, body));
        }
        self.requests.fetch_add(1, Ordering::SeqCst);
        let query = request.uri().query().unwrap();
        let parameter = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let value = pairs.find_map(|(key, value)| (key == name).then_some(value));
            value.unwrap().parse::<u64>().unwrap()
        };
        let body = (self.pages)(parameter("page"), parameter("size"));
        Ok(answer(200, &json, &body.to_string()))
    }
}

async fn read(size: u32, pages: Pages) -> (Vec<Project>, Option<Error>, usize) {
    let server = Arc::new(Server {
        pages,
        requests: AtomicUsize::new(0),
    });
    let mut options = Options::at("https://vendor.example");
    options.http = Some(server.clone());
    let client = options.client_of::<Maia>();
    let items: Vec<Result<Project>> = client.projects().page_size(size).stream().collect().await;
    let (good, bad): (Vec<_>, Vec<_>) = items.into_iter().partition(Result::is_ok);
    let error = bad.into_iter().map(Result::unwrap_err).next();
    let requests = server.requests.load(Ordering::SeqCst);
    (
        good.into_iter().map(Result::unwrap).collect(),
        error,
        requests,
    )
}

fn projects(numbers: std::ops::Range<u64>) -> Vec<Value> {
    let one = |number| json!({ "id": format!("p{number}"), "name": format!("Project {number}") });
    numbers.map(one).collect()
}

fn slice(from: u64, length: u64, all: u64) -> Vec<Value> {
    let to = (from + length).min(all);
    projects(from.min(to)..to)
}

#[tokio::test]
async fn a_list_is_whole_whatever_page_size_the_server_grants() {
    let servers: [(&str, Pages); 6] = [
        (
            "counts by what it grants",
            |page, size| json!({"page": page, "results": slice(page * size.min(25), 25, 100), "total": 100}),
        ),
        (
            "counts by what it is asked for",
            |page, size| json!({"results": slice(page * size, size.min(25), 100), "size": size, "total": 100}),
        ),
        (
            "names no total",
            |page, size| json!({"results": slice(page * size.min(25), 25, 100)}),
        ),
        (
            "repeats the size",
            |page, size| json!({"results": slice(page * size.min(25), 25, 100), "size": size}),
        ),
        (
            "total as text",
            |page, size| json!({"results": slice(page * size.min(25), 25, 100), "total": "100", "size": "x"}),
        ),
        (
            "total lies low",
            |page, size| json!({"results": slice(page * size.min(25), 25, 100), "total": 0}),
        ),
    ];
    for (name, server) in servers {
        for size in [10, 25, 50, 100] {
            let (projects, error, requests) = read(size, server).await;
            assert!(error.is_none(), "{name} {size}: {error:?}");
            assert_eq!(projects.len(), 100, "{name} {size}");
            assert!(requests <= 16, "{name} {size}: {requests}");
        }
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_whole_is_an_error() {
    let servers: [(&str, Pages); 5] = [
        (
            "stops early",
            |page, _| json!({"results": slice(page * 25, 25, 50), "total": 100}),
        ),
        (
            "total of another planet",
            |page, _| json!({"results": slice(page * 25, 25, 50), "total": u64::MAX}),
        ),
        (
            "always the first page",
            |_, _| json!({"results": projects(0..25), "total": 100}),
        ),
        ("two pages in turn", |page, _| {
            let first = page % 2 * 25;
            json!({"results": projects(first..first + 25), "total": 100})
        }),
        (
            "made up for ever",
            |page, _| json!({"results": slice(page * 25, 25, u64::MAX)}),
        ),
    ];
    for (name, server) in servers {
        let (_, error, requests) = read(25, server).await;
        let error = error.unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{name}");
        assert!(
            !error.is_retryable() && error.vendor() == Some("maia"),
            "{name}"
        );
        assert!(requests <= 4_001, "{name}: {requests}");
    }
}

#[tokio::test]
async fn one_odd_project_does_not_make_the_others_unreadable() {
    let (projects, error, _) = read(25, |page, _| {
        let odd = json!([
            {"id": 7, "name": null}, {"name": "nameless"}, {"id": {"deep": 1}, "name": ["x"]}, null, "text",
            {"id": "p8", "name": 12, "description": 3},
        ]);
        json!({"results": if page == 0 { odd } else { json!([]) }, "total": 6})
    })
    .await;
    assert!(error.is_none(), "{error:?}");
    let ids: Vec<_> = projects.iter().map(Project::id).collect();
    assert_eq!(ids, ["7", "", "", "", "", "p8"]);
    assert_eq!(projects[1].name(), "nameless");
    assert_eq!(
        (projects[5].name(), projects[5].description()),
        ("12", Some("3"))
    );
}

#[tokio::test]
async fn an_answer_without_a_list_is_an_error_that_names_what_lacks() {
    let servers: [Pages; 5] = [
        |_, _| json!({}),
        |_, _| json!({"results": null, "total": 0}),
        |_, _| json!({"results": {"0": {"id": "x"}}}),
        |_, _| json!({"results": "none"}),
        |_, _| json!("text"),
    ];
    for server in servers {
        let (projects, error, requests) = read(25, server).await;
        let text = error.unwrap().to_string();
        assert!(text.contains("results") && projects.is_empty(), "{text}");
        assert_eq!(requests, 1);
    }
    // A list without an envelope is a list.
    let (projects, error, _) = read(25, |page, size| json!(slice(page * size, size, 30))).await;
    assert_eq!((projects.len(), error.is_none()), (30, true));
}

#[tokio::test]
async fn a_page_of_countless_tiny_items_is_refused_before_it_fills_the_memory() {
    for item in ["{}", "[]", "0"] {
        let pages: Pages = match item {
            "{}" => |_, _| json!({ "results": vec![json!({}); 300_000] }),
            "[]" => |_, _| json!({ "results": vec![json!([]); 300_000] }),
            _ => |_, _| json!({ "results": vec![0; 300_000] }),
        };
        let (good, error, requests) = read(50, pages).await;
        let error = error.unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{item}");
        assert!(error.to_string().contains("smaller pages"), "{error}");
        assert!(good.is_empty() && !error.is_retryable());
        assert_eq!(requests, 1);
    }
}
