//! Tests of where a list ends.

use std::sync::{Arc, Mutex};

use auth_core::ErrorKind;
use futures_util::StreamExt as _;

use super::*;

type Pages = &'static [(&'static [u32], Option<u64>)];

async fn walk(pages_of: Pages, size: u32) -> (Vec<Result<u32>>, Vec<u64>) {
    let offsets = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&offsets);
    let fetch = move |offset| {
        let mut asked = asked.lock().unwrap();
        let page = pages_of.get(asked.len());
        asked.push(offset);
        let page = page.map(|(items, total)| Page {
            items: items.to_vec(),
            total: *total,
        });
        async move { page.ok_or_else(|| Error::new(ErrorKind::Transport, "no further page")) }
    };
    let items = pages(size, u32::to_string, fetch).collect().await;
    let offsets = offsets.lock().unwrap().clone();
    (items, offsets)
}

fn values(items: Vec<Result<u32>>) -> Vec<u32> {
    items.into_iter().map(Result::unwrap).collect()
}

#[tokio::test]
async fn without_a_total_a_page_that_is_not_full_is_the_last() {
    let (items, offsets) = walk(&[(&[1, 2], None), (&[3], None)], 2).await;
    assert_eq!(values(items), [1, 2, 3]);
    assert_eq!(offsets, [0, 2]);
    let (items, offsets) = walk(&[(&[1, 2], None), (&[], None)], 2).await;
    assert_eq!(values(items), [1, 2]);
    assert_eq!(offsets, [0, 2]);
}

#[tokio::test]
async fn a_total_is_reached_even_if_the_server_gives_fewer_at_a_time() {
    let (items, offsets) = walk(&[(&[1, 2], Some(3)), (&[3], Some(3))], 5).await;
    assert_eq!(values(items), [1, 2, 3]);
    assert_eq!(offsets, [0, 2]);
}

#[tokio::test]
async fn a_total_that_is_never_reached_is_no_endless_loop() {
    let (items, _) = walk(&[(&[1], Some(9)), (&[], Some(9))], 5).await;
    assert_eq!(values(items), [1]);
}

#[tokio::test]
async fn an_error_is_the_last_item() {
    let (items, _) = walk(&[(&[1, 2], None)], 2).await;
    assert_eq!(items.len(), 3);
    assert!(items[2].is_err());
}

#[tokio::test]
async fn a_server_that_repeats_itself_is_no_endless_loop() {
    let (items, offsets) = walk(&[(&[1, 2], None), (&[1, 2], None)], 2).await;
    assert_eq!(offsets, [0, 2]);
    let error = items[2].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Response);
    assert!(!error.is_retryable());
}

#[test]
fn the_size_of_a_page_is_1_to_500() {
    for size in [0, 501] {
        let error = check_page_size(size).unwrap_err();
        assert!(error.to_string().contains("page_size"), "{error}");
    }
    assert!(check_page_size(1).is_ok() && check_page_size(500).is_ok());
}
