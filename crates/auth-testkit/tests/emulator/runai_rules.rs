//! Run:ai's access rules, one by one and in batches.

use auth_testkit::Emulator;
use serde_json::{Value, json};

use crate::runai_support::{
    RULES, administrator, assert_error, call_api, column, create, project_id, start, tenant_rule,
};

fn list(emulator: &Emulator, token: &str, query: &str) -> Value {
    let reply = call_api(emulator, token, "GET", &format!("{RULES}?{query}"), None);
    assert_eq!(reply.status, 200, "{query}: {}", reply.text());
    reply.json()
}

#[tokio::test]
async fn a_rule_is_created_shown_and_deleted() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let project = project_id(&emulator, &admin, "team-a");
    let body = json!({
        "SubjectId": "researchers", "subjectType": "group", "roleId": 1029,
        "scopeId": project, "scopeType": "project", "clusterId": "71f69d83-ba66-4822-adf5-55ce55efd210",
    });
    let rule = create(&emulator, &admin, RULES, body.clone());
    assert_eq!(rule["roleName"], "L1 researcher");
    assert_eq!(rule["clusterId"], "71f69d83-ba66-4822-adf5-55ce55efd210");
    assert_eq!(
        (&rule["tenantId"], &rule["status"]["phase"]),
        (&json!(1001), &json!("Ready"))
    );
    assert_eq!(rule["createdBy"], "admin@example.com");
    assert_error(
        &call_api(&emulator, &admin, "POST", RULES, Some(body.clone())),
        400,
    );
    let one = format!("{RULES}/{}", rule["id"].as_u64().unwrap());
    let mut shown = call_api(&emulator, &admin, "GET", &one, None).json();
    assert_eq!(
        shown.as_object_mut().unwrap().remove("scopePath"),
        Some(Value::Null)
    );
    assert_eq!(shown, rule);

    assert_eq!(
        call_api(&emulator, &admin, "DELETE", &one, None).status,
        204
    );
    for method in ["GET", "DELETE"] {
        assert_error(&call_api(&emulator, &admin, method, &one, None), 404);
    }
    let total = |query: &str| list(&emulator, &admin, query)["totalRecords"].clone();
    assert_eq!(
        (total(""), total("includeDeleted=true")),
        (json!(2), json!(3))
    );
    assert_eq!(total("includeDeleted=true&filterBy=phase==Deleting"), 1);
    create(&emulator, &admin, RULES, body);
}

#[tokio::test]
async fn a_rule_that_cannot_be_is_refused() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let good = tenant_rule("user", &json!("ann@b.io"), &json!(1029));
    let rows = [
        ("subjectId", Value::Null, 400),
        ("subjectType", json!("robot"), 400),
        ("scopeType", json!("planet"), 400),
        ("scopeId", json!(""), 400),
        ("scopeId", json!("1002"), 404),
        ("roleId", Value::Null, 400),
        ("roleId", json!(-1), 400),
        ("roleId", json!(true), 400),
        ("roleId", json!(1), 404),
        ("roleId", json!("Viewer"), 400),
    ];
    for (name, value, status) in rows {
        let mut body = good.clone();
        body[name] = value;
        assert_error(
            &call_api(&emulator, &admin, "POST", RULES, Some(body)),
            status,
        );
    }
    create(&emulator, &admin, RULES, good);
}

#[tokio::test]
async fn lists_have_totals_filters_and_pages_of_fifty() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    for number in 0..60 {
        let subject = json!(format!("user{number:02}@b.io"));
        create(
            &emulator,
            &admin,
            RULES,
            tenant_rule("user", &subject, &json!(1029)),
        );
    }
    let counts = |query: &str| {
        let page = list(&emulator, &admin, query);
        let length = page["accessRules"].as_array().unwrap().len();
        assert_eq!(page["displayRecords"], length);
        (page["totalRecords"].as_u64().unwrap(), length)
    };
    let rows = [
        ("", (62, 50)),
        ("limit=500", (62, 62)),
        ("offset=50", (62, 12)),
        ("offset=62", (62, 0)),
        ("subjectType=app", (1, 1)),
        ("subjectType=user&limit=7", (61, 7)),
        ("subjectIdFilter=user1", (10, 10)),
        ("subjectIds=user01@b.io,user02@b.io,nobody", (2, 2)),
        ("roleId=1013", (2, 2)),
        ("scopeType=project", (0, 0)),
        ("scopeType=tenant&scopeId=1001", (62, 50)),
        ("clusterId=x", (0, 0)),
        ("lastUpdated=2000-01-01T00:00:00Z", (62, 50)),
        ("lastUpdated=2999-01-01T00:00:00Z", (0, 0)),
        ("search=USER05", (1, 1)),
        ("filterBy=subjectId=%5Euser0,subjectId=$5@b.io", (1, 1)),
        ("filterBy=roleName!=L1%20researcher", (2, 2)),
        ("filterBy=subjectId!@user,subjectType==user", (1, 1)),
        ("filterBy=roleId%3C=1013", (2, 2)),
        ("filterBy=deletedAt!=x&limit=1", (62, 1)),
    ];
    for (query, expected) in rows {
        assert_eq!(counts(query), expected, "{query}");
    }
    let page = list(&emulator, &admin, "sortBy=subjectId&sortOrder=desc&limit=1");
    assert_eq!(column(&page["accessRules"], "subjectId"), ["user59@b.io"]);
    let path = format!("{RULES}/count?filterBy=subjectId=@user");
    let count = call_api(&emulator, &admin, "GET", &path, None).json();
    assert_eq!(count, json!({ "count": 60 }));
    for query in [
        "limit=0",
        "limit=501",
        "roleId=Viewer",
        "filterBy=shoes==1",
        "includeDeleted=maybe",
    ] {
        let path = format!("{RULES}?{query}");
        assert_error(&call_api(&emulator, &admin, "GET", &path, None), 500);
    }
}

