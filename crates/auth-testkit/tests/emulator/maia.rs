//! Maia's token endpoint, which is Keycloak's, and its projects.

use std::collections::HashSet;

use auth_testkit::{EmulatedVendor, Emulator, Maia};
use serde_json::json;

use crate::support::{
    FORM, JSON, decode, get, get_with, post_basic, post_form, send, sign_in, sign_in_as,
};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

async fn start() -> Emulator {
    Emulator::start(EmulatedVendor::Maia)
        .await
        .unwrap_or_else(|error| unreachable!("{error}"))
}

#[tokio::test]
async fn a_sign_in_answers_what_keycloak_answers() {
    let emulator = start().await;
    assert_eq!(
        emulator.token_url(),
        format!("{}/oauth/dpc/token", emulator.base_url())
    );
    let reply = sign_in(&emulator);
    let expected = json!({
        "access_token": reply.token(),
        "expires_in": 1800,
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "pipeline-execution",
    });
    assert_eq!(reply.json(), expected);
    let (header, claims) = decode(&reply.token());
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&json!("RS256"), &json!("JWT"))
    );
    assert!(header["kid"].is_string());
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        1800
    );
    for name in ["azp", "client_id"] {
        assert_eq!(claims[name], emulator.client_id());
    }
    for name in ["iss", "aud", "scope", "jti", "sub"] {
        assert!(claims[name].is_string(), "{name}");
    }
    let (_, next) = decode(&sign_in(&emulator).token());
    assert_ne!(next["jti"], claims["jti"]);
    assert_eq!(next["sub"], claims["sub"]);
}

#[tokio::test]
async fn the_audience_is_ignored_and_the_scope_is_not() {
    let emulator = start().await;
    let client = [
        ("client_id", emulator.client_id()),
        ("client_secret", emulator.client_secret()),
    ];
    let with = |field| post_form(&emulator, &[GRANT, client[0], client[1], field]);
    assert_eq!(with(("audience", "https://api.matillion.com")).status, 200);
    assert_eq!(with(("audience", "nonsense")).status, 200);
    assert_eq!(with(("scope", "pipeline-execution")).status, 200);
    assert_eq!(with(("scope", "")).status, 200);
    for scope in ["admin", "pipeline-execution admin"] {
        assert_eq!(
            with(("scope", scope)).oauth_error(),
            (400, "invalid_scope".to_owned())
        );
    }
}

#[tokio::test]
async fn basic_is_form_decoded() {
    let (id, secret) = ("an id", "50% off & more+:");
    let builder = Emulator::builder(EmulatedVendor::Maia)
        .client_id(id)
        .client_secret(secret);
    let emulator = builder.start().await.unwrap();
    let encoded = post_basic(&emulator, "an+id", "50%25+off+%26+more%2B%3A", &[GRANT]);
    assert_eq!(encoded.status, 200);
    let raw = post_basic(&emulator, id, secret, &[GRANT]);
    assert_eq!(raw.oauth_error(), (401, "unauthorized_client".to_owned()));
    assert_eq!(sign_in(&emulator).status, 200);
}

#[tokio::test]
async fn a_wrong_secret_and_an_unknown_client_have_different_codes() {
    let emulator = start().await;
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    let text = "Invalid client or Invalid client credentials";
    let expect = |id: &str, secret: &str, code: &str| {
        let replies = [
            sign_in_as(&emulator, id, secret),
            post_basic(&emulator, id, secret, &[GRANT]),
        ];
        for reply in replies {
            assert_eq!(reply.status, 401);
            assert_eq!(
                reply.json(),
                json!({ "error": code, "error_description": text })
            );
            assert_eq!(reply.header("www-authenticate"), None);
        }
    };
    expect(id, "wrong", "unauthorized_client");
    expect(id, "", "unauthorized_client");
    expect("unknown", secret, "invalid_client");
    assert_eq!(
        post_form(&emulator, &[GRANT]).oauth_error(),
        (401, "invalid_client".to_owned())
    );
    emulator.disable_client();
    expect(id, secret, "invalid_client");
    emulator.enable_client();
    assert_eq!(sign_in(&emulator).status, 200);
}

