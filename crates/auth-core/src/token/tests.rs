//! Tests of the access token itself.

use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::error::ErrorKind;

fn token(text: &str) -> Result<AccessToken> {
    let anchor = ClockReading::new(Duration::from_secs(5), Duration::from_secs(1_000));
    AccessToken::new(text, anchor, Duration::from_secs(60))
}

#[test]
fn the_header_is_sensitive_and_holds_scheme_and_token() {
    let token = token("fake-token").unwrap();
    let header = token.authorization_header();
    assert_eq!(header, "Bearer fake-token");
    assert!(header.is_sensitive());
    assert_eq!(token.expose_secret(), "fake-token");
}

#[test]
fn expires_at_is_the_anchor_plus_the_lifetime() {
    let expires_at = token("fake-token").unwrap().expires_at();
    assert_eq!(expires_at, UNIX_EPOCH + Duration::from_secs(1_060));
}

#[test]
fn debug_shows_times_and_not_the_token() {
    let shown = format!("{:?}", token("fake-token").unwrap());
    assert!(!shown.contains("fake"), "{shown}");
    assert!(shown.contains("lifetime: 60s"), "{shown}");
}

#[test]
fn what_cannot_be_sent_in_a_header_is_an_unusable_answer() {
    for text in ["", "a b", "a\nb", "a\0", "tökén", "a\u{7f}"] {
        let error = token(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{text:?}");
        assert!(error.is_retryable());
    }
}

#[test]
fn tokens_are_the_same_by_their_bytes() {
    assert!(token("one").unwrap().is_same_token(&token("one").unwrap()));
    assert!(!token("one").unwrap().is_same_token(&token("two").unwrap()));
}

#[test]
fn a_claim_is_read_from_a_jwt_and_from_nothing_else() {
    use base64::Engine as _;
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode(r#"{"tenant_id":1001,"sub":"fake-subject","aud":["x"]}"#);
    let anchor = ClockReading::new(Duration::ZERO, Duration::ZERO);
    let token = |text: &str| AccessToken::new(text, anchor, Duration::from_secs(60)).unwrap();
    let jwt = token(&format!("e30.{payload}.sig"));
    assert_eq!(jwt.unverified_claim("tenant_id").as_deref(), Some("1001"));
    assert_eq!(jwt.unverified_claim("sub").as_deref(), Some("fake-subject"));
    assert_eq!(jwt.unverified_claim("aud"), None);
    assert_eq!(jwt.unverified_claim("absent"), None);
    assert_eq!(token("opaque").unverified_claim("sub"), None);
}
