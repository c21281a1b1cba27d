//! Datasaur's token endpoint, GraphQL, REST and front end.

use auth_testkit::{Datasaur, EmulatedVendor, Emulator, Fault};
use serde_json::json;

use crate::support::{FORM, JSON, Reply, get, post_basic, post_form, send, sign_in, sign_in_as};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

async fn start() -> Emulator {
    Emulator::start(EmulatedVendor::Datasaur)
        .await
        .unwrap_or_else(|error| unreachable!("{error}"))
}

fn graphql(emulator: &Emulator, authorization: Option<&str>, body: &str) -> Reply {
    let mut headers = vec![("content-type", JSON)];
    headers.extend(authorization.map(|value| ("authorization", value)));
    send(
        "POST",
        &format!("{}/graphql", emulator.base_url()),
        &headers,
        body.as_bytes(),
    )
}

#[tokio::test]
async fn a_sign_in_answers_an_opaque_token() {
    let emulator = start().await;
    assert_eq!(
        emulator.token_url(),
        format!("{}/api/oauth/token", emulator.base_url())
    );
    let reply = sign_in(&emulator);
    let token = reply.token();
    assert_eq!(token.len(), 40);
    assert!(
        token
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    );
    let expected = json!({ "access_token": token, "token_type": "bearer", "expires_in": 3600 });
    assert_eq!(reply.json(), expected);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_ne!(token, sign_in(&emulator).token());
}

#[tokio::test]
async fn basic_works_as_it_is_and_form_encoded() {
    let (id, secret) = ("an id", "50% off & more+");
    let builder = Emulator::builder(EmulatedVendor::Datasaur)
        .client_id(id)
        .client_secret(secret);
    let emulator = builder.start().await.unwrap();
    assert_eq!(post_basic(&emulator, id, secret, &[GRANT]).status, 200);
    let encoded = post_basic(&emulator, "an+id", "50%25+off+%26+more%2B", &[GRANT]);
    assert_eq!(encoded.status, 200);
    assert_eq!(sign_in(&emulator).status, 200);
}

#[tokio::test]
async fn wrong_credentials_are_400_in_the_body_and_401_in_basic() {
    let emulator = start().await;
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    for (id, secret) in [(id, "wrong"), ("unknown", secret), (id, "")] {
        let body = sign_in_as(&emulator, id, secret);
        assert_eq!(body.oauth_error(), (400, "invalid_client".to_owned()));
        assert_eq!(body.header("www-authenticate"), None);
        let basic = post_basic(&emulator, id, secret, &[GRANT]);
        assert_eq!(basic.oauth_error(), (401, "invalid_client".to_owned()));
        assert_eq!(
            basic.header("www-authenticate"),
            Some("Basic realm=\"Service\"")
        );
    }
    assert_eq!(
        post_form(&emulator, &[GRANT]).oauth_error(),
        (400, "invalid_client".to_owned())
    );
    emulator.disable_client();
    assert_eq!(
        sign_in(&emulator).oauth_error(),
        (400, "invalid_client".to_owned())
    );
    emulator.enable_client();
    assert_eq!(sign_in(&emulator).status, 200);
}

#[tokio::test]
async fn malformed_requests_are_refused_as_such() {
    let emulator = start().await;
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    let client = [("client_id", id), ("client_secret", secret)];
    let with = |grant| post_form(&emulator, &[("grant_type", grant), client[0], client[1]]);
    let invalid = (400, "invalid_request".to_owned());
    assert_eq!(post_form(&emulator, &client).oauth_error(), invalid);
    assert_eq!(with("").oauth_error(), invalid);
    assert_eq!(
        with("password").oauth_error(),
        (400, "unsupported_grant_type".to_owned())
    );
    let twice = post_form(&emulator, &[GRANT, GRANT, client[0], client[1]]);
    assert_eq!(twice.oauth_error(), invalid);
    let both = post_basic(&emulator, id, secret, &[GRANT, client[0], client[1]]);
    assert_eq!(both.oauth_error(), invalid);
    let body =
        json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
    let body = body.to_string();
    let json = send(
        "POST",
        emulator.token_url(),
        &[("content-type", JSON)],
        body.as_bytes(),
    );
    assert_eq!(json.oauth_error(), invalid);
    let get = send("GET", emulator.token_url(), &[], b"");
    assert_eq!(get.oauth_error(), invalid);
    assert!(get.text().contains("method must be POST"));
    assert_eq!(
        send("PUT", emulator.token_url(), &[("content-type", FORM)], b"").status,
        400
    );
}

#[tokio::test]
async fn graphql_refuses_a_bad_token_with_status_200() {
    let emulator = start().await;
    let refusal = json!({
        "errors": [{ "message": "Unauthorized", "extensions": { "type": "AuthenticationError" } }],
        "data": null,
    });
    let query = r#"{"query":"{ me { id } }"}"#;
    for authorization in [None, Some("Bearer nonsense")] {
        let reply = graphql(&emulator, authorization, query);
        assert_eq!((reply.status, reply.json()), (200, refusal.clone()));
    }
    assert_eq!(
        (emulator.api_requests(), emulator.unauthorized_responses()),
        (2, 2)
    );
}

