//! Tests of what the picture shows.

use super::*;
use crate::bench::figure::tests::figure;

#[test]
fn a_picture_shows_each_promise_of_the_hot_path() {
    let picture = of(&[
        figure("`token()`, threads: 1", 40.0, Some(50.0), Some(0.9)),
        figure(
            "`token()`, threads: 1, fastest round",
            10.0,
            Some(50.0),
            None,
        ),
    ])
    .unwrap();
    assert!(picture.starts_with("<svg"));
    assert!(picture.contains("0.80 ×"));
    assert!(!picture.contains("0.20 ×"));
}

#[test]
fn a_picture_of_nothing_is_a_picture_still() {
    assert!(of(&[]).unwrap().trim_end().ends_with("</svg>"));
}
