//! Run:ai's list of users: filters, order and pages.

use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator, ManualClock, Runai};
use serde_json::{Value, json};

use crate::runai_support::{administrator, assert_error, call_api, column, create, start};
use crate::support::Reply;

/// The administrator and three more, a day apart.
async fn staffed() -> (Emulator, String) {
    let clock = ManualClock::new();
    let builder = Emulator::builder(EmulatedVendor::Runai)
        .token_lifetime(Duration::from_secs(1_000_000))
        .clock(clock.clone());
    let emulator = builder
        .start()
        .await
        .unwrap_or_else(|error| unreachable!("{error}"));
    let admin = administrator(&emulator);
    for email in ["cy@b.io", "ann@b.io", "bob@c.io"] {
        clock.advance(Duration::from_secs(86_400));
        create(
            &emulator,
            &admin,
            "/api/v1/users",
            json!({ "email": email }),
        );
    }
    (emulator, admin)
}

fn list(emulator: &Emulator, token: &str, query: &str) -> Reply {
    call_api(
        emulator,
        token,
        "GET",
        &format!("/api/v1/users?{query}"),
        None,
    )
}

#[tokio::test]
async fn filters_order_and_pages_are_as_the_query_asks() {
    let (emulator, admin) = staffed().await;
    let rows: [(&str, &[&str]); 13] = [
        (
            "",
            &["admin@example.com", "cy@b.io", "ann@b.io", "bob@c.io"],
        ),
        ("filterBy=username=@b.io", &["cy@b.io", "ann@b.io"]),
        ("filterBy=username%3D%3Dbob@c.io", &["bob@c.io"]),
        (
            "filterBy=username=@b.io,creationTime%3E=2026-01-03",
            &["ann@b.io"],
        ),
        (
            "filterBy=lastUpdated%3C=2026-01-02T00:00:00Z",
            &["admin@example.com", "cy@b.io"],
        ),
        ("filterBy=isLocal==false", &[]),
        ("filterBy=lastLogin%3E=2000", &["admin@example.com"]),
        (
            "filterBy=createdBy==system,isLocal==true",
            &["admin@example.com"],
        ),
        ("search=B.IO", &["cy@b.io", "ann@b.io"]),
        ("filter=bob", &["bob@c.io"]),
        (
            "sortBy=username",
            &["admin@example.com", "ann@b.io", "bob@c.io", "cy@b.io"],
        ),
        (
            "sortBy=creationTime&sortOrder=desc&limit=2",
            &["bob@c.io", "ann@b.io"],
        ),
        ("offset=3&limit=500", &["bob@c.io"]),
    ];
    for (query, expected) in rows {
        let reply = list(&emulator, &admin, query);
        assert_eq!(reply.status, 200, "{query}");
        assert_eq!(column(&reply.json(), "username"), expected, "{query}");
    }
    for (query, count) in [("", 4), ("filterBy=username=@b.io", 2), ("search=ann", 1)] {
        let path = format!("/api/v1/users/count?{query}");
        let reply = call_api(&emulator, &admin, "GET", &path, None);
        assert_eq!(reply.json(), json!({ "count": count }), "{query}");
    }
}

#[tokio::test]
async fn queries_that_cannot_be_are_400() {
    let (emulator, admin) = staffed().await;
    for query in [
        "limit=0",
        "limit=501",
        "limit=-1",
        "limit=many",
        "offset=-1",
        "sortBy=shoes",
        "sortOrder=up",
        "filterBy=username",
        "filterBy=username==",
        "filterBy=username!=bob",
        "filterBy=shoes==42",
        "filterBy===",
    ] {
        assert_error(&list(&emulator, &admin, query), 400);
    }
}

#[tokio::test]
async fn a_user_is_created_once_and_only_with_an_address() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let post = |body: Value| call_api(&emulator, &admin, "POST", "/api/v1/users", Some(body));
    let new = post(json!({ "email": "a.b+c@d-e.example.org", "resetPassword": true }));
    assert_eq!(new.status, 201);
    let new = new.json();
    assert_eq!(new["username"], "a.b+c@d-e.example.org");
    assert_eq!(new.as_object().unwrap().len(), 3);
    assert_error(&post(json!({ "Email": "A.B+c@d-e.example.org" })), 409);
    for email in [
        "",
        "ann",
        "ann@",
        "@b.io",
        "ann@b",
        "ann@b.i",
        "a b@c.io",
        "ann@b@c.io",
        "ann@b.i0",
    ] {
        assert_error(&post(json!({ "email": email })), 400);
    }
    assert_error(&post(json!({ "username": "ann@b.io" })), 400);

    let one = format!("/api/v1/users/{}", new["id"].as_str().unwrap());
    let shown = call_api(&emulator, &admin, "GET", &one, None).json();
    assert_eq!(shown["username"], new["username"]);
    assert_eq!(shown["createdBy"], "admin@example.com");
    assert_eq!(
        (&shown["isLocal"], &shown["groups"]),
        (&json!(true), &json!([]))
    );
    assert!(shown.get("email").is_none());
    for path in ["x", "x/logout", "x/password"] {
        let method = if path == "x" { "DELETE" } else { "POST" };
        let path = format!("/api/v1/users/{path}");
        assert_error(&call_api(&emulator, &admin, method, &path, None), 404);
    }
}

#[tokio::test]
async fn a_new_user_can_be_answered_as_the_page_shows_it() {
    let builder = Emulator::builder(Runai::new().documented_user_response());
    let emulator = builder.start().await.unwrap();
    let admin = administrator(&emulator);
    let body = json!({ "email": "ann@b.io" });
    let new = create(&emulator, &admin, "/api/v1/users", body);
    assert_eq!(new["email"], "ann@b.io");
    assert!(new["id"].is_string() && new["createdAt"].is_string());
    assert_eq!(new.as_object().unwrap().len(), 3);
}
