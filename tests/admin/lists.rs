//! Lists are whole or an error, and one odd item does not make the others unreadable.

use futures_util::TryStreamExt as _;
use runai_auth::admin::{Admin, FilterOperator, Role};
use runai_auth::auth_core::{ErrorKind, Result};
use serde_json::{Value, json};

use crate::plane::{Plane, Reply, Sent};

fn reply(body: &Value) -> Reply {
    Reply::new(200, body.to_string())
}

/// One page of `all` things that a server grants at most `grants` of at a time.
fn page(sent: &Sent, all: u64, grants: u64) -> (Vec<Value>, u64) {
    let (offset, limit) = (sent.number("offset"), sent.number("limit"));
    let end = offset.saturating_add(limit.min(grants)).min(all);
    let items = (offset.min(end)..end).map(|at| json!({
        "id": at + 1, "name": format!("r{at}"), "username": format!("u{at}"),
        "subjectType": "user", "subjectId": "s", "roleId": 1, "scopeType": "project", "scopeId": "p",
    }));
    (items.collect(), end)
}

async fn count_all(admin: &Admin) -> Result<[usize; 4]> {
    let users: Vec<_> = admin
        .users()
        .list()
        .page_size(50)
        .stream()
        .try_collect()
        .await?;
    let rules: Vec<_> = admin
        .access_rules()
        .list()
        .page_size(50)
        .stream()
        .try_collect()
        .await?;
    let mine: Vec<_> = admin.me().access_rules().try_collect().await?;
    let roles = admin.roles().list().await?;
    Ok([users.len(), rules.len(), mine.len(), roles.len()])
}

/// The same items in the shape of each list.
fn shaped(sent: &Sent, items: Vec<Value>, total: Option<Value>, next: Option<Value>) -> Reply {
    let path = sent.target.split('?').next().unwrap_or_default();
    let mut body = if path.ends_with("/users") {
        return reply(&json!(items));
    } else if path.ends_with("/roles") {
        json!({ "roles": items })
    } else {
        json!({ "accessRules": items })
    };
    if let Some(total) = total {
        body["totalRecords"] = total;
    }
    if let Some(next) = next {
        body["next"] = next;
    }
    if path.contains("/me/") {
        body = json!({ "accessRules": body });
    }
    reply(&body)
}

#[tokio::test]
async fn a_list_is_whole_whatever_the_server_grants() {
    let servers: [fn(&Sent) -> Reply; 7] = [
        |sent| {
            let (items, _) = page(sent, 70, 20);
            shaped(sent, items, Some(json!(70)), None)
        },
        |sent| {
            let (items, end) = page(sent, 70, 20);
            shaped(sent, items, None, (end < 70).then(|| json!(end)))
        },
        |sent| {
            let (items, end) = page(sent, 70, 20);
            let link = format!("https://elsewhere.example.com/roles?offset={end}");
            shaped(
                sent,
                items,
                None,
                Some(if end < 70 { json!(link) } else { json!(null) }),
            )
        },
        |sent| {
            let (items, _) = page(sent, 70, 20);
            shaped(sent, items, None, None)
        },
        |sent| {
            let (items, _) = page(sent, 70, 1);
            shaped(sent, items, Some(json!("70")), None)
        },
        |sent| {
            let (items, _) = page(sent, 70, 20);
            shaped(sent, items, Some(json!(0)), None)
        },
        |sent| {
            let (items, _) = page(sent, 70, 20);
            shaped(sent, items, Some(json!(-1)), None)
        },
    ];
    for server in servers {
        let plane = Plane::computing(server);
        assert_eq!(count_all(&plane.admin()).await.unwrap(), [70; 4]);
    }
}

#[tokio::test]
async fn a_role_on_a_later_page_is_found() {
    let plane = Plane::computing(|sent| {
        let (items, end) = page(sent, 70, 20);
        shaped(sent, items, None, (end < 70).then(|| json!(end)))
    });
    let role = plane.admin().roles().by_name("r50").await.unwrap();
    assert_eq!(role.id.as_str(), "51");
}