#[tokio::test]
async fn graphql_answers_a_good_token() {
    let emulator = start().await;
    let bearer = format!("Bearer {}", sign_in(&emulator).token());
    let ask = |body: &str| graphql(&emulator, Some(&bearer), body);
    let me = ask(r#"{"query":"query { me { id } }"}"#);
    assert_eq!(
        (me.status, me.json()),
        (200, json!({ "data": { "me": { "id": "1" } } }))
    );
    for body in ["{}", "", "not json", r#"{"query":""}"#] {
        let reply = ask(body);
        assert_eq!(reply.status, 400);
        assert_eq!(
            reply.json()["errors"][0]["message"],
            "Must provide query string."
        );
        assert_eq!(
            reply.json()["errors"][0]["extensions"]["type"],
            "GraphQLError"
        );
    }
    assert_eq!(emulator.unauthorized_responses(), 0);
}

#[tokio::test]
async fn graphql_says_who_one_is_and_what_it_cannot_find() {
    let emulator = start().await;
    let bearer = format!("Bearer {}", sign_in(&emulator).token());
    let me = graphql(
        &emulator,
        Some(&bearer),
        r#"{"query":"{ me { id email } }"}"#,
    );
    let expected = json!({ "data": { "me": { "id": "1", "email": "demo@example.com" } } });
    assert_eq!((me.status, me.json()), (200, expected));

    let query = r#"{"query":"{ me { id } project(id: \"7\") { name } }"}"#;
    let partial = graphql(&emulator, Some(&bearer), query);
    let expected = json!({
        "data": { "me": { "id": "1" }, "project": null },
        "errors": [{
            "message": "Project not found",
            "path": ["project"],
            "extensions": { "type": "NotFoundError" },
        }],
    });
    assert_eq!((partial.status, partial.json()), (200, expected));
    assert_eq!(emulator.unauthorized_responses(), 0);
}

#[tokio::test]
async fn a_token_may_be_nobodys() {
    let builder = Emulator::builder(Datasaur::new().me_is_null());
    let emulator = builder.start().await.unwrap();
    let bearer = format!("Bearer {}", sign_in(&emulator).token());
    let me = graphql(&emulator, Some(&bearer), r#"{"query":"{ me { id } }"}"#);
    assert_eq!(
        (me.status, me.json()),
        (200, json!({ "data": { "me": null } }))
    );
}

#[tokio::test]
async fn a_refused_token_comes_with_any_status() {
    let emulator = start().await;
    let bearer = format!("Bearer {}", sign_in(&emulator).token());
    for status in [200, 400, 401] {
        emulator.inject_api_fault(Fault::refused_token(status));
        let reply = graphql(&emulator, Some(&bearer), r#"{"query":"{ me { id } }"}"#);
        assert_eq!(reply.status, status);
        let error = &reply.json()["errors"][0];
        assert_eq!(error["extensions"]["type"], "AuthenticationError");
    }
    assert_eq!(emulator.unauthorized_responses(), 3);
    emulator.inject_api_fault(Fault::refused_token(403));
    let users = send(
        "POST",
        &format!("{}/api/v1/users", emulator.base_url()),
        &[("authorization", &bearer)],
        b"",
    );
    assert_eq!(
        (users.status, users.json()),
        (403, json!({ "message": "Forbidden" }))
    );
    assert_eq!(emulator.unauthorized_responses(), 4);
}

#[tokio::test]
async fn a_missing_client_certificate_is_a_redirect() {
    let emulator = start().await;
    let page = "https://certificates.example/missing";
    emulator.inject_token_fault(Fault::redirect(page));
    emulator.inject_api_fault(Fault::redirect(page));
    let replies = [sign_in(&emulator), graphql(&emulator, None, "{}")];
    for reply in replies {
        assert_eq!((reply.status, reply.header("location")), (302, Some(page)));
    }
}

#[tokio::test]
async fn the_scheme_needs_its_capital_letter() {
    let emulator = start().await;
    let token = sign_in(&emulator).token();
    for scheme in ["bearer", "BEARER", "Basic", "Token"] {
        let value = format!("{scheme} {token}");
        let reply = graphql(&emulator, Some(&value), r#"{"query":"{ me { id } }"}"#);
        assert_eq!(
            reply.oauth_error(),
            (400, "invalid_request".to_owned()),
            "{scheme}"
        );
        let url = format!("{}/api/v1/users", emulator.base_url());
        assert_eq!(
            send("POST", &url, &[("authorization", &value)], b"").status,
            400
        );
    }
    assert_eq!(emulator.unauthorized_responses(), 0);
}

#[tokio::test]
async fn rest_answers_401_with_a_message() {
    let emulator = start().await;
    let url = format!("{}/api/v1/users", emulator.base_url());
    let refused = send("POST", &url, &[("authorization", "Bearer nonsense")], b"{}");
    assert_eq!(
        (refused.status, refused.json()),
        (401, json!({ "message": "Unauthorized" }))
    );
    assert_eq!(send("POST", &url, &[], b"{}").status, 401);
    let bearer = format!("Bearer {}", sign_in(&emulator).token());
    let users = send("POST", &url, &[("authorization", &bearer)], b"{}");
    assert_eq!((users.status, users.json()), (200, json!({})));
    assert_eq!(
        (emulator.api_requests(), emulator.unauthorized_responses()),
        (3, 2)
    );
}

#[tokio::test]
async fn the_backend_and_the_front_end_share_one_host() {
    let emulator = start().await;
    let health = get(&emulator, "/api/health");
    assert_eq!(
        (health.status, &health.json()["status"]),
        (200, &json!("ok"))
    );
    assert!(health.json()["version"].is_string());
    for path in [
        "/api",
        "/api/nothing",
        "/admin/x",
        "/graphql/x",
        "/auth/x",
        "/export",
    ] {
        let reply = get(&emulator, path);
        assert_eq!(
            (reply.status, reply.json()),
            (404, json!({ "message": "Not Found" })),
            "{path}"
        );
    }
    for path in ["/", "/oauth/token", "/apis", "/projects/1?tab=2"] {
        let reply = get(&emulator, path);
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(
            reply.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert!(reply.text().starts_with("<!doctype html>"));
    }
    assert_eq!((emulator.token_requests(), emulator.api_requests()), (0, 0));
}
