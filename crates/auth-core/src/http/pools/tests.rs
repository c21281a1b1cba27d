//! Tests of which target goes which way, and of pools per runtime.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::{Builder, Runtime};

use super::*;
use crate::http::tls::Tls;

fn route(uri: &str) -> Route {
    Route::to(&uri.parse().unwrap())
}

#[test]
fn only_https_beyond_this_machine_goes_through_a_proxy() {
    assert_eq!(route("http://127.0.0.1/"), Route::Plain);
    assert_eq!(route("http://vendor.example/"), Route::Plain);
    assert_eq!(route("https://localhost:8443/"), Route::Direct);
    assert_eq!(route("https://[::1]/"), Route::Direct);
    assert_eq!(route("https://vendor.example/"), Route::Proxied);
}

#[test]
fn a_runtime_has_its_own_clients_and_keeps_them() {
    let (pools, made) = (Pools::default(), AtomicUsize::new(0));
    let runtime = || Builder::new_current_thread().build().unwrap();
    let ask = |runtime: &Runtime, route, reuse| {
        let made = || {
            made.fetch_add(1, Ordering::SeqCst);
            let builder = Tls::default().apply_none(reqwest::Client::builder())?;
            Ok(builder.build().unwrap())
        };
        let runtime = runtime.handle().id();
        pools
            .with_client(runtime, route, reuse, made, |_| ())
            .unwrap();
    };
    let (first, second) = (runtime(), runtime());
    ask(&first, Route::Plain, Reuse::Kept);
    ask(&first, Route::Plain, Reuse::Kept);
    assert_eq!(made.load(Ordering::SeqCst), 1);
    ask(&second, Route::Plain, Reuse::Kept);
    ask(&first, Route::Proxied, Reuse::Kept);
    ask(&first, Route::Plain, Reuse::Kept);
    assert_eq!(made.load(Ordering::SeqCst), 3);
    ask(&first, Route::Plain, Reuse::Never);
    assert_eq!(made.load(Ordering::SeqCst), 4);
}

#[test]
fn the_number_of_pools_is_bounded() {
    let pools = Pools::default();
    for _ in 0..MAX_POOLS + 3 {
        let runtime = Builder::new_current_thread().build().unwrap();
        let make = || {
            Ok(Tls::default()
                .apply_none(reqwest::Client::builder())?
                .build()
                .unwrap())
        };
        pools
            .with_client(
                runtime.handle().id(),
                Route::Plain,
                Reuse::Kept,
                make,
                |_| (),
            )
            .unwrap();
    }
    assert_eq!(pools.known.load().len(), MAX_POOLS);
}