#[tokio::test]
async fn a_list_that_cannot_be_whole_is_an_error_soon() {
    let ignored = Plane::computing(|sent| {
        let (items, _) = page(sent, 70, 50);
        let items = if sent.number("offset") == 0 {
            items
        } else {
            page(&first(sent), 70, 50).0
        };
        shaped(
            sent,
            items,
            Some(json!(70)),
            Some(json!(sent.number("offset"))),
        )
    });
    let endless = Plane::computing(|sent| {
        let (items, _) = page(sent, u64::MAX, 500);
        shaped(sent, items, None, None)
    });
    let short = Plane::computing(|sent| {
        let (items, _) = page(sent, 40, 20);
        shaped(sent, items, Some(json!(100)), None)
    });
    for (plane, most) in [(ignored, 5), (endless, 2_001), (short, 6)] {
        let admin = plane.admin();
        let rules = admin.access_rules().list().page_size(50).stream();
        let error = rules.try_collect::<Vec<_>>().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error:?}");
        assert!(!error.is_retryable() && error.vendor() == Some("runai"));
        assert!(plane.sent().len() <= most, "{}", plane.sent().len());
    }
}

fn first(sent: &Sent) -> Sent {
    let offset = format!("offset={}", sent.number("offset"));
    Sent {
        target: sent.target.replace(&offset, "offset=0"),
        ..sent.clone()
    }
}

#[tokio::test]
async fn a_server_that_returns_everything_at_once_is_believed() {
    for (items, size) in [(3, 500), (70, 7)] {
        let plane = Plane::computing(|sent| {
            // Neither limit nor offset means anything to it.
            let all = if sent.number("limit") == 7 { 70 } else { 3 };
            let users: Vec<_> = (0..all).map(|id| json!({"id": format!("i{id}")})).collect();
            reply(&json!(users))
        });
        let admin = plane.admin();
        let users = admin.users().list().page_size(size).stream();
        assert_eq!(users.try_collect::<Vec<_>>().await.unwrap().len(), items);
        assert_eq!(plane.sent().len(), 2);
    }
}

#[tokio::test]
async fn a_filtered_list_may_count_what_the_filter_leaves_out() {
    let plane = Plane::computing(|sent| {
        let (items, _) = page(sent, 3, 500);
        shaped(sent, items, Some(json!(1_000)), None)
    });
    let admin = plane.admin();
    let rules = admin
        .access_rules()
        .list()
        .filter("roleId", FilterOperator::Equals, 1)
        .stream();
    assert_eq!(rules.try_collect::<Vec<_>>().await.unwrap().len(), 3);
}

#[tokio::test]
async fn one_odd_item_does_not_make_a_list_unreadable() {
    let odd = [
        json!({"id": 7, "name": 12, "clientId": 13, "username": 14, "enabled": "true", "isLocal": "false", "groups": "none"}),
        json!({"name": null, "createdAt": {"seconds": 1}, "permissions": [null, 7, {"actions": ["read", 7, null]}]}),
        json!({"id": null, "roleId": "r-7", "tenantId": "t-1", "subjectId": 9, "subjectType": 3, "status": "Ready"}),
        json!({"id": {"deep": 1}, "tenantId": 5, "scopeId": ["x"], "status": {"phase": 4}}),
        json!(null),
        json!("text"),
        json!([1]),
        json!({"id": "9", "roleId": 3, "name": "good", "groups": ["g", 7, null]}),
    ];
    let bare = Plane::answering([reply(&json!(odd))]).admin();
    let keys = Plane::answering([reply(&json!({"accessKeys": odd}))]).admin();
    let roles = Plane::answering([reply(&json!({"roles": odd, "next": null}))]).admin();
    let rules = Plane::answering([reply(&json!({"accessRules": odd, "totalRecords": 8}))]).admin();
    let mine = Plane::answering([reply(
        &json!({"accessRules": {"accessRules": odd, "totalRecords": 8}}),
    )])
    .admin();
    assert_eq!(bare.applications().list().await.unwrap().len(), 8);
    assert_eq!(
        bare.service_accounts().list().await.unwrap()[7].name,
        "good"
    );
    assert_eq!(bare.user_applications().list().await.unwrap().len(), 8);
    assert_eq!(
        bare.user_applications()
            .admin_list(None, None)
            .await
            .unwrap()
            .len(),
        8
    );
    assert_eq!(
        bare.roles().list_details().await.unwrap()[1]
            .permissions
            .len(),
        3
    );
    assert_eq!(bare.permissions().list().await.unwrap().len(), 8);
    assert_eq!(keys.access_keys().list().await.unwrap()[0].client_id, "13");
    assert_eq!(
        keys.access_keys()
            .admin_list(None, None)
            .await
            .unwrap()
            .len(),
        8
    );
    let roles: Vec<Role> = roles.roles().list().await.unwrap();
    assert_eq!((roles.len(), roles[0].name.as_str()), (8, "12"));
    let users: Vec<_> = bare.users().list().stream().try_collect().await.unwrap();
    assert_eq!((users.len(), users[0].is_local), (8, Some(false)));
    assert_eq!(users[7].groups, ["g", "7"]);
    let all: Vec<_> = rules
        .access_rules()
        .list()
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!((all.len(), all[0].id, all[7].id), (8, 7, 9));
    assert_eq!(
        (all[2].role_id.as_str(), all[2].tenant_id.as_deref()),
        ("r-7", Some("t-1"))
    );
    assert_eq!(
        (all[2].subject.id.as_str(), all[3].tenant_id.as_deref()),
        ("9", Some("5"))
    );
    let all: Vec<_> = mine.me().access_rules().try_collect().await.unwrap();
    assert_eq!(all.len(), 8);
}

