//! Tests of the order in which a lifetime is looked for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::*;
use crate::error::ErrorKind;

/// The wall clock says 10,000 s when each token is asked for.
const ASKED_AT: u64 = 10_000;

fn answer(token: &str) -> TokenResponse {
    TokenResponse::new(
        token,
        ClockReading::new(Duration::ZERO, Duration::from_secs(ASKED_AT)),
    )
}

fn jwt(claims: &Value) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.c2ln", encode("{}"), encode(&claims.to_string()))
}

fn seconds(answer: TokenResponse) -> f64 {
    answer.into_access_token().unwrap().lifetime().as_secs_f64()
}

fn expires_in(value: Value) -> Option<ExpiresIn> {
    serde_json::from_value(value).unwrap()
}

fn date(seconds: u64) -> Option<SystemTime> {
    Some(UNIX_EPOCH + Duration::from_secs(seconds))
}

#[test]
fn the_smaller_of_expires_in_and_the_jwt_counts() {
    let token = jwt(&json!({"iat": 10_000, "exp": 13_600}));
    let lifetime = |expires_in_s: u64, date_s: Option<u64>| {
        let answer = answer(&token).with_expires_in(expires_in(json!(expires_in_s)));
        seconds(answer.with_date(date_s.and_then(date)))
    };
    assert_eq!(lifetime(3_600, None), 3_600.0);
    assert_eq!(lifetime(7_200, None), 3_600.0, "exp - iat");
    assert_eq!(lifetime(60, None), 60.0);
    // A server that repeats its first expires_in for a token it issued 50 minutes ago.
    assert_eq!(lifetime(3_600, Some(13_000)), 600.0, "exp - Date");
    // The same second, and the next one: rounding is no news.
    assert_eq!(lifetime(3_600, Some(10_000)), 3_600.0);
    assert_eq!(lifetime(3_600, Some(10_002)), 3_600.0);
    assert_eq!(lifetime(60, Some(13_000)), 60.0);
}

#[test]
fn a_wrong_clock_does_not_expire_a_good_token() {
    // Ours is at 10,000 and does not matter.
    for (iat, exp) in [(1_000, 4_600), (90_000, 93_600)] {
        let token = jwt(&json!({"iat": iat, "exp": exp}));
        let answer = answer(&token).with_expires_in(expires_in(json!(3_600)));
        assert_eq!(seconds(answer), 3_600.0);
    }
    // A gateway's Date that is hours ahead of the issuer, or behind it.
    let token = jwt(&json!({"iat": 10_000, "exp": 13_600}));
    for date_s in [13_599, 13_600, 20_000, 9_000, 0] {
        let answer = answer(&token).with_expires_in(expires_in(json!(3_600)));
        assert_eq!(seconds(answer.with_date(date(date_s))), 3_600.0, "{date_s}");
    }
    // Without iat there is nothing to hold against expires_in but Date.
    let token = jwt(&json!({"exp": 13_600}));
    assert_eq!(
        seconds(answer(&token).with_expires_in(expires_in(json!(600)))),
        600.0
    );
    let odd = jwt(&json!({"iat": 13_600, "exp": 10_000}));
    let odd = answer(&odd).with_expires_in(expires_in(json!(600)));
    assert_eq!(seconds(odd), 600.0);
}

#[test]
fn expires_in_comes_first_in_any_numeric_spelling() {
    let token = jwt(&json!({"iat": 10_000, "exp": 10_500}));
    for spelling in [json!(60), json!(60.0), json!("60"), json!(" 60.0 ")] {
        assert_eq!(
            seconds(answer(&token).with_expires_in(expires_in(spelling.clone()))),
            60.0,
            "{spelling}"
        );
    }
}

#[test]
fn an_unreadable_expires_in_is_as_if_absent() {
    let token = jwt(&json!({"iat": 10_000, "exp": 10_500}));
    for spelling in [
        json!("soon"),
        json!("NaN"),
        json!("inf"),
        json!({}),
        json!(true),
    ] {
        assert_eq!(
            seconds(answer(&token).with_expires_in(expires_in(spelling.clone()))),
            500.0,
            "{spelling}"
        );
    }
    assert_eq!(expires_in(Value::Null), None);
}

#[test]
fn zero_and_negative_lifetimes_are_unusable_and_retryable() {
    for spelling in [json!(0), json!(-5), json!("0"), json!(1.9)] {
        let error = answer("fake")
            .with_expires_in(expires_in(spelling.clone()))
            .into_access_token()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{spelling}");
        assert!(error.is_retryable());
    }
}

#[test]
fn a_jwt_lives_from_issue_to_expiry_whatever_the_local_clock_says() {
    assert_eq!(
        seconds(answer(&jwt(&json!({"iat": 500, "exp": 1_400})))),
        900.0
    );
}

#[test]
fn a_jwt_that_the_server_handed_out_late_lives_until_its_expiry() {
    let token = jwt(&json!({"iat": 500, "exp": 1_400}));
    let date = UNIX_EPOCH + Duration::from_secs(1_100);
    assert_eq!(seconds(answer(&token).with_date(Some(date))), 300.0);
    let date = UNIX_EPOCH + Duration::from_secs(400);
    assert_eq!(
        seconds(answer(&token).with_date(Some(date))),
        900.0,
        "a Date before iat does not prolong"
    );
}

#[test]
fn a_jwt_without_iat_is_read_against_the_servers_clock_and_then_ours() {
    let token = jwt(&json!({"exp": 10_300}));
    assert_eq!(seconds(answer(&token)), 300.0);
    let date = UNIX_EPOCH + Duration::from_secs(10_200);
    assert_eq!(seconds(answer(&token).with_date(Some(date))), 100.0);
}

#[test]
fn an_expired_jwt_is_unusable() {
    let error = answer(&jwt(&json!({"exp": 9_000})))
        .into_access_token()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}

#[test]
fn the_documented_lifetime_and_then_ten_minutes_serve_an_opaque_token() {
    let documented = Some(Duration::from_secs(3_600));
    assert_eq!(
        seconds(answer("opaque").with_default_lifetime(documented)),
        3_600.0
    );
    assert_eq!(
        seconds(answer("opaque")),
        TokenResponse::FALLBACK_LIFETIME.as_secs_f64()
    );
    for odd in [
        "a.b.c",
        "a.b",
        "a.b.c.d",
        &jwt(&json!({"exp": "soon"})),
        &jwt(&json!([1])),
    ] {
        assert_eq!(seconds(answer(odd)), 600.0, "{odd}");
    }
}

#[test]
fn a_lifetime_is_capped_at_thirty_days() {
    for huge in [json!(1e300), json!(86_400_000)] {
        assert_eq!(
            seconds(answer("opaque").with_expires_in(expires_in(huge))),
            TokenResponse::MAX_LIFETIME.as_secs_f64()
        );
    }
}
