//! Tests of where a list ends, over servers that grant, repeat, invent, insert and delete as they like.

mod servers;

use std::task::Waker;

use super::*;
use crate::error::{Error, ErrorKind};
use servers::{Server, read};

fn whole(server: Server, size: u32) -> (usize, usize) {
    let (items, error, requests) = read(server, size, |pager| pager);
    assert!(error.is_none(), "{error:?}");
    (items.len(), requests)
}

fn fails(server: Server, size: u32) -> (Error, usize) {
    let (_, error, requests) = read(server, size, |pager| pager);
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(!error.is_retryable());
    assert_eq!(error.vendor(), Some("vendor"));
    (error, requests)
}

#[test]
fn a_server_that_grants_less_than_it_is_asked_for_is_read_to_its_end() {
    for grants in [1, 7, 20, 25, 49] {
        for items in [0, 1, 24, 25, 26, 70, 100] {
            for numbered in [false, true] {
                let server = || Server::new(items, numbered).grants(grants);
                let (read, _) = whole(server(), 50);
                assert_eq!(read, items as usize, "{grants} without a total");
                let (read, requests) = whole(server().names_total(), 50);
                assert_eq!(read, items as usize, "{grants} with a total");
                assert_eq!(requests as u64, u64::from(items).div_ceil(grants).max(1));
                // A size that is merely repeated from the request proves nothing.
                let server_says = |size| server().says(size);
                assert_eq!(whole(server_says(50), 50).0, items as usize);
                assert_eq!(whole(server_says(50).names_total(), 50).0, items as usize);
                assert_eq!(whole(server_says(grants), 50).0, items as usize);
                let (read, requests) = whole(server().names_next(), 50);
                assert_eq!(read, items as usize, "{grants} with a next page");
                assert_eq!(requests as u64, u64::from(items).div_ceil(grants).max(1));
            }
        }
    }
}

#[test]
fn a_server_that_counts_pages_by_what_it_was_asked_for_and_grants_less_is_read_to_its_end() {
    for grants in [1, 20, 25, 49] {
        for items in [1, 25, 50, 60, 100, 1_000] {
            let server = || Server::new(items, true).grants(grants).slices();
            assert_eq!(whole(server(), 50).0, items as usize, "{grants}");
            assert_eq!(
                whole(server().names_total(), 50).0,
                items as usize,
                "{grants}"
            );
            assert_eq!(whole(server().says(50).names_total(), 50).0, items as usize);
        }
    }
}

#[test]
fn a_server_whose_pages_differ_in_length_is_read_to_its_end() {
    let server = Server::new(100, false).lengths(&[25, 10, 50, 5, 10]);
    assert_eq!(whole(server.names_total(), 50).0, 100);
    let server = Server::new(100, false).lengths(&[25, 10, 25, 5, 25, 10]);
    assert_eq!(whole(server.says(50), 50).0, 100);
    // Larger than asked for.
    assert_eq!(whole(Server::new(100, false).lengths(&[60, 40]), 50).0, 100);
}

#[test]
fn a_server_without_pages_is_read_once_whatever_is_asked_for() {
    for size in [7, 500] {
        let (items, requests) = whole(Server::new(70, false).ignores_start().grants(70), size);
        assert_eq!((items, requests), (70, 2));
    }
}

#[test]
fn a_total_that_lies_low_loses_nothing() {
    for total in [0, 1, 19] {
        for numbered in [false, true] {
            let server = Server::new(70, numbered).grants(20).claims(total);
            assert_eq!(whole(server, 50).0, 70, "{total}");
        }
    }
}

#[test]
fn a_list_that_ends_before_its_total_is_an_error() {
    for total in [71, 1_000_000, u64::MAX] {
        for numbered in [false, true] {
            let server = Server::new(70, numbered).grants(20).claims(total);
            let (error, requests) = fails(server, 50);
            assert!(error.to_string().contains("returned 70"), "{error}");
            assert!(requests <= 4 + 3 + 4, "{requests}");
        }
    }
    // The total of a filtered list may count what the filter leaves out.
    let server = Server::new(70, false).grants(20).claims(100);
    let (items, error, _) = read(server, 50, |pager| pager.filtered(true));
    assert_eq!((items.len(), error.is_none()), (70, true));
}

#[test]
fn an_empty_page_in_the_middle_loses_nothing_where_the_total_says_so() {
    let server = Server::new(6, true).lengths(&[2, 0, 2, 2]).names_total();
    let (items, error, _) = read(server, 2, |pager| pager);
    // The emulated server moves on by items, so that the empty page hides none.
    assert_eq!((items.len(), error.is_none()), (6, true));
}

