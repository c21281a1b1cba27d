//! Tests of which failures leave open whether something was done.

use http::StatusCode;

use super::*;

#[test]
fn only_a_refusal_and_what_was_never_sent_are_certain() {
    let api = |status| {
        Error::new(ErrorKind::Api, "fake").with_status(StatusCode::from_u16(status).unwrap())
    };
    for error in [
        api(400),
        api(409),
        api(429),
        Error::config("fake"),
        Error::new(ErrorKind::Rejected, "fake"),
        Error::new(ErrorKind::Transport, "fake").with_sent(false),
    ] {
        assert!(!may_have_been_done(&error), "{error:?}");
    }
    for error in [
        api(408),
        api(500),
        api(504),
        Error::new(ErrorKind::Transport, "fake"),
        Error::new(ErrorKind::Timeout, "fake"),
        Error::new(ErrorKind::Response, "fake"),
    ] {
        assert!(may_have_been_done(&error), "{error:?}");
    }
}
