//! What has a name is found by it, and created at most once if it is missing.

use std::pin::Pin;

use auth_testkit::ControlPlane;
use runai_auth::admin::{Admin, ClientWithSecret, Ensured};
use runai_auth::auth_core::{ErrorKind, Result};
use serde_json::{Value, json};

use crate::life::{administrator, plane};
use crate::plane::{Plane, Reply};

/// What came of an `ensure`: an id, and whether it is that of something new.
type Outcome = Result<(String, bool)>;
type Calls<T> = for<'a> fn(&'a Admin, &'a str) -> Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One kind of account: a control plane that has it, and its calls.
struct Kind {
    noun: &'static str,
    version: ControlPlane,
    find: Calls<Result<Option<String>>>,
    ensure: Calls<Outcome>,
}

macro_rules! kind {
    ($noun:literal, $version:ident, $calls:ident) => {
        Kind {
            noun: $noun,
            version: ControlPlane::$version,
            find: |admin, name| {
                Box::pin(async move { Ok(admin.$calls().find(name).await?.map(|one| one.id)) })
            },
            ensure: |admin, name| {
                Box::pin(
                    async move { Ok(outcome(admin.$calls().ensure(name).await?, |one| one.id)) },
                )
            },
        }
    };
}

const KINDS: [Kind; 4] = [
    kind!("application", V2_22, applications),
    kind!("service account", V2_24, service_accounts),
    kind!("access key", V2_24, access_keys),
    kind!("user application", V2_22, user_applications),
];

fn outcome<T>(ensured: Ensured<T, ClientWithSecret>, id: fn(T) -> String) -> (String, bool) {
    let is_created = ensured.is_created();
    match ensured {
        Ensured::Found(found) => (id(found), is_created),
        Ensured::Created(created) => {
            assert!(!created.secret.expose_secret().is_empty());
            (created.id, is_created)
        }
    }
}

fn all(items: &[Value]) -> Reply {
    Reply::new(200, json!(items).to_string())
}

fn taken() -> Reply {
    Reply::new(409, r#"{"code":409,"message":"the name is taken"}"#)
}

fn one(id: &str) -> Value {
    json!({"id": id, "name": "nightly-import", "clientId": "c"})
}

fn methods(plane: &Plane) -> Vec<String> {
    plane.sent().into_iter().map(|sent| sent.method).collect()
}

#[tokio::test]
async fn an_account_is_created_once_and_then_found() {
    for kind in KINDS {
        let emulator = plane(kind.version).await;
        let admin = administrator(&emulator);
        let noun = kind.noun;
        assert_eq!((kind.find)(&admin, "nightly-import").await.unwrap(), None);
        let (id, is_created) = (kind.ensure)(&admin, "nightly-import").await.unwrap();
        assert!(is_created, "{noun}");
        let again = (kind.ensure)(&admin, "nightly-import").await.unwrap();
        assert_eq!(again, (id.clone(), false), "{noun}");
        let found = (kind.find)(&admin, "nightly-import").await.unwrap();
        assert_eq!(found, Some(id), "{noun}");
        assert_eq!((kind.find)(&admin, "nightly").await.unwrap(), None);
    }
}

#[tokio::test]
async fn callers_at_once_create_one_account() {
    for kind in KINDS {
        let emulator = plane(kind.version).await;
        let admin = administrator(&emulator);
        let (first, second, third) = tokio::join!(
            (kind.ensure)(&admin, "nightly-import"),
            (kind.ensure)(&admin, "nightly-import"),
            (kind.ensure)(&admin, "nightly-import"),
        );
        let all = [first.unwrap(), second.unwrap(), third.unwrap()];
        let created = all.iter().filter(|(_, is_created)| *is_created);
        assert_eq!(created.count(), 1, "{}", kind.noun);
        assert!(all.iter().all(|(id, _)| *id == all[0].0), "{all:?}");
    }
}

#[tokio::test]
async fn an_account_that_turns_out_to_be_there_is_found() {
    for kind in KINDS {
        let plane = Plane::answering([all(&[]), taken(), all(&[one("a1")])]);
        let found = (kind.ensure)(&plane.admin(), "nightly-import").await;
        assert_eq!(found.unwrap(), ("a1".to_owned(), false), "{}", kind.noun);
        assert_eq!(methods(&plane), ["GET", "POST", "GET"]);
        // If it cannot be seen, the refusal stands.
        let plane = Plane::answering([all(&[]), taken(), all(&[])]);
        let refused = (kind.ensure)(&plane.admin(), "nightly-import").await;
        let error = refused.unwrap_err();
        assert!(error.is_conflict() && error.side_effect().is_none());
        assert_eq!(methods(&plane), ["GET", "POST", "GET"]);
    }
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_not_repeated_and_the_next_call_finds_what_it_made() {
    for kind in KINDS {
        for lost in [Reply::cut(), Reply::new(503, ""), Reply::new(201, "{}")] {
            let plane = Plane::answering([all(&[]), lost, all(&[one("a1")])]);
            let admin = plane.admin();
            let error = (kind.ensure)(&admin, "nightly-import").await.unwrap_err();
            let side_effect = error.side_effect().unwrap();
            assert_eq!(side_effect.kind(), kind.noun);
            assert!(!error.is_retryable(), "{error}");
            assert_eq!(methods(&plane), ["GET", "POST"]);
            let found = (kind.ensure)(&admin, "nightly-import").await.unwrap();
            assert_eq!(found, ("a1".to_owned(), false));
            assert_eq!(methods(&plane), ["GET", "POST", "GET"]);
        }
    }
}

#[tokio::test]
async fn several_accounts_of_one_name_are_an_error_that_lists_them() {
    for kind in KINDS {
        let plane = Plane::answering([all(&[one("a1"), one("a2")])]);
        let admin = plane.admin();
        for error in [
            (kind.find)(&admin, "nightly-import").await.unwrap_err(),
            (kind.ensure)(&admin, "nightly-import").await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Config);
            let text = error.to_string();
            let expected = format!("2 {}s", kind.noun);
            assert!(
                text.contains(&expected) && text.contains("a1, a2"),
                "{text}"
            );
        }
        assert_eq!(methods(&plane), ["GET", "GET"]);
    }
}

#[tokio::test]
async fn only_exactly_this_name_is_found_and_what_has_none_never_is() {
    let others = ["Nightly-import", "nightly-import-2", "nightly", ""];
    let others = others.map(|name| json!({"id": "other", "name": name}));
    for kind in KINDS {
        let plane = Plane::answering([all(&others)]);
        let admin = plane.admin();
        let found = (kind.find)(&admin, "nightly-import").await.unwrap();
        assert_eq!(found, None, "{}", kind.noun);
        assert_eq!((kind.find)(&admin, "").await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_name_that_the_api_would_refuse_is_not_looked_for() {
    for kind in KINDS {
        let plane = Plane::answering([all(&[])]);
        let refused = (kind.ensure)(&plane.admin(), "Nightly import").await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Config);
        assert!(plane.sent().is_empty());
    }
}
