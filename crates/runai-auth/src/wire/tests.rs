//! Tests of token API v1's spellings.

use super::*;

#[test]
fn the_request_is_camel_case_with_client_id_in_the_published_spelling() {
    let request = TokenRequest {
        grant_type: "client_credentials",
        client_id: "fake-id",
        client_secret: "fake-secret",
    };
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        r#"{"grantType":"client_credentials","clientID":"fake-id","clientSecret":"fake-secret"}"#
    );
}

#[test]
fn everything_but_the_token_may_be_absent() {
    let read = |body: &str| serde_json::from_str::<TokenResponse>(body);
    assert!(read(r#"{"accessToken":"t"}"#).unwrap().expires_in.is_none());
    assert!(
        read(r#"{"accessToken":"t","expiresIn":3600,"idToken":"x","new":{}}"#)
            .unwrap()
            .expires_in
            .is_some()
    );
    assert!(read(r#"{"expiresIn":3600}"#).is_err());
}
