//! Tests of what opens, and as what.

use super::*;
use crate::credential::SharedTokenId;

const CAP: Duration = Duration::from_secs(300);

fn keys(secret: &str, client: &str) -> TokenKeys {
    let id = SharedTokenId::of_client(&Secret::from(secret)).with_field(client);
    TokenKeys::derive(&id, None).unwrap()
}

fn token(text: &str) -> SharedToken {
    SharedToken {
        token: text.into(),
        scope: Some("read write".to_owned()),
        lifetime: Duration::from_secs(1_800),
        issued_at: Duration::from_millis(1_767_225_600_123),
    }
}

#[test]
fn a_token_opens_as_it_was_sealed() {
    let keys = keys("fake-secret", "client");
    let opened = keys.open_token(&keys.seal_token(&token("fake-token")).unwrap());
    let opened = opened.unwrap();
    assert_eq!(opened.token.expose_secret(), "fake-token");
    assert_eq!(opened.scope.as_deref(), Some("read write"));
    assert_eq!(opened.lifetime, Duration::from_secs(1_800));
    assert_eq!(opened.issued_at, Duration::from_millis(1_767_225_600_123));
}

#[test]
fn a_record_shows_neither_the_token_nor_that_it_is_the_same_one() {
    let keys = keys("fake-secret", "client");
    let [first, second] = [(); 2].map(|()| keys.seal_token(&token("fake-token")).unwrap());
    let shows = |record: &[u8]| record.windows(5).any(|bytes| bytes == b"fake-");
    assert!(!shows(&first) && !shows(&second));
    assert_ne!(first, second);
}

#[test]
fn a_record_opens_with_no_other_secret_and_under_no_other_name() {
    let own = keys("fake-secret", "client");
    let record = own.seal_token(&token("fake-token")).unwrap();
    assert!(keys("other-secret", "client").open_token(&record).is_none());
    assert!(keys("fake-secret", "other").open_token(&record).is_none());
    // The same key for another kind of record.
    assert!(own.open_failure(&record).is_none());
    let renamed = TokenKeys {
        token: StoreKey::new("copied", super::super::RecordKind::Token),
        ..keys("fake-secret", "client")
    };
    assert!(renamed.open_token(&record).is_none());
}

#[test]
fn no_changed_or_cut_record_opens() {
    let keys = keys("fake-secret", "client");
    let record = keys.seal_token(&token("fake-token")).unwrap();
    for at in 0..record.len() {
        let mut changed = record.clone();
        changed[at] ^= 1;
        assert!(keys.open_token(&changed).is_none(), "{at}");
        assert!(keys.open_token(&record[..at]).is_none(), "{at}");
    }
    assert!(keys.open_token(&[]).is_none());
    assert!(keys.open_token(&vec![1; MAX_RECORD + 1]).is_none());
}

#[test]
fn a_token_that_is_too_large_is_not_sealed() {
    let keys = keys("fake-secret", "client");
    let overhead = keys.seal_token(&token("")).unwrap().len();
    let largest = "x".repeat(MAX_RECORD - overhead);
    let record = keys.seal_token(&token(&largest)).unwrap();
    assert_eq!(record.len(), MAX_RECORD);
    assert!(keys.open_token(&record).is_some());
    assert!(keys.seal_token(&token(&(largest + "x"))).is_none());
}

#[test]
fn a_failure_keeps_its_class_status_code_and_time_but_not_its_message() {
    let keys = keys("fake-secret", "client");
    let error = Error::invalid_credentials("message of this process")
        .with_status(StatusCode::UNAUTHORIZED)
        .with_error_code("invalid_client")
        .with_retry_after(Duration::from_secs(7));
    let record = keys.seal_failure(&SharedFailure::of(&error).unwrap());
    let opened = keys.open_failure(&record.unwrap()).unwrap();
    assert_eq!(opened.life(CAP), REJECTED_LIFE);
    assert_eq!(opened.retry_after, Some(Duration::from_secs(7)));
    let shared = opened.into_error();
    assert_eq!(shared.kind(), ErrorKind::InvalidCredentials);
    assert_eq!(shared.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(shared.error_code(), Some("invalid_client"));
    assert_eq!(shared.reason(), Some(ErrorReason::OtherProcess));
    // The class, the status and the code are all that its reader has to act on.
    let message = shared.to_string();
    assert!(
        message.contains("with status 401: invalid_client;"),
        "{message}"
    );
    assert!(!message.contains("message of this process"));
}

#[test]
fn a_failure_lives_as_long_as_others_would_meet_it() {
    let life = |error: Error| SharedFailure::of(&error).map(|failure| failure.life(CAP));
    let answered = Error::unavailable("down").with_status(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(life(answered.clone()), Some(ANSWERED_LIFE));
    // As long as the endpoint asked for, within the cap.
    for (asked, expected) in [(2, ANSWERED_LIFE.as_secs()), (60, 60), (3_600, 300)] {
        let answered = answered
            .clone()
            .with_retry_after(Duration::from_secs(asked));
        assert_eq!(life(answered), Some(Duration::from_secs(expected)));
    }
    assert_eq!(life(Error::transport("refused")), Some(UNANSWERED_LIFE));
    assert_eq!(life(Error::timeout("slow")), Some(UNANSWERED_LIFE));
    assert_eq!(life(Error::invalid_credentials("no")), Some(REJECTED_LIFE));
    // Only this process's own.
    assert_eq!(life(Error::config("no runtime")), None);
    assert_eq!(life(Error::new(ErrorKind::Closed, "closed")), None);
}
