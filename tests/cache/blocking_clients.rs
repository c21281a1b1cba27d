//! A vendor's whole client for code that does not await: its calls, its lists, and where they may be called from.

use std::thread;

use auth_core::{BlockingTokenCache, ErrorKind, Result};
use auth_testkit::{EmulatedVendor, Emulator, Fault};
use maia_auth::{BlockingClient, Client, Config};
use tokio::runtime::Builder;

use super::blocking::within_limit;
use super::*;

fn one_thread() -> tokio::runtime::Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// An emulator, which serves on a thread of its own, and a client of it.
fn maia() -> (Emulator, Client) {
    let emulator = one_thread().block_on(Emulator::start(EmulatedVendor::Maia));
    let emulator = emulator.unwrap();
    let config = Config::builder()
        .client_id(emulator.client_id())
        .client_secret(emulator.client_secret())
        .base_url(emulator.base_url())
        .options(|options| options.token_url(emulator.token_url()))
        .build()
        .unwrap();
    (emulator, Client::new(config).unwrap())
}

/// Reads the list twice, by its pages and as a whole, and borrows while doing so.
fn read_all(blocking: &BlockingClient) -> Result<(usize, usize)> {
    let client = blocking.client();
    let mut number = 0;
    let mut by_page = 0;
    loop {
        let page = blocking.block_on(client.projects().page(number))?;
        by_page += page.items().len();
        if page.items().is_empty() {
            break;
        }
        number += 1;
    }
    let mut whole = Vec::new();
    for project in blocking.iter(client.projects().page_size(7).stream()) {
        whole.push(project?.id().to_owned());
    }
    Ok((by_page, whole.len()))
}

#[test]
fn all_of_the_vendors_calls_work_from_a_plain_thread_and_from_within_any_runtime() {
    let (emulator, client) = maia();
    let within = |work: fn(&BlockingClient) -> Result<(usize, usize)>| {
        let blocking = client.blocking().unwrap();
        let inside = client.blocking().unwrap();
        let spread = client.blocking().unwrap();
        [
            within_limit(move || work(&blocking)),
            within_limit(move || one_thread().block_on(async { work(&inside) })),
            within_limit(move || {
                let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
                let task = runtime.spawn(async move { work(&spread) });
                runtime.block_on(task).unwrap()
            }),
        ]
    };
    for outcome in within(read_all) {
        assert_eq!(outcome.unwrap(), (60, 60));
    }
    assert_eq!(emulator.token_requests(), 1);
}

#[test]
fn a_call_within_a_call_works_as_well() {
    let (_emulator, client) = maia();
    let blocking = client.blocking().unwrap();
    let nested = within_limit(move || {
        blocking.block_on(async {
            client.warm_up().await?;
            let outer = client.projects().page(0).await?;
            let inner = blocking.block_on(client.projects().page(0))?;
            Ok(outer == inner)
        })
    });
    assert!(nested.unwrap());
}

#[test]
fn a_list_ends_with_its_first_error_which_names_the_vendor() {
    let (emulator, client) = maia();
    let blocking = client.blocking().unwrap();
    let items = within_limit(move || {
        let mut items = blocking.iter(client.projects().page_size(10).stream());
        assert!(items.next().unwrap().is_ok());
        emulator.inject_api_fault(Fault::status(500).times(100));
        items.collect::<Vec<_>>()
    });
    let (last, before) = items.split_last().unwrap();
    assert!(before.len() == 9 && before.iter().all(Result::is_ok));
    let error = last.as_ref().unwrap_err();
    assert_eq!(
        (error.kind(), error.vendor()),
        (ErrorKind::ApiStatus, Some("maia"))
    );
}

#[test]
fn a_dead_address_is_an_error_within_the_calls_own_limits() {
    let config = Config::builder()
        .client_id("fake-client")
        .client_secret("fake-secret")
        .base_url("http://127.0.0.1:1")
        .options(|options| options.token_url("http://127.0.0.1:1/token"))
        .refresh_policy(RefreshPolicy::new().with_max_attempts(1))
        .build()
        .unwrap();
    let client = Client::new(config).unwrap();
    let error = within_limit(move || {
        let blocking = client.blocking().unwrap();
        blocking.block_on(client.projects().page(0)).unwrap_err()
    });
    assert_eq!(
        (error.kind(), error.vendor()),
        (ErrorKind::Transport, Some("maia"))
    );
}

#[test]
fn what_does_not_wait_needs_no_facade_but_shares_its_token() {
    let (emulator, client) = maia();
    let blocking = client.blocking().unwrap();
    // No runtime is here: the refresh runs on the facade's thread.
    assert!(client.try_token().unwrap().is_none());
    let token = within_limit(move || blocking.token().unwrap());
    let at_hand = client.try_token().unwrap().unwrap();
    assert_eq!(at_hand.expose_secret(), token.expose_secret());
    assert_eq!(emulator.token_requests(), 1);
}

#[test]
fn it_starts_with_a_token_and_ends_without_one() {
    let (emulator, client) = maia();
    let blocking = client.blocking().unwrap();
    within_limit(move || {
        blocking.warm_up().unwrap();
        assert!(client.try_token().unwrap().is_some());
        blocking.shutdown().unwrap();
        for error in [blocking.token().err(), client.try_token().err()] {
            assert_eq!(error.unwrap().kind(), ErrorKind::Closed);
        }
    });
    assert_eq!(emulator.token_requests(), 1);

    let (emulator, client) = maia();
    emulator.rotate_secret("fake-other-secret");
    let blocking = client.blocking().unwrap();
    let error = within_limit(move || blocking.warm_up().unwrap_err());
    assert_eq!(
        (error.kind(), error.vendor()),
        (ErrorKind::InvalidCredentials, Some("maia"))
    );
}

#[test]
fn it_keeps_the_token_fresh_at_rest() {
    let setup = Setup::new([ScriptedReply::token("t", 3600.0).repeat()]);
    let blocking = BlockingTokenCache::new(setup.cache.clone()).unwrap();
    blocking.keep_fresh();
    within_limit(move || {
        // Nobody asks for a token here; the clock alone goes on.
        while setup.source.requests() < 3 {
            setup.clock.advance(seconds(60));
            thread::yield_now();
        }
    });
}