#[tokio::test]
async fn a_list_in_another_envelope_is_read_and_none_at_all_is_an_error() {
    for body in [
        json!([{"id": "1"}]),
        json!({"users": [{"id": "1"}], "next": null}),
    ] {
        let admin = Plane::answering([reply(&body)]).admin();
        let users: Vec<_> = admin.users().list().stream().try_collect().await.unwrap();
        assert_eq!(users[0].id, "1");
    }
    for body in [
        json!({}),
        json!({"accessRules": null}),
        json!({"accessRules": {"a": 1}}),
        json!("x"),
        json!(7),
    ] {
        let admin = Plane::answering([reply(&body)]).admin();
        let error = admin.access_rules().list().page(0).await.unwrap_err();
        assert!(error.to_string().contains("accessRules"), "{error}");
        assert!(admin.applications().list().await.is_err(), "{body}");
        assert!(admin.users().list().page(0).await.is_err(), "{body}");
        assert!(admin.roles().list().await.is_err(), "{body}");
    }
}

#[tokio::test]
async fn names_of_a_server_are_cleaned_and_cut_in_errors() {
    let plane = Plane::computing(|sent| {
        let (offset, limit) = (sent.number("offset"), sent.number("limit"));
        let roles = (offset..(offset + limit).min(40_000)).map(|at| {
            json!({"id": at, "name": format!("role {at}\r\nERROR forged \u{202e}\u{1b}[31m{}", "x".repeat(100))})
        });
        reply(
            &json!({"roles": roles.collect::<Vec<_>>(), "next": (offset + limit < 40_000).then_some(1)}),
        )
    });
    let error = plane.admin().roles().by_name("Archduke").await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.len() < 1_300 && text.ends_with("and 39980 more"),
        "{text}"
    );
    assert!(
        !text.chars().any(|c| c.is_control() || c == '\u{202e}'),
        "{text:?}"
    );

    let same = json!({"roles": [{"id": "a\nb", "name": "Viewer"}, {"id": "c", "name": "Viewer"}], "next": null});
    let error = Plane::answering([reply(&same)])
        .admin()
        .roles()
        .by_name("Viewer")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("a b, c"), "{error}");
}

#[tokio::test]
async fn the_words_of_the_api_about_a_404_are_kept() {
    let body = r#"{"code":404,"message":"tenant is being deleted"}"#;
    let admin = Plane::answering([Reply::new(404, body)]).admin();
    for error in [
        admin
            .users()
            .create(runai_auth::admin::NewUser::new("a@b.io"))
            .await
            .unwrap_err(),
        admin.applications().list().await.unwrap_err(),
        admin.roles().list().await.unwrap_err(),
        admin.users().get("7").await.unwrap_err(),
    ] {
        assert!(
            error.to_string().contains("tenant is being deleted"),
            "{error}"
        );
        assert_eq!(error.error_code(), None);
    }
    // Without words, only a path without an id says that it is the call which is missing.
    for body in ["", "404 page not found", "{}"] {
        let admin = Plane::answering([Reply::new(404, body)]).admin();
        let error = admin.applications().list().await.unwrap_err();
        assert_eq!(error.error_code(), Some("operation_missing"), "{body}");
        let error = admin.users().get("7").await.unwrap_err();
        assert_eq!(error.error_code(), None, "{body}");
    }
}

#[tokio::test]
async fn a_list_of_countless_tiny_items_is_refused_before_it_fills_the_memory() {
    let body = format!("[{}{{}}]", "{},".repeat(60_000));
    let admin = Plane::answering([Reply::new(200, body.as_str())]).admin();
    let error = admin.roles().list().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.to_string().contains("smaller pages"), "{error}");
}
