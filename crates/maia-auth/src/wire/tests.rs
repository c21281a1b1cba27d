//! Tests of how Maia says that a token is no good.

use super::*;

#[test]
fn a_401_is_about_the_token_and_a_403_never_is() {
    let refuses = |status: u16| {
        let mut response =
            Response::new(Bytes::from_static(b"IP not allowed for any organization"));
        *response.status_mut() = status.try_into().unwrap();
        refuses_token(&response)
    };
    assert!(refuses(401));
    assert!(!refuses(403));
    assert!(!refuses(200));
}
