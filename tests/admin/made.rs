//! Nothing that exists once is lost: what comes of a create is handed over, and what lacks is said, whatever the answer is.

use runai_auth::admin::{AccessScope, Admin, ClientWithSecret, NewAccessRule, NewUser, Subject};
use runai_auth::auth_core::{Error, ErrorKind, Result, Secret};

use crate::calls::{CALLS, ID, Run};
use crate::plane::{Plane, Reply};

type Create = for<'a> fn(
    &'a Admin,
) -> std::pin::Pin<
    Box<dyn Future<Output = Result<ClientWithSecret>> + Send + 'a>,
>;
type Renew =
    for<'a> fn(&'a Admin) -> std::pin::Pin<Box<dyn Future<Output = Result<Secret>> + Send + 'a>>;

/// What is made with a secret: the kind, the secret's usual member, whether the name stands in for a client id, and the call.
const CREATES: [(&str, &str, bool, Create); 4] = [
    ("application", "secret", true, |admin| {
        Box::pin(async { admin.applications().create("new-name").await })
    }),
    ("service account", "clientSecret", true, |admin| {
        Box::pin(async { admin.service_accounts().create("new-name").await })
    }),
    ("access key", "clientSecret", false, |admin| {
        Box::pin(async { admin.access_keys().create("new-name").await })
    }),
    ("user application", "secret", false, |admin| {
        Box::pin(async { admin.user_applications().create("new-name").await })
    }),
];

/// What makes a secret anew, and the member that it is in.
const RENEWALS: [(&str, &str, Renew); 5] = [
    ("new secret of application", "secret", |admin| {
        Box::pin(async { admin.applications().regenerate_secret(ID).await })
    }),
    ("new secret of service account", "clientSecret", |admin| {
        Box::pin(async { admin.service_accounts().regenerate_secret(ID).await })
    }),
    ("new secret of access key", "clientSecret", |admin| {
        Box::pin(async { admin.access_keys().regenerate_secret(ID).await })
    }),
    ("new secret of user application", "clientSecret", |admin| {
        Box::pin(async { admin.user_applications().regenerate_secret(ID).await })
    }),
    ("new password of user", "tempPassword", |admin| {
        Box::pin(async { admin.users().reset_password(ID).await })
    }),
];

const SECRET: &str = "zq7xw9-shown-once";

fn answered(body: &str) -> Admin {
    Plane::answering([Reply::new(201, body)]).admin()
}

