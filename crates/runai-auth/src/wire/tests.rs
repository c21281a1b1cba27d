//! Tests of token API v1's spellings.

use super::*;

#[cfg(feature = "admin")]
#[test]
fn a_byte_order_mark_hides_no_error_object() {
    let body = "\u{feff}{\"code\":404,\"message\":\"no such user\"}";
    assert!(is_error_object(body.as_bytes()));
}

#[test]
fn each_grant_has_fields_of_its_own_in_the_published_spelling() {
    let cases = [
        (
            TokenRequest::ClientCredentials {
                client_id: "fake-id",
                client_secret: "fake-secret",
            },
            r#"{"grantType":"client_credentials","clientID":"fake-id","clientSecret":"fake-secret"}"#,
        ),
        (
            TokenRequest::Password {
                username: "fake-name",
                password: "fake-password",
            },
            r#"{"grantType":"password","username":"fake-name","password":"fake-password"}"#,
        ),
        (
            TokenRequest::AppToken {
                app_id: "fake-id",
                app_secret: "fake-secret",
            },
            r#"{"grantType":"app_token","appID":"fake-id","appSecret":"fake-secret"}"#,
        ),
        (
            TokenRequest::RefreshToken {
                refresh_token: "fake-refresh-token",
            },
            r#"{"grantType":"refresh_token","refreshToken":"fake-refresh-token"}"#,
        ),
        (
            TokenRequest::ExternalTokenExchange {
                external_token: "fake-external-token",
            },
            r#"{"grantType":"external_token_exchange","externalToken":"fake-external-token"}"#,
        ),
    ];
    for (request, body) in cases {
        assert_eq!(serde_json::to_string(&request).unwrap(), body);
    }
}

#[test]
fn an_error_of_the_api_is_quoted_and_a_403_comes_with_a_hint() {
    let read = |status: StatusCode, body: &'static str| {
        let mut response = http::Response::new(bytes::Bytes::from(body));
        *response.status_mut() = status;
        let request = auth_core::ApiRequest::new(http::Method::GET, "/fake");
        read_error(&ApiResponse::from_http(&request, response))
    };
    let body = r#"{"code":403,"message":"forbidden","details":"no rule"}"#;
    let error = format!("{:?}", read(StatusCode::FORBIDDEN, body).unwrap());
    assert!(error.contains("forbidden: no rule"), "{error}");
    assert!(error.contains("access rule grants"), "{error}");
    let other = format!("{:?}", read(StatusCode::CONFLICT, "<html>").unwrap());
    assert!(
        !other.contains("html") && !other.contains("access rule"),
        "{other}"
    );
    assert!(read(StatusCode::OK, body).is_none());
}

#[test]
fn everything_but_the_token_may_be_absent() {
    let read = |body: &str| serde_json::from_str::<OAuthTokenBody>(body);
    assert!(read(r#"{"accessToken":"t"}"#).unwrap().expires_in.is_none());
    assert!(
        read(r#"{"accessToken":"t","expiresIn":3600,"idToken":"x","new":{}}"#)
            .unwrap()
            .expires_in
            .is_some()
    );
    assert!(read(r#"{"expiresIn":3600}"#).is_err());
}
