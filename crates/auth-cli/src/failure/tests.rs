//! Tests of exit codes and messages.

use auth_core::ErrorReason;

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
    let at = |origin: &str| Error::transport("no connection").with_origin(origin);
    let shown = |error: Error| Failure::from(error).message().unwrap();
    let refused = shown(at("http://127.0.0.1:1"));
    assert!(refused.contains("check the host and the port"), "{refused}");
    let broken = at("http://127.0.0.1:1").with_reason(ErrorReason::ConnectionBroken);
    let broken = shown(broken);
    assert!(broken.contains("expects https"), "{broken}");
    for text in [refused, broken] {
        assert!(!text.contains("certificate"), "{text}");
    }
    let encrypted = shown(at("https://127.0.0.1:1"));
    assert!(encrypted.contains("certificate authorities"), "{encrypted}");
}

/// What a server or a library's own words look like decides nothing.
#[test]
fn advice_does_not_depend_on_texts() {
    let texts = [
        "no such field: check the documentation",
        "the token request of another process failed",
        "add that authority's PEM bundle to the root certificates",
        "it rejects this client's certificate or requires one",
        "no connection: its certificate has expired",
        "http://127.0.0.1:1 broke before the response was complete",
    ];
    for text in texts {
        let unavailable = Failure::from(Error::unavailable(text)).message().unwrap();
        assert!(unavailable.ends_with("; try again later"), "{unavailable}");
        let transport = Failure::from(Error::transport(text)).message().unwrap();
        assert!(
            transport.ends_with("; check the host and the certificate authorities"),
            "{transport}"
        );
    }
}

#[test]
fn a_reason_whose_message_says_what_to_do_gets_no_other_advice() {
    for reason in [
        ErrorReason::InvalidCertificate,
        ErrorReason::OtherProtocol,
        ErrorReason::WebPage,
        ErrorReason::Redirect,
    ] {
        let error = Error::transport("fake").with_reason(reason);
        assert_eq!(Failure::from(error).message().as_deref(), Some("fake"));
    }
    for (reason, option) in [
        (ErrorReason::UntrustedAuthority, "--root-certificates-file"),
        (ErrorReason::ClientCertificate, "--client-certificate-file"),
        (ErrorReason::OtherProcess, "--store none"),
    ] {
        let error = Error::transport("fake").with_reason(reason);
        let message = Failure::from(error).message().unwrap();
        assert!(message.contains(option), "{message}");
    }
}

#[test]
fn a_rejected_token_that_was_set_is_named_whatever_the_status() {
    let names = SettingNames::default().with_token(Some("MAIA_TOKEN".to_owned()));
    let rejected = Error::new(ErrorKind::ApiStatus, "status 200").with_status(StatusCode::OK);
    let rejected = rejected.with_reason(ErrorReason::TokenRejected);
    let message = Failure::from(rejected).in_terms_of(names.clone()).message();
    let message = message.unwrap();
    assert!(message.contains("the token in MAIA_TOKEN"), "{message}");
    // The library's own message about it needs no more.
    let unusable = Error::invalid_credentials("the token in token (MAIA_TOKEN) has expired");
    let message = Failure::from(unusable).in_terms_of(names).message();
    assert_eq!(
        message.as_deref(),
        Some("the token in MAIA_TOKEN has expired")
    );
}
