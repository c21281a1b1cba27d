//! Tests of what a program prints of an error.

use super::*;

#[test]
fn a_main_that_returns_an_error_prints_its_message_and_its_causes() {
    let cause = Error::new(ErrorKind::Transport, "no connection to https://api.example");
    let error = Error::config("base_url is missing: set EXAMPLE_BASE_URL")
        .with_source(cause)
        .with_vendor("example");
    assert_eq!(
        format!("{error:?}"),
        "example: base_url is missing: set EXAMPLE_BASE_URL: no connection to https://api.example"
    );
    let details = format!("{error:#?}");
    assert!(details.contains("kind: Config"), "{details}");
    assert!(details.contains("vendor: Some("), "{details}");
}

#[test]
fn how_far_a_request_got_follows_from_the_kind_unless_somebody_knows_more() {
    for (kind, sent) in [
        (ErrorKind::Config, Sent::No),
        (ErrorKind::Closed, Sent::No),
        (ErrorKind::Timeout, Sent::Maybe),
        (ErrorKind::Transport, Sent::Maybe),
        (ErrorKind::Unavailable, Sent::Maybe),
        (ErrorKind::InvalidResponse, Sent::Answered),
        (ErrorKind::Throttled, Sent::Answered),
        (ErrorKind::ApiStatus, Sent::Answered),
    ] {
        let error = Error::new(kind, "failed");
        assert_eq!(error.sent(), sent, "{kind:?}");
        assert_eq!(error.may_have_been_sent(), sent != Sent::No);
    }
    let answered = Error::unavailable("down").with_status(StatusCode::BAD_GATEWAY);
    assert_eq!(answered.sent(), Sent::Answered);
    let effect = || SideEffect::new("thing", "name", "look for it");
    let lost = Error::config("no disk").with_side_effect(effect());
    assert_eq!(lost.sent(), Sent::Maybe, "something may exist");
    let answered = answered.with_side_effect(effect());
    assert_eq!(answered.sent(), Sent::Answered);
}

#[test]
fn what_is_not_idempotent_is_retryable_only_if_nothing_was_sent() {
    for (sent, retryable) in [
        (Sent::No, true),
        (Sent::Maybe, false),
        (Sent::Answered, false),
    ] {
        let error = || Error::transport("broke").with_sent(sent);
        assert_eq!(error().of_request(false).is_retryable(), retryable);
        assert!(error().of_request(true).is_retryable());
    }
}
