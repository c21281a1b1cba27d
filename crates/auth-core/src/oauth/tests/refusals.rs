//! The table of refusals: status and body in, kind, message and retryability out.

use super::*;

#[tokio::test]
async fn refused_credentials_are_known_by_their_code_at_400_and_401() {
    for status in [400, 401] {
        for code in [
            "invalid_client",
            "unauthorized_client",
            "access_denied",
            "invalid_grant",
        ] {
            let error = error_of(status, &[], &format!(r#"{{"error":"{code}"}}"#)).await;
            assert_eq!(
                error.kind(),
                ErrorKind::InvalidCredentials,
                "{status} {code}"
            );
            assert_eq!(error.error_code(), Some(code));
            assert_eq!(error.status().unwrap(), status);
            assert!(!error.is_retryable());
        }
    }
}

#[tokio::test]
async fn a_401_without_a_readable_error_means_refused_credentials() {
    for body in ["", "no", "<html>", r#"{"error":{"code":1}}"#] {
        assert_eq!(
            error_of(401, &[], body).await.kind(),
            ErrorKind::InvalidCredentials,
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_401_means_refused_credentials_unless_its_code_is_about_the_request() {
    for body in [
        r#"{"timestamp":1,"status":401,"error":"Unauthorized","path":"/oauth/token"}"#,
        r#"{"error":"unauthorized","error_description":"Bad credentials"}"#,
        r#"{"error":"authentication_required"}"#,
        r#"{"error":"invalid_token"}"#,
        r#"{"error":"Invalid client credentials"}"#,
        r#"{"message":"Unauthorized"}"#,
    ] {
        assert_eq!(
            error_of(401, &[], body).await.kind(),
            ErrorKind::InvalidCredentials,
            "{body}"
        );
    }
    for code in [
        "invalid_scope",
        "Invalid_Request",
        "unsupported_grant_type",
        "invalid_target",
    ] {
        let body = format!(r#"{{"error":"{code}"}}"#);
        assert_eq!(
            error_of(401, &[], &body).await.kind(),
            ErrorKind::TokenRequestRefused,
            "{code}"
        );
    }
}

#[tokio::test]
async fn codes_are_known_in_the_spellings_that_servers_vary() {
    for code in [
        "INVALID_CLIENT",
        "invalidClient",
        "Invalid-Client",
        "invalid client",
    ] {
        let body = format!(r#"{{"error":"{code}"}}"#);
        assert_eq!(
            error_of(400, &[], &body).await.kind(),
            ErrorKind::InvalidCredentials,
            "{code}"
        );
    }
}

#[tokio::test]
async fn a_403_without_a_reason_names_the_credentials_and_the_network() {
    for body in ["", "{}", "<html></html>", "null"] {
        let error = error_of(403, &[], body).await;
        assert_eq!(error.kind(), ErrorKind::InvalidCredentials, "{body}");
        assert!(
            error.to_string().contains("check the id and the secret"),
            "{error}"
        );
        assert!(error.to_string().contains("IP allow list"), "{error}");
    }
    let body = r#"{"error":"invalid_client"}"#;
    assert_eq!(
        error_of(403, &[], body).await.kind(),
        ErrorKind::InvalidCredentials
    );
    let error = error_of(403, &[], "IP not allowed").await;
    assert_eq!(error.kind(), ErrorKind::TokenRequestRefused);
    assert!(
        error.to_string().ends_with("status 403: IP not allowed"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refusal_in_a_success_is_a_refusal() {
    let body = r#"{"error":"invalid_client","error_description":"Unknown client"}"#;
    let error = error_of(200, &[], body).await;
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    assert_eq!(error.error_code(), Some("invalid_client"));
    assert!(!error.is_retryable());
    assert!(
        error
            .to_string()
            .ends_with("with status 200: invalid_client: Unknown client"),
        "{error}"
    );
    for (body, kind) in [
        (
            r#"{"error":"invalid_scope"}"#,
            ErrorKind::TokenRequestRefused,
        ),
        (
            r#"{"error":{"code":"invalid_client","message":"no"}}"#,
            ErrorKind::InvalidCredentials,
        ),
        (
            r#"{"errors":[{"message":"no"}]}"#,
            ErrorKind::TokenRequestRefused,
        ),
        (
            r#"{"success":false,"message":"no"}"#,
            ErrorKind::TokenRequestRefused,
        ),
        (
            r#"{"error":"temporarily_unavailable"}"#,
            ErrorKind::Unavailable,
        ),
        (r#"{"error":"slow_down"}"#, ErrorKind::Throttled),
        (
            "\u{feff}{\"error\":\"invalid_client\"}",
            ErrorKind::InvalidCredentials,
        ),
    ] {
        assert_eq!(error_of(200, &[], body).await.kind(), kind, "{body}");
    }
}

#[tokio::test]
async fn the_reason_is_kept_whatever_its_shape() {
    for (status, body) in [
        (401, "Bad pair"),
        (401, r#"{"message":"Bad pair"}"#),
        (400, r#"{"error":{"code":"x","message":"Bad pair"}}"#),
        (
            401,
            r#"{"fault":{"faultstring":"Bad pair","detail":{"errorcode":"x"}}}"#,
        ),
        (503, "Bad pair"),
        (502, "<html><title>Bad pair</title></html>"),
        (422, r#"{"detail":[{"msg":"Bad pair","loc":["body"]}]}"#),
    ] {
        let error = error_of(status, &[], body).await;
        assert!(error.to_string().ends_with("Bad pair"), "{body}: {error}");
    }
}

#[tokio::test]
async fn parameters_are_cut_out_unless_they_say_what_is_asked_for() {
    let body = r#"{"error":"x","error_description":"bad eyJhbGciOiJSUzI1NiJ9.fake for https://api.example"}"#;
    let http = Arc::new(FakeHttp::new([answer(400, &[], body)]));
    let exchange = exchange(http)
        .with_parameter("client_assertion", "eyJhbGciOiJSUzI1NiJ9.fake")
        .with_parameter("audience", "https://api.example");
    let text = exchange.token().await.unwrap_err().to_string();
    assert!(
        text.ends_with("bad [redacted] for https://api.example"),
        "{text}"
    );
}

#[test]
fn debug_names_parameters_and_shows_no_value() {
    let exchange = exchange(Arc::new(FakeHttp::default()))
        .with_parameter("client_assertion", "eyJhbGciOiJSUzI1NiJ9.fake");
    for shown in [format!("{exchange:?}"), format!("{exchange:#?}")] {
        assert!(
            shown.contains("client_assertion") && !shown.contains("eyJ"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_redirect_to_the_secret_does_not_show_it() {
    let error = error_of(302, &["location: https://fake%2bsecret.example/"], "").await;
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn every_other_refusal_is_about_the_request() {
    for (status, body) in [
        (400, r#"{"error":"invalid_request"}"#),
        (400, r#"{"error":"invalid_scope"}"#),
        (400, r#"{"error":"unsupported_grant_type"}"#),
        (400, "no"),
        (401, r#"{"error":"invalid_request"}"#),
        (403, r#"{"error":"access_denied"}"#),
        (404, "<html>not found</html>"),
        (405, ""),
        (415, "{}"),
    ] {
        let error = error_of(status, &[], body).await;
        assert_eq!(
            error.kind(),
            ErrorKind::TokenRequestRefused,
            "{status} {body}"
        );
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn transient_statuses_are_retryable_and_keep_retry_after() {
    for (status, kind) in [
        (408, ErrorKind::Timeout),
        (425, ErrorKind::Unavailable),
        (429, ErrorKind::Throttled),
        (500, ErrorKind::Unavailable),
        (502, ErrorKind::Unavailable),
        (503, ErrorKind::Unavailable),
    ] {
        let error = error_of(status, &["retry-after: 7"], "<html>").await;
        assert_eq!(error.kind(), kind, "{status}");
        assert!(error.is_retryable());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    }
}

#[tokio::test]
async fn a_redirect_names_only_the_targets_origin() {
    let location = "location: https://other.example:8443/fakepath?fake=query";
    let error = error_of(302, &[location], "").await;
    assert_eq!(error.kind(), ErrorKind::TokenRequestRefused);
    assert!(
        error.to_string().contains("https://other.example:8443 "),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("fake"), "{error:?}");
    assert_eq!(
        error_of(307, &["location: /fake"], "").await.kind(),
        ErrorKind::TokenRequestRefused
    );
    assert_eq!(
        error_of(304, &[], "").await.kind(),
        ErrorKind::TokenRequestRefused
    );
}

#[tokio::test]
async fn the_message_says_status_code_and_words_and_ends_without_a_full_stop() {
    let body = r#"{"error":"unauthorized_client","error_description":"Invalid client or Invalid client credentials."}"#;
    let error = error_of(401, &[], body).await;
    assert_eq!(
        error.to_string(),
        "example: the token endpoint rejected the credentials with status 401: unauthorized_client: Invalid client or Invalid client credentials"
    );
    assert_eq!(error.vendor(), Some("example"));
}

#[tokio::test]
async fn the_vendors_words_are_cleaned_cut_and_freed_of_echoed_secrets() {
    let long = "x".repeat(5_000);
    let body = format!(
        r#"{{"error":"invalid_request","error_description":"a\n\u001b[31m b fake+secret {long}"}}"#
    );
    let text = error_of(400, &[], &body).await.to_string();
    assert!(text.contains("a [31m b [redacted] xxx"), "{text}");
    assert!(
        text.chars().count() < 350,
        "{} characters",
        text.chars().count()
    );
    assert!(!text.chars().any(char::is_control));

    let body = r#"{"error":"x","error_description":"got client_secret=fake%2Bsecret"}"#;
    let text = error_of(400, &[], body).await.to_string();
    assert!(text.ends_with("got client_secret=[redacted]"), "{text}");

    let body = r#"{"error":"bad fake+secret","error_description":{"fake":1}}"#;
    let error = error_of(400, &[], body).await;
    assert_eq!(error.error_code(), Some("bad [redacted]"));
    assert!(!format!("{error:?}").contains("fake"), "{error:?}");
}

#[tokio::test]
async fn an_echo_of_the_basic_credentials_is_cut_out() {
    // base64 of `fake+id:fake%2Bsecret`
    let body = r#"{"error":"x","error_description":"bad ZmFrZStpZDpmYWtlJTJCc2VjcmV0"}"#;
    let http = Arc::new(FakeHttp::new([answer(400, &[], body)]));
    let exchange = exchange(http).with_client_auth_method(ClientAuthMethod::ClientSecretBasic);
    let text = exchange.token().await.unwrap_err().to_string();
    assert!(text.ends_with("bad [redacted]"), "{text}");
}

#[tokio::test]
async fn what_the_http_client_fails_with_is_handed_on_with_the_vendor() {
    let failed = Err(Error::new(ErrorKind::Timeout, "no answer within 10s"));
    let error = exchange(Arc::new(FakeHttp::new([failed])))
        .token()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.to_string(), "example: no answer within 10s");
}

#[test]
fn a_refusal_shows_nothing_of_a_message_that_is_not_cleaned_yet() {
    let refusal = TokenErrorResponse::from_body(br#"{"error":"fake1","message":"fake2"}"#);
    let shown = format!("{refusal:?}");
    assert!(!shown.contains("fake"), "{shown}");
}
