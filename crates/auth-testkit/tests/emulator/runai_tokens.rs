//! Run:ai's two token APIs.

use auth_testkit::{EmulatedVendor, Emulator};
use serde_json::json;

use crate::runai_support::{assert_error, v1};
use crate::support::{
    FORM, JSON, call, decode, get, post_basic, post_form, send, sign_in, sign_in_as,
};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

async fn start() -> Emulator {
    Emulator::start(EmulatedVendor::Runai)
        .await
        .unwrap_or_else(|error| unreachable!("{error}"))
}

#[tokio::test]
async fn version_1_takes_keys_in_any_case() {
    let emulator = start().await;
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    let keys = [
        ("grantType", "clientID", "clientSecret"),
        ("grantType", "clientId", "clientSecret"),
        ("GRANTTYPE", "clientid", "ClientSecret"),
        ("GrantType", "AppId", "AppSecret"),
        ("grantType", "appID", "appSecret"),
    ];
    for grant in ["client_credentials", "app_token"] {
        for (grant_key, id_key, secret_key) in keys {
            let reply = v1(
                &emulator,
                &json!({ grant_key: grant, id_key: id, secret_key: secret }),
            );
            let expected = json!({ "accessToken": reply.token(), "expiresIn": 3600 });
            assert_eq!(reply.json(), expected, "{id_key}");
            assert_eq!(call(&emulator, &reply.token()).status, 200);
        }
    }
    let underscored = json!({ "grantType": GRANT.1, "client_id": id, "client_secret": secret });
    assert_error(&v1(&emulator, &underscored), 400);
}

#[tokio::test]
async fn version_1_refuses_with_code_and_message() {
    let emulator = start().await;
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    let client = |grant: &str, id: &str, secret: &str| {
        v1(
            &emulator,
            &json!({ "grantType": grant, "clientID": id, "clientSecret": secret }),
        )
    };
    assert_error(&client(GRANT.1, id, "wrong"), 400);
    assert_error(&client(GRANT.1, "unknown", secret), 400);
    assert_error(&client("app_token", id, "wrong"), 400);
    assert_error(&client(GRANT.1, id, ""), 400);
    assert_error(
        &v1(
            &emulator,
            &json!({ "clientID": id, "clientSecret": secret }),
        ),
        400,
    );
    for grant in [
        "refresh_token",
        "exchange_token",
        "external_token_exchange",
        "magic",
        "",
    ] {
        assert_error(&client(grant, id, secret), 400);
    }
    for body in [json!([]), json!("text"), json!({ "grantType": 7 })] {
        assert_error(&v1(&emulator, &body), 400);
    }
    let url = format!("{}/api/v1/token", emulator.base_url());
    let form = b"grant_type=client_credentials";
    assert_error(&send("POST", &url, &[("content-type", FORM)], form), 400);
    assert_error(&get(&emulator, "/api/v1/token"), 405);
    emulator.disable_client();
    assert_error(&client(GRANT.1, id, secret), 400);
}

#[tokio::test]
async fn version_2_answers_as_rfc_6749_says() {
    let emulator = start().await;
    assert_eq!(
        emulator.token_url(),
        format!("{}/api/v2/token", emulator.base_url())
    );
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    for reply in [
        sign_in(&emulator),
        post_basic(&emulator, id, secret, &[GRANT]),
    ] {
        let token = reply.token();
        let expected = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 });
        assert_eq!(reply.json(), expected);
        assert_eq!(call(&emulator, &token).status, 200);
    }
}

#[tokio::test]
async fn version_2_takes_basic_as_it_is_and_form_encoded() {
    let builder = Emulator::builder(EmulatedVendor::Runai)
        .client_id("an id")
        .client_secret("50% & +");
    let emulator = builder.start().await.unwrap();
    assert_eq!(
        post_basic(&emulator, "an id", "50% & +", &[GRANT]).status,
        200
    );
    assert_eq!(
        post_basic(&emulator, "an+id", "50%25+%26+%2B", &[GRANT]).status,
        200
    );
}

