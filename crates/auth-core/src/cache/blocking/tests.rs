//! Tests of a facade whose thread cannot be had.

use super::*;
use crate::error::ErrorKind;
use crate::source::StaticTokenSource;

#[tokio::test]
async fn a_system_that_gives_no_thread_is_an_error_inside_a_runtime_too() {
    let source = StaticTokenSource::new("fake-token").unwrap();
    // More than there are addresses.
    let thread = thread::Builder::new().stack_size(1 << 47);
    let outcome = Runner::start(TokenCache::new(source), thread);
    let error = outcome.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("cannot be started"), "{error}");
}
