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
            assert_eq!(error.kind(), ErrorKind::Rejected, "{status} {code}");
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
            ErrorKind::Rejected,
            "{body}"
        );
    }
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
        assert_eq!(error.kind(), ErrorKind::Request, "{status} {body}");
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
    assert_eq!(error.kind(), ErrorKind::Request);
    assert!(
        error.to_string().contains("https://other.example:8443 "),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("fake"), "{error:?}");
    assert_eq!(
        error_of(307, &["location: /fake"], "").await.kind(),
        ErrorKind::Request
    );
    assert_eq!(error_of(304, &[], "").await.kind(), ErrorKind::Request);
}

#[tokio::test]
async fn the_message_says_status_code_and_words_and_ends_without_a_full_stop() {
    let body = r#"{"error":"unauthorized_client","error_description":"Invalid client or Invalid client credentials."}"#;
    let error = error_of(401, &[], body).await;
    assert_eq!(
        error.to_string(),
        "example: the token endpoint refused the credentials with status 401: unauthorized_client: Invalid client or Invalid client credentials"
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
    let exchange = exchange(http).with_authentication(ClientAuthentication::Basic);
    let text = exchange.exchange().await.unwrap_err().to_string();
    assert!(text.ends_with("bad [redacted]"), "{text}");
}

#[tokio::test]
async fn what_the_http_client_fails_with_is_handed_on_with_the_vendor() {
    let failed = Err(Error::new(ErrorKind::Timeout, "no answer within 10s"));
    let error = exchange(Arc::new(FakeHttp::new([failed])))
        .exchange()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.to_string(), "example: no answer within 10s");
}