#[tokio::test]
async fn version_2_refuses_as_rfc_6749_says() {
    let emulator = start().await;
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    let client = [("client_id", id), ("client_secret", secret)];
    let refused = (401, "invalid_client".to_owned());
    assert_eq!(sign_in_as(&emulator, id, "wrong").oauth_error(), refused);
    assert_eq!(
        sign_in_as(&emulator, "unknown", secret).oauth_error(),
        refused
    );
    assert_eq!(
        post_basic(&emulator, id, "wrong", &[GRANT]).oauth_error(),
        refused
    );
    assert_eq!(post_form(&emulator, &[GRANT]).oauth_error(), refused);
    let invalid = (400, "invalid_request".to_owned());
    assert_eq!(post_form(&emulator, &client).oauth_error(), invalid);
    assert_eq!(
        post_form(&emulator, &[GRANT, GRANT, client[0], client[1]]).oauth_error(),
        invalid
    );
    let both = post_basic(&emulator, id, secret, &[GRANT, client[0], client[1]]);
    assert_eq!(both.oauth_error(), invalid);
    let json = send(
        "POST",
        emulator.token_url(),
        &[("content-type", JSON)],
        b"{}",
    );
    assert_eq!(json.oauth_error(), invalid);
    for grant in ["authorization_code", "magic"] {
        let reply = post_form(&emulator, &[("grant_type", grant), client[0], client[1]]);
        assert_eq!(
            reply.oauth_error(),
            (400, "unsupported_grant_type".to_owned()),
            "{grant}"
        );
    }
    emulator.disable_client();
    assert_eq!(sign_in(&emulator).oauth_error(), refused);
}

#[tokio::test]
async fn the_administrator_signs_in_with_a_password_at_both_versions() {
    let emulator = start().await;
    let (name, password) = (emulator.username().unwrap(), emulator.password().unwrap());
    let json = |password: &str| {
        v1(
            &emulator,
            &json!({ "grantType": "password", "username": name, "password": password }),
        )
    };
    let form = |password: &str| {
        let grant = ("grant_type", "password");
        post_form(
            &emulator,
            &[grant, ("username", name), ("password", password)],
        )
    };
    for reply in [json(password), form(password)] {
        let (_, claims) = decode(&reply.token());
        assert_eq!(claims["email"], name);
        assert_eq!(claims["tenant_id"], 1001);
        assert!(claims.get("client_id").is_none());
        assert_eq!(call(&emulator, &reply.token()).status, 200);
    }
    assert_error(&json("wrong"), 400);
    assert_error(&json(""), 400);
    assert_eq!(
        form("wrong").oauth_error(),
        (400, "invalid_grant".to_owned())
    );
    assert_eq!(form("").oauth_error(), (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn a_client_that_is_named_beside_a_password_must_exist() {
    let emulator = start().await;
    let user = [
        ("grant_type", "password"),
        ("username", emulator.username().unwrap()),
        ("password", emulator.password().unwrap()),
    ];
    let with = |fields: &[(&str, &str)]| post_form(&emulator, &[&user, fields].concat());
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    assert_eq!(
        with(&[("client_id", id), ("client_secret", secret)]).status,
        200
    );
    let refused = (401, "invalid_client".to_owned());
    assert_eq!(with(&[("client_id", "")]).oauth_error(), refused);
    assert_eq!(with(&[("client_id", "unknown")]).oauth_error(), refused);
}

#[tokio::test]
async fn tokens_name_tenant_and_client() {
    let emulator = start().await;
    let (header, claims) = decode(&sign_in(&emulator).token());
    assert_eq!(header["typ"], "JWT");
    assert_eq!(claims["tenant_id"], json!(1001));
    assert_eq!(claims["client_id"], emulator.client_id());
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        3600
    );
    assert!(claims["sub"].is_string() && claims["iss"].is_string() && claims["jti"].is_string());
}
