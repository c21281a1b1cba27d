//! Maia's projects: pages, the end of the stream whatever the server says, retry_policy with throttling.

use std::time::Duration;

use auth_core::{ErrorKind, Result, RetryPolicy};
use auth_testkit::{EmulatedVendor, Emulator, Fault, ManualClock};
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::Response;
use maia_auth::{Maia, Project};
use serde_json::{Value, json};

use crate::script::{Script, answer};
use crate::vendors::Options;

fn page(ids: impl IntoIterator<Item = u32>, rest: Value) -> Response<Bytes> {
    let results: Vec<_> = ids
        .into_iter()
        .map(|id| json!({ "id": id.to_string(), "name": format!("Project {id}") }))
        .collect();
    let mut body = json!({ "results": results });
    body.as_object_mut()
        .unwrap()
        .extend(rest.as_object().unwrap().clone());
    answer(200, &[], &body.to_string())
}

/// Reads the stream to its end in pages of `size`; returns the ids, the error if there was one, and how many pages were asked for.
async fn read(size: u32, pages: Vec<Response<Bytes>>) -> (Vec<u32>, Option<ErrorKind>, usize) {
    let script = Script::new(pages);
    let stream = script
        .client_of::<Maia>()
        .projects()
        .page_size(size)
        .stream();
    let items: Vec<Result<Project>> = stream.collect().await;
    let ids = items.iter().flatten();
    let ids = ids.map(|project| project.id().parse().unwrap()).collect();
    let mut errors = items.iter().filter_map(|item| item.as_ref().err());
    let error = errors.next().map(|error| error.kind());
    assert!(errors.next().is_none(), "an error ends the stream");
    (ids, error, script.queries().len())
}

#[tokio::test]
async fn all_projects_come_once_and_in_order_whatever_the_page_size() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let client = Options::of(&emulator).client_of::<Maia>();
    for (size, pages) in [(1, 60), (25, 3), (30, 2), (60, 1), (100, 1)] {
        let before = emulator.api_requests();
        let projects: Vec<_> = client.projects().page_size(size).stream().collect().await;
        let names: Vec<_> = projects
            .iter()
            .map(|project| project.as_ref().unwrap().name().to_owned())
            .collect();
        assert_eq!(names.len(), 60, "{size}");
        assert!(names.is_sorted(), "{size}");
        assert_eq!(emulator.api_requests() - before, pages, "{size}");
    }
}

#[tokio::test]
async fn a_page_says_where_it_stands() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let client = Options::of(&emulator).client_of::<Maia>();
    let page = client.projects().page(2).await.unwrap();
    assert_eq!((page.size(), page.total()), (Some(25), Some(60)));
    assert_eq!(page.items().len(), 10);
    let first = &page.items()[0];
    assert_eq!(first.name(), "Project 51");
    assert_eq!(first.description(), Some("Seeded project 51 of 60"));
    assert!(
        client
            .projects()
            .page(3)
            .await
            .unwrap()
            .into_items()
            .is_empty()
    );
}

#[tokio::test]
async fn a_page_size_that_the_api_does_not_take_sends_nothing() {
    for size in [0, 101, u32::MAX] {
        let script = Script::new([]);
        let mut stream = script
            .client_of::<Maia>()
            .projects()
            .page_size(size)
            .stream();
        let error = stream.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().starts_with("maia: page_size"), "{error}");
        assert!(stream.next().await.is_none());
        assert!(script.queries().is_empty());
    }
}

#[tokio::test]
async fn the_total_ends_the_stream_without_another_request() {
    let pages = vec![
        page(0..2, json!({"total": 4})),
        page(2..4, json!({"total": 4})),
    ];
    assert_eq!(read(2, pages).await, ((0..4).collect(), None, 2));
    let empty = vec![page(0..0, json!({"total": 0}))];
    assert_eq!(read(2, empty).await, (vec![], None, 1));
}

#[tokio::test]
async fn without_a_total_a_page_that_is_not_full_ends_the_stream() {
    let pages = vec![page(0..2, json!({})), page(2..3, json!({}))];
    assert_eq!(read(2, pages).await, ((0..3).collect(), None, 2));
    let pages = vec![page(0..2, json!({})), page(0..0, json!({}))];
    assert_eq!(read(2, pages).await, ((0..2).collect(), None, 2));
}

