//! Nothing that creates is sent twice, whatever came of it, but after a 401, which did nothing.

use runai_auth::auth_core::ErrorKind;

use crate::calls::CALLS;
use crate::plane::{Plane, Reply};

fn failures() -> [Reply; 10] {
    let error = r#"{"code":500,"message":"broken"}"#;
    [
        Reply::new(429, error).header("retry-after", "0"),
        Reply::new(500, error),
        Reply::html(502),
        Reply::new(503, error).header("retry-after", "0"),
        Reply::new(504, ""),
        Reply::cut(),
        Reply::html(200),
        Reply::new(200, r#"{"id":"7","#),
        Reply::new(200, "{}"),
        Reply::new(302, "").header("location", "https://elsewhere.example.com/"),
    ]
}

#[tokio::test]
async fn what_creates_is_sent_once_and_its_error_says_that_it_may_have_arrived() {
    for call in CALLS.iter().filter(|call| call.creates) {
        for failure in failures() {
            let plane = Plane::answering([failure.clone()]);
            let outcome = (call.run)(&plane.admin()).await;
            assert_eq!(plane.sent().len(), 1, "{} {failure:?}", call.operation);
            // An empty batch is an answer, even if it says nothing.
            let Err(error) = outcome else {
                assert_eq!(call.operation, "access_rules_batch_create");
                continue;
            };
            assert!(!error.is_retryable(), "{} {error:?}", call.operation);
            assert!(error.may_have_been_sent(), "{} {error:?}", call.operation);
        }
    }
}

#[tokio::test]
async fn after_a_refused_token_each_call_is_sent_once_more_with_another() {
    for call in CALLS {
        let refused = Reply::new(401, r#"{"code":401,"message":"Issuer is not familiar."}"#);
        let plane = Plane::answering([refused.clone(), refused]);
        let error = (call.run)(&plane.suspicious_admin()).await.unwrap_err();
        let tokens: Vec<_> = plane.sent().into_iter().map(|sent| sent.token).collect();
        assert_eq!(
            tokens,
            ["Bearer token-1", "Bearer token-2"],
            "{}",
            call.operation
        );
        assert_eq!(error.kind(), ErrorKind::ApiStatus);
    }
}

#[tokio::test]
async fn what_only_reads_is_asked_again_when_the_api_asks_to_slow_down() {
    let slow = Reply::new(429, "").header("retry-after", "0");
    let plane = Plane::answering([slow, Reply::new(200, "[]")]);
    assert!(
        plane
            .admin()
            .applications()
            .list()
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(plane.sent().len(), 2);
}

#[tokio::test]
async fn a_conflict_has_a_predicate_of_its_own() {
    for call in CALLS.iter().filter(|call| call.creates) {
        let body = r#"{"code":409,"message":"there is one","details":"of that name"}"#;
        let plane = Plane::answering([Reply::new(409, body)]);
        let error = (call.run)(&plane.admin()).await.unwrap_err();
        assert!(error.is_conflict() && !error.is_retryable(), "{error:?}");
        assert!(
            error.to_string().contains("there is one: of that name"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_operation_that_is_missing_is_said_to_be_so_by_each_call() {
    for call in CALLS {
        // What is unknown is answered by the web interface; what was removed, by a 405.
        for missing in [Reply::html(200), Reply::new(405, "")] {
            let plane = Plane::answering([missing]);
            let error = (call.run)(&plane.admin()).await.unwrap_err();
            assert_eq!(error.error_code(), Some("operation_missing"), "{error:?}");
            let text = error.to_string();
            assert!(text.contains("which exists since 2."), "{text}");
        }
    }
}

#[tokio::test]
async fn a_thing_that_is_missing_is_no_missing_operation() {
    let body = r#"{"code":404,"message":"application was not found"}"#;
    let plane = Plane::answering([Reply::new(404, body)]);
    let error = plane.admin().applications().get("7").await.unwrap_err();
    assert_eq!(error.error_code(), None);
    assert!(
        error.to_string().contains("application was not found"),
        "{error}"
    );
}

#[tokio::test]
async fn the_apis_own_words_are_kept_also_where_the_path_names_nothing() {
    let body = r#"{"code":404,"message":"role 7 was not found"}"#;
    for call in CALLS {
        let plane = Plane::answering([Reply::new(404, body)]);
        let error = (call.run)(&plane.admin()).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("role 7 was not found"), "{text}");
        assert!(!text.contains("this control plane has no"), "{text}");
    }
}