/// Checks an error after which something exists, and that it shows no secret.
fn check_certain(error: &Error, kind: &str) {
    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{error:?}");
    assert!(!error.is_retryable() && error.may_have_been_sent());
    let side_effect = error.side_effect().unwrap();
    assert!(side_effect.is_certain(), "{error:?}");
    assert_eq!(side_effect.kind(), kind);
    assert!(error.to_string().contains("exists now"), "{error}");
    assert!(
        !format!("{error} {error:?} {error:#?}").contains("zq7xw9"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_secret_that_came_is_handed_over_whatever_else_lacks() {
    for (kind, member, falls_back, create) in CREATES {
        for (rest, id, incomplete) in [
            (r#","id":"7","clientId":"c""#, "7", vec![]),
            (r#","id":7,"clientId":12"#, "7", vec![]),
            (r#","clientId":"c""#, "", vec!["id"]),
            (r#","id":null,"clientId":"c","name":null"#, "", vec!["id"]),
            (r#","id":"","clientId":"c","name":7"#, "", vec!["id"]),
            (r#","id":{"a":[1]},"clientId":"c""#, "", vec!["id"]),
            (r#","id":true,"clientId":"c""#, "", vec!["id"]),
            (r#","id":"7","clientId":"#, "7", vec!["clientId"]),
            (r#","id":"7","clientId":[]"#, "7", vec!["clientId"]),
            ("", "", vec!["id", "clientId"]),
        ] {
            for end in ["}", "", "} trailing"] {
                let body = format!(r#"{{"{member}":"{SECRET}"{rest}{end}"#);
                let created = create(&answered(&body)).await.unwrap();
                assert_eq!(created.secret.expose_secret(), SECRET, "{kind} {body}");
                // A number that is the last of a cut answer may be a part of one.
                let number_is_cut = end.is_empty() && rest.ends_with("12");
                let mut expected = incomplete.clone();
                expected.retain(|member| !falls_back || *member != "clientId");
                if !number_is_cut {
                    assert_eq!(created.incomplete(), expected, "{kind} {body}");
                    assert_eq!(created.id, id, "{kind} {body}");
                }
                assert!(!format!("{created:?}").contains("zq7xw9"));
                assert!(!falls_back || !created.client_id.is_empty());
            }
        }
    }
}

#[tokio::test]
async fn a_secret_is_found_under_either_of_its_names() {
    for (kind, _, _, create) in CREATES {
        for body in [
            format!(r#"{{"id":"7","clientId":"c","secret":"{SECRET}"}}"#),
            format!(r#"{{"id":"7","clientId":"c","clientSecret":"{SECRET}","secret":""}}"#),
            format!(r#"[{{"id":"7","clientId":"c","clientSecret":"{SECRET}"}}]"#),
        ] {
            let created = create(&answered(&body)).await.unwrap();
            assert_eq!(created.secret.expose_secret(), SECRET, "{kind} {body}");
        }
    }
}

#[tokio::test]
async fn a_create_without_its_secret_is_an_error_that_says_what_exists() {
    for (kind, member, _, create) in CREATES {
        for secret in ["", r#""""#, "null", r#"" ""#, "{}", r#"["zq7xw9"]"#, "true"] {
            let body = match secret {
                "" => r#"{"id":"i-77","name":"new-name"}"#.to_owned(),
                _ => format!(r#"{{"id":"i-77","{member}":{secret}}}"#),
            };
            let error = create(&answered(&body)).await.unwrap_err();
            check_certain(&error, kind);
            let side_effect = error.side_effect().unwrap();
            assert_eq!(
                (side_effect.name(), side_effect.id()),
                ("new-name", Some("i-77"))
            );
            assert!(
                side_effect.advice().contains("regenerate_secret"),
                "{error}"
            );
            assert!(error.to_string().contains("new-name (id i-77)"), "{error}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_kept_since_it_may_hold_the_only_copy() {
    for (kind, member, _, create) in CREATES {
        for body in [
            format!("the secret is {SECRET}"),
            format!("id=7&{member}={SECRET}"),
            format!(r#"{{"id":"7","{member}":"{SECRET}"#),
            format!(r#"{{"id":"7","{member}":["{SECRET}"]}}"#),
            format!(r#"<a><{member}>{SECRET}</{member}></a>"#),
        ] {
            let error = create(&answered(&body)).await.unwrap_err();
            check_certain(&error, kind);
            let response = error.side_effect().unwrap().expose_response().unwrap();
            assert!(response.contains(SECRET), "{kind} {body}");
        }
        for body in ["", "null", "7", "[]"] {
            check_certain(&create(&answered(body)).await.unwrap_err(), kind);
        }
    }
}

#[tokio::test]
async fn a_secret_made_anew_is_handed_over_or_said_to_be_lost() {
    for (kind, member, renew) in RENEWALS {
        for body in [
            format!(r#"{{"{member}":"{SECRET}"}}"#),
            format!(r#"{{"{member}":"{SECRET}","#),
            format!(r#"{{"{member}":"{SECRET}"}} {{"#),
        ] {
            let secret = renew(&answered(&body)).await.unwrap();
            assert_eq!(secret.expose_secret(), SECRET, "{kind} {body}");
        }
        for value in [r#""""#, "null", "{}", "[]", "false"] {
            let body = format!(r#"{{"{member}":{value}}}"#);
            check_certain(&renew(&answered(&body)).await.unwrap_err(), kind);
        }
        for body in ["", "{}", "null", "not json", r#"{"id":"7"#] {
            let error = renew(&answered(body)).await.unwrap_err();
            check_certain(&error, kind);
            assert_eq!(error.side_effect().unwrap().name(), ID);
        }
    }
}

#[tokio::test]
async fn a_new_user_is_handed_over_as_far_as_the_answer_goes() {
    let password = format!(r#""tempPassword":"{SECRET}""#);
    for (body, id, incomplete, has_password) in [
        (
            format!(r#"{{{password},"id":"7","username":"a@b.io"}}"#),
            "7",
            vec![],
            true,
        ),
        (format!(r#"{{{password},"id":7"#), "", vec!["id"], true),
        (
            format!(r#"{{{password},"id":null,"username":{{}}}}"#),
            "",
            vec!["id"],
            true,
        ),
        (
            r#"{"id":"7","tempPassword":""}"#.to_owned(),
            "7",
            vec!["tempPassword"],
            false,
        ),
        (
            r#"{"id":7,"tempPassword":null}"#.to_owned(),
            "7",
            vec!["tempPassword"],
            false,
        ),
    ] {
        let admin = answered(&body);
        let created = admin.users().create(NewUser::new("a@b.io")).await.unwrap();
        assert_eq!(created.username, "a@b.io", "{body}");
        assert_eq!(
            (created.id.as_str(), created.incomplete()),
            (id, &incomplete[..]),
            "{body}"
        );
        let given = created
            .temporary_password
            .map(|password| password.expose_secret() == SECRET);
        assert_eq!(given, has_password.then_some(true), "{body}");
    }
    for body in [
        "{}",
        "",
        r#"{"id":"7","#,
        r#"{"username":"a@b.io"}"#,
        r#"{"id":"7","tempPassword":["x"]}"#,
        "text",
    ] {
        let admin = answered(body);
        let error = admin
            .users()
            .create(NewUser::new("a@b.io"))
            .await
            .unwrap_err();
        check_certain(&error, "user");
        assert_eq!(error.side_effect().unwrap().name(), "a@b.io");
    }
}

#[tokio::test]
async fn a_new_rule_is_what_was_asked_for_where_the_answer_says_nothing() {
    let wanted = NewAccessRule::new(Subject::user("a@b.io"), 3_i64, AccessScope::project("p"));
    for (body, id) in [
        (r#"{"id":5}"#, 5),
        (
            r#"{"id":"5","roleId":null,"subjectId":7,"scopeType":[]}"#,
            5,
        ),
        (
            r#"{"id":5,"roleId":"3","tenantId":"t-1","status":"odd"}"#,
            5,
        ),
    ] {
        let rule = answered(body).access_rules().create(&wanted).await.unwrap();
        assert_eq!((rule.id, rule.role_id.as_str()), (id, "3"), "{body}");
        assert_eq!(rule.scope, AccessScope::project("p"), "{body}");
    }
    for body in [
        "",
        "{}",
        r#"{"id":null}"#,
        r#"{"id":[5]}"#,
        r#"{"roleId":3,"id":"#,
        r#"{"id":5,"roleId":"3"} trailing"#,
        "text",
    ] {
        let admin = answered(body);
        let error = admin.access_rules().create(&wanted).await.unwrap_err();
        check_certain(&error, "access rule");
        assert!(error.to_string().contains("user a@b.io"), "{error}");
    }
}

#[tokio::test]
async fn a_batch_says_of_which_rules_nothing_is_known() {
    let subjects = [Subject::user("a"), Subject::user("b")];
    let scopes = [AccessScope::project("p")];
    for (body, created, failed, unknown) in [
        ("{}", 0, 0, 2),
        (r#"{"succeeded":null,"failed":"none"}"#, 0, 0, 2),
        (
            r#"{"succeeded":[{"id":1,"subjectType":"user","subjectId":"a","scopeType":"project","scopeId":"p"}]}"#,
            1,
            0,
            1,
        ),
        (
            r#"{"succeeded":[{"id":"x","subjectId":"a","scopeId":"p","roleId":{}}],"failed":[{"code":"409","message":7}]}"#,
            1,
            1,
            0,
        ),
        (r#"{"succeeded":[{},null]}"#, 2, 0, 0),
        (
            r#"{"failed":[{"payload":{"subjectId":"b","scopeId":"p"}}]}"#,
            0,
            1,
            1,
        ),
    ] {
        let plane = Plane::answering([Reply::new(207, body)]);
        let admin = plane.admin();
        let rules = admin.access_rules();
        let batch = rules.create_batch(3_i64, &subjects, &scopes).await.unwrap();
        let counts = (batch.created.len(), batch.failed.len(), batch.unknown.len());
        assert_eq!(counts, (created, failed, unknown), "{body}");
    }
    for body in ["", "text", r#"{"succeeded":[{"id":1}"#, "null"] {
        let admin = answered(body);
        let outcome = admin
            .access_rules()
            .create_batch(3_i64, &subjects, &scopes)
            .await;
        check_certain(&outcome.unwrap_err(), "batch of access rules");
    }
    let deleted = answered(r#"{"succeeded":[5],"failed":[{"id":"6","code":"x"}]}"#);
    let deleted = deleted
        .access_rules()
        .delete_batch([5, 6, 7])
        .await
        .unwrap();
    assert_eq!(
        (deleted.deleted, deleted.unknown),
        (vec!["5".to_owned()], vec!["7".to_owned()])
    );
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_a_thing_to_look_for_and_a_refusal_leaves_none() {
    let changes = ["change_user_password"];
    let made = |call: &&crate::calls::Call| call.creates || changes.contains(&call.operation);
    for call in CALLS.iter().filter(made) {
        for (reply, may_exist) in [
            (Reply::cut(), true),
            (Reply::new(500, ""), true),
            (Reply::html(502), true),
            (Reply::new(503, "{}"), true),
            (Reply::new(408, "{}"), true),
            (Reply::new(400, "{}"), false),
            (Reply::new(403, "{}"), false),
            (Reply::new(409, "{}"), false),
            (Reply::new(429, "{}"), false),
            (Reply::new(302, ""), false),
            (Reply::html(200), false),
        ] {
            let plane = Plane::answering([reply.clone()]);
            let error = (call.run as for<'a> fn(&'a Admin) -> Run<'a>)(&plane.admin())
                .await
                .unwrap_err();
            let side_effect = error.side_effect();
            assert_eq!(
                side_effect.is_some(),
                may_exist,
                "{} {reply:?}",
                call.operation
            );
            let Some(side_effect) = side_effect else {
                continue;
            };
            assert!(!side_effect.is_certain() && !side_effect.advice().is_empty());
            assert!(error.to_string().contains("may exist now"), "{error}");
            assert!(!error.is_retryable(), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_deletion_and_a_change_are_done_whatever_their_answer_holds() {
    for status in [200, 201, 202, 204, 207] {
        for body in ["", "{}", "null", "text", "[1,", r#"{"id":7}"#] {
            let plane = Plane::answering([Reply::new(status, body)]);
            let admin = plane.admin();
            admin.users().delete(ID).await.unwrap();
            admin.users().logout(ID).await.unwrap();
            admin.applications().delete(ID).await.unwrap();
            admin
                .service_accounts()
                .set_enabled(ID, true)
                .await
                .unwrap();
            admin.access_rules().delete(5).await.unwrap();
            let (old, new) = (Secret::from("the-old-one"), Secret::from("the-new-one"));
            admin.me().change_password(&old, &new).await.unwrap();
        }
    }
}
