//! Tests of status classification, `Retry-After` and backoff.

use std::time::UNIX_EPOCH;

use super::*;

fn headers(pairs: &[(http::HeaderName, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(name.clone(), HeaderValue::from_static(value));
    }
    headers
}

#[test]
fn only_statuses_that_pass_by_themselves_are_transient() {
    let kind = |status| transient_kind(StatusCode::from_u16(status).unwrap());
    assert_eq!(kind(408), Some(ErrorKind::Timeout));
    assert_eq!(kind(425), Some(ErrorKind::Unavailable));
    assert_eq!(kind(429), Some(ErrorKind::Throttled));
    for status in [500, 502, 503, 504, 599] {
        assert_eq!(kind(status), Some(ErrorKind::Unavailable));
    }
    for status in [200, 302, 400, 401, 403, 404, 415] {
        assert_eq!(kind(status), None);
    }
}

#[test]
fn retry_after_is_seconds_or_a_moment() {
    let now = UNIX_EPOCH;
    assert_eq!(
        retry_after(&headers(&[(RETRY_AFTER, "7")]), now),
        Some(Duration::from_secs(7))
    );
    let moment = headers(&[
        (RETRY_AFTER, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (DATE, "Sun, 06 Nov 1994 08:49:07 GMT"),
    ]);
    assert_eq!(
        retry_after(&moment, now),
        Some(Duration::from_secs(30)),
        "read against the server's clock"
    );
    let past = headers(&[(RETRY_AFTER, "Thu, 01 Jan 1970 00:00:00 GMT")]);
    assert_eq!(
        retry_after(&past, now + Duration::from_secs(9)),
        Some(Duration::ZERO)
    );
    for extreme in [
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999999999999999999999",
        "1000000000.5",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ] {
        let wait = retry_after(&headers(&[(RETRY_AFTER, extreme)]), now).unwrap();
        assert_eq!(wait, MAX_RETRY_AFTER, "{extreme}");
    }
    for (text, seconds) in [
        ("1.5", 1.5),
        ("0.25", 0.25),
        ("2.", 2.0),
        ("007", 7.0),
        (" 7 ", 7.0),
    ] {
        let wait = retry_after(&headers(&[(RETRY_AFTER, text)]), now);
        assert_eq!(wait, Some(Duration::from_secs_f64(seconds)), "{text}");
    }
    let two = headers(&[
        (RETRY_AFTER, "7"),
        (RETRY_AFTER, "soon"),
        (RETRY_AFTER, "9"),
    ]);
    assert_eq!(retry_after(&two, now), Some(Duration::from_secs(9)));
    for odd in ["soon", "-1", "", "1e3", "inf", "NaN", ".5", "1.2.3", "0x10"] {
        assert_eq!(
            retry_after(&headers(&[(RETRY_AFTER, odd)]), now),
            None,
            "{odd}"
        );
    }
}

#[test]
fn backoff_doubles_its_ceiling_and_is_scaled_by_the_draw() {
    let base = Duration::from_millis(250);
    assert_eq!(backoff(base, 1, 1.0), Duration::from_millis(250));
    assert_eq!(backoff(base, 3, 1.0), Duration::from_millis(1_000));
    assert_eq!(backoff(base, 2, 0.5), Duration::from_millis(250));
    assert_eq!(backoff(base, 5, 0.0), Duration::ZERO);
    assert!(backoff(Duration::MAX, 3, 1.0) <= Duration::from_secs(60 * 60 * 24));
    assert!(backoff(base, u32::MAX, 1.0) < Duration::from_secs(60 * 60 * 24));
}