#[test]
fn a_server_that_repeats_itself_is_an_error_soon() {
    for numbered in [false, true] {
        for server in [
            Server::new(2, numbered).ignores_start().grants(2),
            Server::new(2, numbered)
                .ignores_start()
                .grants(2)
                .claims(1_000_000),
            // Fewer than asked for, and more named: the rest is unreachable.
            Server::new(70, numbered)
                .ignores_start()
                .grants(2)
                .names_total(),
            Server::new(70, numbered)
                .ignores_start()
                .grants(2)
                .names_next(),
        ] {
            let (error, requests) = fails(server, 2);
            assert!(error.to_string().contains("again and again"), "{error}");
            assert_eq!(requests, 4);
        }
        for total in [None, Some(1_000_000)] {
            let mut server = Server::new(4, numbered).grants(2).in_a_circle();
            server.total = total;
            assert_eq!(fails(server, 2).1, 5);
        }
    }
}

#[test]
fn made_up_items_for_ever_are_an_error_within_the_bounds() {
    for total in [None, Some(1_000_000_000)] {
        let mut server = Server::new(u32::MAX, false).grants(500);
        server.total = total;
        let (error, requests) = fails(server, 500);
        assert!(error.to_string().contains("100000 items"), "{error}");
        assert_eq!(requests as u64, MAX_LIST_ITEMS / 500 + 1);
    }
    let (error, requests) = fails(Server::new(u32::MAX, true).grants(1), 50);
    assert!(error.to_string().contains("10000 pages"), "{error}");
    assert_eq!(requests as u64, MAX_LIST_PAGES + 1);
    let (error, _) = fails(Server::new(u32::MAX, true).grants(50).weighs(32 << 20), 50);
    assert!(error.to_string().contains("256 MiB"), "{error}");
    let (items, error, _) = read(Server::new(200_000, false), 500, |pager| {
        pager.max_items(200_000)
    });
    assert_eq!((items.len(), error.is_none()), (200_000, true));
}

#[test]
fn a_page_with_more_items_than_the_list_may_have_is_not_looked_at() {
    for numbered in [false, true] {
        let key = |_: &u32| panic!("an item was looked at");
        let fetch = |_| std::future::ready(Ok(Page::new(vec![7; 11])));
        let pager = if numbered {
            Pager::by_number(5, key, fetch)
        } else {
            Pager::by_offset(5, key, fetch)
        };
        let mut pager = pager.max_items(10);
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(Some(Err(error))) = pager.poll_item(&mut context) else {
            panic!("it is an error");
        };
        assert!(error.to_string().contains("10 items"), "{error}");
        assert!(matches!(pager.poll_item(&mut context), Poll::Ready(None)));
    }
}

#[test]
fn more_pages_without_anything_on_them_are_an_error() {
    let mut server = Server::new(0, false);
    server.always_more = true;
    assert_eq!(fails(server, 50).1, 3);
}

#[test]
fn insertions_meanwhile_are_no_repetition() {
    for inserted in [1, 2, 5, 8, 9, 50] {
        let server = || Server::new(3, false).inserts(inserted).grants(1);
        // Without a total nothing tells many insertions from a repetition.
        if inserted <= 8 {
            assert_eq!(whole(server(), 1).0, 3, "{inserted}");
        }
        assert_eq!(whole(server().names_total(), 1).0, 3, "{inserted}");
        assert_eq!(whole(server().numbered().names_total(), 1).0, 3);
    }
}

#[test]
fn deletions_meanwhile_skip_nothing_where_a_total_shows_them() {
    for (all, size) in [3, 4, 9]
        .into_iter()
        .flat_map(|all| [(all, 1), (all, 2), (all, 3)])
    {
        for deleted in 1..=3 {
            for numbered in [false, true] {
                let server = Server::new(all, numbered).deletes(deleted).names_total();
                let (items, error, _) = read(server, size, |pager| pager);
                assert!(error.is_none(), "{error:?}");
                let left = items.iter().filter(|&&item| item >= deleted).count();
                assert_eq!(
                    left as u32,
                    all - deleted,
                    "{all} {size} {deleted} {items:?}"
                );
            }
        }
    }
}

#[test]
fn an_error_is_the_last_item() {
    let mut server = Server::new(70, false);
    server.breaks_at = Some(2);
    let (items, error, requests) = read(server, 20, |pager| pager);
    assert_eq!((items.len(), requests), (20, 2));
    assert_eq!(error.unwrap().kind(), ErrorKind::Transport);
}
