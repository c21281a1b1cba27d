//! Tests of exit codes and messages.

use super::*;

#[test]
fn every_kind_has_its_exit_code() {
    let code = |kind| Failure::from(Error::new(kind, "fake")).exit_code();
    assert_eq!(code(ErrorKind::Config), 2);
    assert_eq!(code(ErrorKind::InvalidCredentials), 3);
    assert_eq!(code(ErrorKind::Unavailable), 4);
    assert_eq!(code(ErrorKind::Transport), 4);
    assert_eq!(code(ErrorKind::Timeout), 4);
    assert_eq!(code(ErrorKind::Throttled), 4);
    assert_eq!(code(ErrorKind::InvalidResponse), 5);
    assert_eq!(code(ErrorKind::TokenRequestRefused), 6);
    assert_eq!(code(ErrorKind::ApiStatus), 22);
    assert_eq!(Failure::Api(StatusCode::NOT_FOUND).exit_code(), 22);
    assert_eq!(Failure::Usage(String::new()).exit_code(), 2);
    assert_eq!(Failure::Demo { failed: 1, of: 2 }.exit_code(), 1);
    assert_eq!(Failure::Doctor { failed: 1 }.exit_code(), 1);
    assert_eq!(Failure::Graphql(1).exit_code(), 22);
    assert_eq!(Failure::NoReader.exit_code(), 0);
}

#[test]
fn the_message_is_the_whole_chain_and_a_hint() {
    let error = Error::new(ErrorKind::Transport, "no connection")
        .with_vendor("maia")
        .with_source(Error::config("refused"));
    assert_eq!(
        Failure::from(error).message().as_deref(),
        Some("maia: no connection: refused; check the host and the certificate authorities")
    );
}

#[test]
fn a_wait_that_is_known_is_named_in_whole_seconds() {
    let error = Error::new(ErrorKind::Throttled, "slow down")
        .with_retry_after(std::time::Duration::from_millis(1_200));
    assert_eq!(
        Failure::from(error).message().as_deref(),
        Some("slow down; try again in 2 s")
    );
}

#[test]
fn an_api_that_asks_for_a_pause_is_worth_another_attempt_after_it() {
    let error = Error::new(ErrorKind::ApiStatus, "status 429")
        .with_retry_after(std::time::Duration::from_secs(7));
    assert_eq!(
        Failure::from(error).message().as_deref(),
        Some("status 429; try again in 7 s")
    );
    let error = Error::new(ErrorKind::ApiStatus, "status 409");
    assert_eq!(
        Failure::from(error).message().as_deref(),
        Some("status 409")
    );
}

#[test]
fn a_setting_is_named_by_its_variable_only() {
    let shown = |text: &'static str| Failure::from(Error::config(text)).message().unwrap();
    assert_eq!(
        shown("maia: region (MAIA_REGION) and token_url (MAIA_TOKEN_URL) are wrong (twice)"),
        "maia: MAIA_REGION and MAIA_TOKEN_URL are wrong (twice)"
    );
    assert_eq!(
        shown("region is missing: set MAIA_REGION, for example eu1, or call Options::region"),
        "region is missing: set MAIA_REGION, for example eu1"
    );
    for unchanged in [
        "install them (Debian: ca-certificates)",
        "a (b",
        "Tests (CI)",
    ] {
        assert_eq!(shown(unchanged), unchanged);
    }
    // Other kinds quote servers, whose words stay as they are.
    let error = Error::new(ErrorKind::ApiStatus, "no a (A_B), or call B::a");
    let error = Failure::from(error).message().unwrap();
    assert_eq!(error, "no a (A_B), or call B::a");
}

#[test]
fn without_tls_no_certificate_is_to_be_checked() {
    let shown = |text: &'static str| {
        let error = Failure::from(Error::transport(text));
        error.message().unwrap()
    };
    let refused = shown("no connection to http://127.0.0.1:1");
    assert!(refused.contains("check the host and the port"), "{refused}");
    let broken = "the connection to http://127.0.0.1:1 broke before the response was complete";
    let broken = shown(broken);
    assert!(broken.contains("expects https"), "{broken}");
    for text in [refused, broken] {
        assert!(!text.contains("certificate"), "{text}");
    }
    let encrypted = shown("no connection to https://127.0.0.1:1");
    assert!(encrypted.contains("certificate authorities"), "{encrypted}");
}
