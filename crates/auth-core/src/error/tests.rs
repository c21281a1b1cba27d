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
