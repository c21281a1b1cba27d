//! Tests of the printed object.

use std::time::{Duration, UNIX_EPOCH};

use auth_core::{ClockReading, Scope};

use super::*;

fn token() -> AccessToken {
    let anchor = ClockReading::new(Duration::ZERO, Duration::from_secs(1_767_225_600));
    AccessToken::new("fake-token", anchor, Duration::from_secs(3_600)).unwrap()
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn the_object_has_its_keys_in_order() {
    let scope = Scope::parse("read write").unwrap();
    let token = token().with_scope(Some(scope));
    assert_eq!(
        json(&token, at(1_767_225_601)).unwrap(),
        r#"{"token":"fake-token","token_type":"Bearer","expires_at":"2026-01-01T01:00:00Z","expires_in":3599,"scope":"read write"}"#
    );
}

#[test]
fn a_token_without_scope_says_null_and_one_past_its_life_has_nothing_left() {
    let text = json(&token(), at(1_800_000_000)).unwrap();
    assert!(text.ends_with(r#""expires_in":0,"scope":null}"#), "{text}");
}
