//! URLs and certificates that are not usable: errors that name the setting and show no secret.

use auth_core::ErrorKind;

use super::*;

#[test]
fn an_unusable_url_is_an_error_of_kind_config_that_does_not_show_it() {
    for url in [
        "",
        "fake-host:6379",
        "http://fake-user:fake-password@fake-host:6379",
        "redis://fake-user:fake-password@fake-host:notaport",
        "rediss://fake-user:fake-password@fake-host:6379/#insecure",
        "redis://fake-user:fake-password@fake-host:6379/notadatabase",
    ] {
        let error = RedisTokenStore::from_url(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{url}");
        let text = format!("{error:?} {error:#?}");
        assert!(!text.contains("fake-"), "{text}");
    }
}

#[test]
fn nothing_is_connected_before_the_first_call() {
    RedisTokenStore::from_url("redis://host.invalid:1").unwrap();
    RedisTokenStore::from_url("valkey://host.invalid:1/3").unwrap();
    RedisTokenStore::from_url("unix:///nowhere/at/all.sock").unwrap();
}

#[test]
fn debug_shows_no_url() {
    let url = "redis://fake-user:fake-password@fake-host:6379";
    let store = RedisTokenStore::from_url(url).unwrap();
    let builder = RedisTokenStore::builder(url);
    let text = format!("{store:?} {store:#?} {builder:?}");
    assert!(!text.contains("fake-"), "{text}");
}

#[cfg(not(feature = "tls"))]
#[test]
fn tls_without_its_feature_is_an_error_that_names_it() {
    let error = RedisTokenStore::from_url("rediss://fake-host").unwrap_err();
    assert!(error.to_string().contains("`tls`"), "{error}");
}

#[cfg(feature = "tls")]
#[test]
fn certificates_need_tls_and_must_be_pem() {
    tls::provide();
    let builder = || RedisTokenStore::builder("redis://fake-host").root_certificates("x");
    let error = builder().build().unwrap_err();
    assert!(error.to_string().contains("rediss://"), "{error}");
    let builder = RedisTokenStore::builder("rediss://fake-host");
    let builder = builder.client_certificate("no certificate", "no key of fake-secret");
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(!format!("{error:#?}").contains("fake-secret"));
}

#[cfg(any(feature = "cluster", feature = "sentinel"))]
#[test]
fn several_urls_are_those_of_a_cluster_or_of_sentinels() {
    let builder = RedisTokenStore::builder("redis://fake-host").node("redis://other-host");
    assert_eq!(builder.build().unwrap_err().kind(), ErrorKind::Config);
}