#[tokio::test]
async fn malformed_requests_are_refused_as_such() {
    let emulator = start().await;
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    let client = [("client_id", id), ("client_secret", secret)];
    let invalid = (400, "invalid_request".to_owned());
    assert_eq!(post_form(&emulator, &client).oauth_error(), invalid);
    // The grant is looked at before the client.
    assert_eq!(post_form(&emulator, &[]).oauth_error(), invalid);
    let twice = post_form(
        &emulator,
        &[
            GRANT,
            client[0],
            client[1],
            ("audience", "a"),
            ("audience", "b"),
        ],
    );
    assert_eq!(twice.oauth_error(), invalid);
    assert_eq!(twice.json()["error_description"], "duplicated parameter");
    let unknown = post_form(&emulator, &[("grant_type", "magic"), client[0], client[1]]);
    assert_eq!(
        unknown.oauth_error(),
        (400, "unsupported_grant_type".to_owned())
    );
    assert_eq!(
        send(
            "POST",
            emulator.token_url(),
            &[("content-type", JSON)],
            b"{}"
        )
        .status,
        415
    );
    assert_eq!(send("POST", emulator.token_url(), &[], b"").status, 415);
    assert_eq!(
        send("GET", emulator.token_url(), &[("content-type", FORM)], b"").status,
        405
    );
}

#[tokio::test]
async fn projects_are_paged() {
    let emulator = start().await;
    let token = sign_in(&emulator).token();
    let page =
        |query: &str| get_with(&emulator, &format!("/dpc/v1/projects{query}"), &token).json();
    let first = page("");
    assert_eq!(
        (&first["page"], &first["size"], &first["total"]),
        (&json!(0), &json!(25), &json!(60))
    );
    assert_eq!(first["results"].as_array().unwrap().len(), 25);
    assert_eq!(first, page("?page=0&size=25"));
    let mut ids = HashSet::new();
    for (number, length) in [(0, 25), (1, 25), (2, 10), (3, 0)] {
        let reply = page(&format!("?page={number}&size=25"));
        assert_eq!(reply["page"], number);
        let results = reply["results"].as_array().unwrap();
        assert_eq!(results.len(), length);
        for project in results {
            assert!(project["name"].is_string() && project["description"].is_string());
            ids.insert(project["id"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(ids.len(), 60);
    assert!(
        ids.iter()
            .all(|id| id.len() == 36 && id.as_bytes()[14] == b'4')
    );
    assert_eq!(page("?size=100")["results"].as_array().unwrap().len(), 60);
    assert_eq!(page("?size=1&page=59")["results"][0]["name"], "Project 60");
    assert_eq!(page(&format!("?page={}", usize::MAX))["results"], json!([]));
}

#[tokio::test]
async fn there_are_as_many_projects_as_a_test_wants() {
    for (number, last) in [(0, 0), (1, 1), (26, 1)] {
        let builder = Emulator::builder(Maia::new().projects(number));
        let emulator = builder.start().await.unwrap();
        let token = sign_in(&emulator).token();
        let page = number.saturating_sub(1) / 25;
        let path = format!("/dpc/v1/projects?page={page}");
        let reply = get_with(&emulator, &path, &token).json();
        assert_eq!(reply["total"], number);
        assert_eq!(reply["results"].as_array().unwrap().len(), last);
    }
}

#[tokio::test]
async fn a_page_that_cannot_be_is_400() {
    let emulator = start().await;
    let token = sign_in(&emulator).token();
    for query in [
        "size=0",
        "size=101",
        "size=-1",
        "size=many",
        "page=-1",
        "page=x",
        "size=",
    ] {
        let reply = get_with(&emulator, &format!("/dpc/v1/projects?{query}"), &token);
        assert_eq!(reply.status, 400, "{query}");
        assert!(reply.json()["message"].is_string());
    }
}

#[tokio::test]
async fn the_api_wants_a_token_and_then_a_path() {
    let emulator = start().await;
    for path in ["/dpc/v1/projects", "/dpc/v1/nothing", "/dpc"] {
        let reply = get(&emulator, path);
        assert_eq!(
            (reply.status, reply.json()),
            (401, json!({ "message": "Unauthorized" }))
        );
        assert_eq!(reply.header("www-authenticate"), None);
    }
    assert_eq!(emulator.unauthorized_responses(), 3);
    let token = sign_in(&emulator).token();
    assert_eq!(get_with(&emulator, "/dpc/v1/nothing", &token).status, 404);
    let url = format!("{}/dpc/v1/projects", emulator.base_url());
    let lower = format!("bearer {token}");
    assert_eq!(
        send("GET", &url, &[("authorization", &lower)], b"").status,
        200
    );
    assert_eq!(
        send("POST", &url, &[("authorization", &lower)], b"").status,
        405
    );
    let elsewhere = get(&emulator, "/somewhere");
    assert_eq!(elsewhere.status, 404);
    assert_eq!(
        elsewhere.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(
        (emulator.api_requests(), emulator.unauthorized_responses()),
        (6, 3)
    );
}
