//! The provider of rustls, which serves the whole process, so this test is alone in its own.

#![cfg(feature = "tls")]

use auth_core::ErrorKind;
use auth_store_redis::RedisTokenStore;
use rustls::crypto::CryptoProvider;

#[test]
fn the_program_installs_the_provider_and_the_store_never_does() {
    let build = || RedisTokenStore::from_url("rediss://fake-host");
    let error = build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("install_default"), "{error}");
    assert!(CryptoProvider::get_default().is_none());
    // Without TLS none is needed.
    RedisTokenStore::from_url("redis://fake-host").unwrap();
    rustls::crypto::ring::default_provider()
        .install_default()
        .unwrap();
    build().unwrap();
}
