//! Tests of how far two clocks may be apart, and of names that cannot be looked up.

use super::*;

fn compared(skew_ahead: i64) -> String {
    let theirs = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let seconds = Duration::from_secs(skew_ahead.unsigned_abs());
    let ours = if skew_ahead < 0 {
        theirs - seconds
    } else {
        theirs + seconds
    };
    let mut headers = HeaderMap::new();
    let date = httpdate::fmt_http_date(theirs);
    headers.insert(DATE, date.parse().unwrap());
    serde_json::to_string(&compare(&headers, ours)).unwrap()
}

#[test]
fn a_clock_that_is_off_by_more_than_thirty_seconds_is_a_warning() {
    for skew in [-30, 0, 30] {
        assert!(compared(skew).contains(r#""status":"ok""#), "{skew}");
    }
    for (skew, words) in [(31, "31 s ahead of"), (-86_400, "86400 s behind")] {
        let outcome = compared(skew);
        assert!(
            outcome.contains(r#""status":"warning""#) && outcome.contains(words),
            "{outcome}"
        );
    }
}

#[test]
fn a_server_without_a_clock_is_no_reason_to_fail() {
    let mut headers = HeaderMap::new();
    let outcome =
        |headers: &HeaderMap| serde_json::to_string(&compare(headers, SystemTime::now())).unwrap();
    assert!(outcome(&headers).contains("skipped"));
    headers.insert(DATE, "yesterday".parse().unwrap());
    assert!(outcome(&headers).contains("skipped"));
}

#[tokio::test]
async fn an_address_needs_no_name_server() {
    for base_url in ["http://127.0.0.1:8080", "https://[::1]/prefix"] {
        assert!(look_up(base_url).await.is_ok(), "{base_url}");
    }
}