#[tokio::test]
async fn a_batch_deletes_what_it_can_and_says_what_it_could_not() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let ids: Vec<String> = ["ann@b.io", "bob@b.io"]
        .map(|subject| {
            let rule = tenant_rule("user", &json!(subject), &json!(1029));
            create(&emulator, &admin, RULES, rule)["id"].to_string()
        })
        .into();
    let missing = "71f69d83-ba66-4822-adf5-55ce55efd210";
    let asked = json!([ids[0], missing, ids[1]]);
    let batch = |action: &str, ids: &Value| {
        let body = json!({ "action": action, "ids": ids });
        call_api(
            &emulator,
            &admin,
            "POST",
            &format!("{RULES}/batch"),
            Some(body),
        )
    };
    for action in ["validate_delete", "delete"] {
        let reply = batch(action, &asked);
        assert_eq!(reply.status, 200);
        let reply = reply.json();
        assert_eq!(reply["id"].as_str().unwrap().len(), 36);
        assert_eq!(reply["succeeded"], json!(ids));
        let failed = json!({ "id": missing, "code": 404, "message": "access rule not found" });
        assert_eq!(reply["failed"], json!([failed]));
    }
    let reply = batch("delete", &asked).json();
    assert_eq!(reply["succeeded"], json!([]));
    assert_eq!(reply["failed"].as_array().unwrap().len(), 3);
    assert_error(&batch("destroy", &asked), 400);
    for ids in [
        json!([]),
        json!([1]),
        json!(["7", ""]),
        json!("1"),
        Value::Null,
    ] {
        assert_error(&batch("delete", &ids), 400);
    }
}

#[tokio::test]
async fn a_batch_creates_every_pair_it_can() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    create(
        &emulator,
        &admin,
        RULES,
        tenant_rule("user", &json!("ann@b.io"), &json!(1029)),
    );
    let post = |body: Value| {
        call_api(
            &emulator,
            &admin,
            "POST",
            &format!("{RULES}/batch-create"),
            Some(body),
        )
    };
    let subject = |id: &str| json!({ "subjectId": id, "subjectType": "user" });
    let project = project_id(&emulator, &admin, "team-a");
    let payload = json!({
        "roleId": 1029,
        "subjects": [subject("ann@b.io"), subject("bob@b.io")],
        "scopes": [
            { "scopeId": "1001", "scopeType": "tenant" },
            { "scopeId": project, "scopeType": "project" },
        ],
    });
    let reply = post(json!({ "payload": payload }));
    assert_eq!(reply.status, 200);
    let reply = reply.json();
    assert_eq!(reply["succeeded"].as_array().unwrap().len(), 3);
    assert_eq!(reply["succeeded"][0]["roleName"], "L1 researcher");
    let failed = json!([{
        "payload": tenant_rule("user", &json!("ann@b.io"), &json!(1029)),
        "code": 409,
        "message": "access rule already exists",
    }]);
    assert_eq!(reply["failed"], failed);
    for name in ["roleId", "subjects", "scopes"] {
        let mut payload = payload.clone();
        payload[name] = Value::Null;
        assert_error(&post(json!({ "payload": payload })), 400);
    }
    assert_error(&post(payload), 400);
}

#[tokio::test]
async fn everybody_may_see_their_own_rules() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let path = "/api/v1/authorization/me/access-rules";
    let mine = call_api(&emulator, &admin, "GET", path, None).json();
    let page = &mine["accessRules"];
    assert_eq!(
        (&page["totalRecords"], &page["displayRecords"]),
        (&json!(1), &json!(1))
    );
    let rule = &page["accessRules"][0];
    assert_eq!(rule["subjectId"], "admin@example.com");
    assert_eq!(
        (&rule["scopeId"], &rule["tenantId"]),
        (&json!("1001"), &json!(1001))
    );
    assert!(rule.get("createdBy").is_none());
    let count = call_api(&emulator, &admin, "GET", &format!("{path}/count"), None).json();
    assert_eq!(count, json!({ "count": 1 }));
}
