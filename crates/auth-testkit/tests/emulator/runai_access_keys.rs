//! Run:ai's access keys, under both of their names.

use serde_json::{Value, json};

use crate::runai_support::{
    administrator, assert_error, call_api, client_sign_in, column, create, start,
};
use crate::support::{decode, sign_in};

const KEYS: &str = "/api/v1/access-keys";
const OLD: &str = "/api/v1/user-applications";

#[tokio::test]
async fn a_key_speaks_for_whom_it_belongs_to() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    for (path, secret) in [(KEYS, "clientSecret"), (OLD, "secret")] {
        let new = create(&emulator, &admin, path, json!({ "name": "laptop" }));
        assert_eq!(new.as_object().unwrap().len(), 5, "{new}");
        let token = client_sign_in(&emulator, &new["clientId"], &new[secret]).token();
        let (_, claims) = decode(&token);
        assert_eq!(claims["preferred_username"], "admin@example.com");
        assert_eq!(claims["client_id"], new["clientId"]);
        let read = call_api(&emulator, &token, "GET", "/api/v1/users", None);
        assert_eq!(read.status, 200);

        let one = format!("{path}/{}", new["id"].as_str().unwrap());
        let shown = call_api(&emulator, &admin, "GET", &one, None).json();
        assert_eq!(shown["name"], "laptop");
        assert!(shown["lastLogin"].is_string());
        let renewed = call_api(&emulator, &admin, "POST", &format!("{one}/secret"), None).json();
        assert_error(
            &client_sign_in(&emulator, &new["clientId"], &new[secret]),
            400,
        );
        let reply = client_sign_in(&emulator, &new["clientId"], &renewed["clientSecret"]);
        assert_eq!(reply.status, 200);

        assert_eq!(
            call_api(&emulator, &admin, "DELETE", &one, None).status,
            204
        );
        assert_error(
            &call_api(&emulator, &token, "GET", "/api/v1/users", None),
            401,
        );
        assert_error(&call_api(&emulator, &admin, "DELETE", &one, None), 404);
    }
}

#[tokio::test]
async fn both_names_list_the_same_keys() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    create(&emulator, &admin, KEYS, json!({ "name": "laptop" }));
    create(&emulator, &admin, OLD, json!({ "name": "tablet" }));
    let get = |path: &str| call_api(&emulator, &admin, "GET", path, None).json();
    let old = get(OLD);
    assert_eq!(column(&old, "name"), ["laptop", "tablet"]);
    assert_eq!(get(KEYS), json!({ "accessKeys": old }));
    let error = call_api(
        &emulator,
        &admin,
        "POST",
        KEYS,
        Some(json!({ "name": "tablet" })),
    );
    assert_error(&error, 409);
    let error = call_api(
        &emulator,
        &admin,
        "POST",
        OLD,
        Some(json!({ "name": "Tablet" })),
    );
    assert_error(&error, 400);
}

#[tokio::test]
async fn the_administration_sees_everybodys_keys_and_others_only_their_own() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    let robot = sign_in(&emulator).token();
    let key = create(&emulator, &admin, KEYS, json!({ "name": "laptop" }));
    create(&emulator, &robot, KEYS, json!({ "name": "laptop" }));
    let own = call_api(&emulator, &robot, "GET", KEYS, None).json();
    assert_eq!(own["accessKeys"].as_array().unwrap().len(), 1);
    let one = format!("{KEYS}/{}", key["id"].as_str().unwrap());
    assert_error(&call_api(&emulator, &robot, "GET", &one, None), 404);
    assert_error(&call_api(&emulator, &robot, "DELETE", &one, None), 404);

    let all = |query: &str| {
        let path = format!("/api/v1/administration/access-keys?{query}");
        let keys = call_api(&emulator, &robot, "GET", &path, None).json();
        column(&keys["accessKeys"], "createdBy")
    };
    assert_eq!(all(""), ["admin@example.com", "demo-application"]);
    assert_eq!(all("createdBy=demo-application"), ["demo-application"]);
    let query = format!("clientId={}", key["clientId"].as_str().unwrap());
    assert_eq!(all(&query), ["admin@example.com"]);
    let old = "/api/v1/administration/user-applications";
    let keys: Value = call_api(&emulator, &admin, "GET", old, None).json();
    assert_eq!(keys.as_array().unwrap().len(), 2);
    let one = format!("{old}/{}", key["id"].as_str().unwrap());
    assert_eq!(
        call_api(&emulator, &robot, "DELETE", &one, None).status,
        204
    );
    assert_error(&call_api(&emulator, &robot, "DELETE", &one, None), 404);
}

#[tokio::test]
async fn nobody_has_more_than_twenty_keys() {
    let emulator = start().await;
    let admin = administrator(&emulator);
    for number in 0..20 {
        create(
            &emulator,
            &admin,
            KEYS,
            json!({ "name": format!("key-{number}") }),
        );
    }
    let one_more = Some(json!({ "name": "key-20" }));
    assert_error(
        &call_api(&emulator, &admin, "POST", KEYS, one_more.clone()),
        400,
    );
    let robot = sign_in(&emulator).token();
    assert_eq!(
        call_api(&emulator, &robot, "POST", KEYS, one_more).status,
        201
    );
}
