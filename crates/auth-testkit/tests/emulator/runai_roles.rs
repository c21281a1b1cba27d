//! Run:ai's roles of both versions, permissions and permitted scopes.

use std::collections::HashSet;

use auth_testkit::ControlPlane;
use serde_json::{Value, json};

use crate::runai_support::{
    RULES, administrator, assert_error, call_api, column, create, start, start_at, tenant_rule,
};

const V1: &str = "/api/v1/authorization/roles";
const V2: &str = "/api/v2/authorization/roles";

#[tokio::test]
async fn roles_of_version_1_have_numbers_in_no_order() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let list = call_api(&emulator, &admin, "GET", V1, None).json();
    let names = column(&list, "name");
    assert!(names.len() >= 12 && names.is_sorted());
    for name in [
        "System administrator",
        "Department administrator",
        "L1 researcher",
        "Viewer",
    ] {
        assert!(names.iter().any(|other| other == name), "{name}");
    }
    let ids: Vec<u64> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    assert!(!ids.is_sorted());
    let one = call_api(&emulator, &admin, "GET", &format!("{V1}/{}", ids[3]), None).json();
    assert_eq!(one, list[3]);
    assert!(one["permissions"][0]["actions"].is_array());
    assert_error(
        &call_api(&emulator, &admin, "GET", &format!("{V1}/1"), None),
        404,
    );

    let other = start().await;
    let again = call_api(&other, &administrator(&other), "GET", V1, None).json();
    assert_eq!(list, again, "a test may know an id");
}

#[tokio::test]
async fn roles_of_version_2_come_in_pages() {
    let emulator = start_at(ControlPlane::V3_0).await;
    let admin = administrator(&emulator);
    let get = |query: &str| call_api(&emulator, &admin, "GET", &format!("{V2}{query}"), None);
    let all = get("").json();
    assert!(all.get("next").is_none());
    let names = column(&all["roles"], "name");

    let (mut paged, mut offset) = (Vec::new(), 0);
    loop {
        let page = get(&format!("?limit=5&offset={offset}")).json();
        paged.extend(column(&page["roles"], "name"));
        match page["next"].as_u64() {
            Some(next) => offset = next,
            None => break,
        }
    }
    assert_eq!(paged, names);
    let viewers = get("?filterBy=name=@viewer&sortBy=name&sortOrder=desc").json();
    let expected = ["Viewer", "Department viewer"];
    assert_eq!(column(&viewers["roles"], "name"), expected);
    for query in ["?limit=0", "?limit=501", "?offset=x", "?filterBy=shoes==1"] {
        assert_error(&get(query), 500);
    }

    let role = &all["roles"][0];
    let one = get(&format!("/{}", role["id"])).json();
    assert_eq!(&one, role);
    assert_eq!(one["permissionSets"][0]["id"].as_str().unwrap().len(), 36);
    assert_error(&get("/1"), 404);
    let body = tenant_rule("user", &json!("ann@b.io"), &role["id"]);
    let rule = create(&emulator, &admin, RULES, body);
    assert_eq!(rule["roleName"], role["name"]);
}

#[tokio::test]
async fn permissions_and_permitted_scopes_ask_for_no_rights() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let new = create(
        &emulator,
        &admin,
        "/api/v1/apps",
        json!({ "name": "robot" }),
    );
    let client = (&new["clientId"], &new["secret"]);
    let robot = crate::runai_support::client_sign_in(&emulator, client.0, client.1).token();
    let path = "/api/v1/authorization/permissions";
    let permissions = call_api(&emulator, &robot, "GET", path, None).json();
    assert_eq!(permissions.as_array().unwrap().len(), 43);
    assert_eq!(permissions[4]["displayName"], "Cluster config");

    let scopes = |token: &str, body: Value| {
        let path = "/api/v1/authorization/permitted-scopes";
        call_api(&emulator, token, "POST", path, Some(body))
    };
    let all = scopes(&admin, json!({ "resourceType": "users" })).json();
    for action in ["create", "read", "update", "delete"] {
        assert_eq!(all[action]["tenants"], json!(["1001"]));
    }
    let one = scopes(&admin, json!({ "resourceType": "users", "action": "read" })).json();
    assert_eq!(one["read"]["tenants"], json!(["1001"]));
    assert_eq!(one["delete"]["tenants"], json!([]));
    let none = scopes(&robot, json!({ "resourceType": "users" })).json();
    assert_eq!(none["read"]["tenants"], json!([]));
    for body in [
        json!({}),
        json!({ "resourceType": "shoes" }),
        json!({ "resourceType": "users", "action": "wear" }),
    ] {
        assert_error(&scopes(&admin, body), 500);
    }
}