#[tokio::test]
async fn an_empty_page_before_the_total_is_an_error_after_a_few_more() {
    let total = json!({"total": 1_000_000});
    let pages = (0..9).map(|number| page(if number == 0 { 0..2 } else { 0..0 }, total.clone()));
    let (ids, error, requests) = read(2, pages.collect()).await;
    assert_eq!((ids, error), (vec![0, 1], Some(ErrorKind::InvalidResponse)));
    assert_eq!(requests, 4);
    // One that the total says is in the middle hides nothing.
    let total = json!({"total": 4});
    let pages = [0..2, 0..0, 2..4].map(|ids| page(ids, total.clone()));
    assert_eq!(read(2, pages.to_vec()).await, ((0..4).collect(), None, 3));
}

#[tokio::test]
async fn a_short_page_before_the_total_loses_nothing() {
    let total = json!({"total": 5});
    let pages = vec![
        page(0..1, total.clone()),
        page(2..4, total.clone()),
        page(4..5, total),
    ];
    assert_eq!(read(2, pages).await, (vec![0, 2, 3, 4], None, 3));
}

#[tokio::test]
async fn a_server_that_grants_smaller_pages_is_read_to_its_end() {
    let rest = json!({"size": 2, "total": 3});
    let pages = vec![page(0..2, rest.clone()), page(2..3, rest)];
    assert_eq!(read(100, pages).await, (vec![0, 1, 2], None, 2));
    let rest = json!({"size": 2});
    let pages = vec![page(0..2, rest.clone()), page(2..3, rest)];
    assert_eq!(read(100, pages).await, (vec![0, 1, 2], None, 2));
}

#[tokio::test]
async fn a_server_that_repeats_itself_is_not_asked_for_ever() {
    for rest in [json!({}), json!({"total": 1_000_000})] {
        let same = (0..50).map(|_| page(0..2, rest.clone())).collect();
        let (ids, error, requests) = read(2, same).await;
        assert_eq!((ids, error), (vec![0, 1], Some(ErrorKind::InvalidResponse)));
        assert_eq!(requests, 4);
        let circle = (0..50).map(|turn| page([turn % 2 * 2, turn % 2 * 2 + 1], rest.clone()));
        let (ids, error, requests) = read(2, circle.collect()).await;
        assert_eq!((ids.len(), error), (4, Some(ErrorKind::InvalidResponse)));
        assert_eq!(requests, 5);
    }
}

#[tokio::test]
async fn a_project_that_moves_to_the_next_page_is_given_once() {
    let total = |total: u32| json!({"total": total});
    // One is made in front after each of the first two pages.
    let pages = vec![
        page([1], total(2)),
        page([1], total(3)),
        page([1], total(4)),
        page([2], total(4)),
    ];
    assert_eq!(read(1, pages).await, (vec![1, 2], None, 4));
}

#[tokio::test]
async fn an_error_ends_the_stream_after_what_was_read() {
    let pages = vec![
        page(0..2, json!({"total": 6})),
        answer(403, &[], "IP not allowed for any organization"),
        page(4..6, json!({"total": 6})),
    ];
    assert_eq!(
        read(2, pages).await,
        (vec![0, 1], Some(ErrorKind::ApiStatus), 2)
    );
}

#[tokio::test]
async fn a_throttled_page_is_waited_for_as_long_as_the_api_says() {
    let clock = ManualClock::new();
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let mut options = Options::of(&emulator).clock(clock.clone());
    options.retry_policy = RetryPolicy::default();
    let client = options.client_of::<Maia>();
    client.warm_up().await.unwrap();
    emulator.inject_api_fault(Fault::status(429).retry_after(Duration::from_secs(7)));
    let reading = tokio::spawn(async move { client.projects().page(0).await });
    while emulator.api_requests() < 1 {
        tokio::task::yield_now().await;
    }
    clock.advance(Duration::from_secs(6));
    tokio::task::yield_now().await;
    assert_eq!(emulator.api_requests(), 1, "not before its time");
    while !reading.is_finished() {
        clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    assert_eq!(reading.await.unwrap().unwrap().items().len(), 25);
    assert_eq!(emulator.api_requests(), 2);
}
