//! Bootstraps against control planes that ignore filters, lose members, or need a while.

use std::io;

use auth_testkit::ManualClock;
use runai_auth::admin::{Bootstrap, BootstrapEvent, BootstrapReport, NewUser};
use runai_auth::auth_core::{Error, ErrorKind, Result};
use serde_json::{Value, json};

use crate::plane::{Plane, Shared, bootstrap_by};
use crate::run;

fn rule(id: i64, change: Value) -> Value {
    let mut rule = json!({
        "id": id, "subjectType": "service-account", "subjectId": "nightly-import",
        "roleId": 3, "scopeType": "project", "scopeId": "p",
    });
    let change = change.as_object().unwrap().clone();
    rule.as_object_mut().unwrap().extend(change);
    rule
}

#[tokio::test]
async fn a_rule_that_only_the_servers_filter_vouches_for_is_not_believed() {
    for other in [
        json!({"roleId": 4}),
        json!({"scopeId": "another"}),
        json!({"scopeType": "tenant"}),
        json!({"subjectId": "another"}),
        json!({"subjectId": ""}),
        json!({"subjectType": "user"}),
        json!({"deletedAt": "2026-01-01T00:00:00Z"}),
        json!({"clusterId": "one-of-many"}),
        json!({"roleId": null}),
        json!({"status": {"phase": "Deleting"}}),
    ] {
        let plane = Plane {
            rules: vec![rule(77, other.clone())],
            ..Plane::default()
        }
        .share();
        let (report, told) = run(&plane.bootstrap()).await;
        assert_ne!(report.unwrap().rule.id, 77, "{other}");
        assert!(told.steps.contains(&"created rule"), "{other}");
    }
    for same in [
        json!({}),
        json!({"roleId": "3"}),
        json!({"subjectId": "c1"}),
        json!({"clusterId": null}),
    ] {
        let plane = Plane {
            rules: vec![rule(1, json!({"subjectId": "x"})), rule(77, same.clone())],
            ..Plane::default()
        }
        .share();
        let (report, _) = run(&plane.bootstrap()).await;
        assert_eq!(report.unwrap().rule.id, 77, "{same}");
    }
}

#[tokio::test]
async fn a_user_is_compared_by_name_in_whatever_case() {
    for (there, filters, is_found) in [
        (vec!["other@b.io"], false, false),
        (vec!["other@b.io", "new@example.com"], false, true),
        (vec!["NEW@example.com"], false, true),
        (vec!["new@example.com"], true, true),
        // The filter finds neither spelling; the refusal to make another does.
        (vec!["nEW@example.com"], true, true),
        (vec!["new@example.com.org"], false, false),
    ] {
        let mut plane = Plane {
            users: there
                .iter()
                .map(|name| json!({"id": name, "username": name}))
                .collect(),
            filters_users: filters,
            ..Plane::default()
        };
        if there == ["nEW@example.com"] && filters {
            let taken = || ("users", 409, json!({"code": 409, "message": "taken"}));
            plane.replies.extend([taken(), taken()]);
        }
        let plane = plane.share();
        let wanted = plane.bootstrap().user(NewUser::new("New@Example.com"));
        let (report, told) = run(&wanted).await;
        let name = report.unwrap().username.unwrap();
        assert_eq!(told.steps.contains(&"found user"), is_found, "{there:?}");
        assert_eq!(name.to_lowercase(), "new@example.com");
        let (report, told) = run(&wanted).await;
        assert!(
            !report.unwrap().is_changed && told.steps.contains(&"found user"),
            "{there:?}"
        );
    }
    let plane = Plane {
        users: vec![
            json!({"id": 1, "username": "a@b.io"}),
            json!({"id": 2, "username": "A@B.io"}),
        ],
        ..Plane::default()
    }
    .share();
    let (report, _) = run(&plane.bootstrap().user(NewUser::new("A@b.io"))).await;
    let error = report.unwrap_err();
    assert!(error.to_string().contains("a@b.io, A@B.io"), "{error}");
    assert!(plane.made().is_empty());
    let (report, _) = run(&plane.bootstrap().user(NewUser::new("A@B.io"))).await;
    assert_eq!(report.unwrap().username.as_deref(), Some("A@B.io"));
}

#[tokio::test]
async fn nothing_is_made_before_the_users_address_is_checked() {
    for address in [
        "",
        "someone",
        "a,b@example.com",
        "a b@example.com",
        "a@b@c",
        "a@example.com\n",
    ] {
        let plane = Plane::default().share();
        let (report, told) = run(&plane.bootstrap().user(NewUser::new(address))).await;
        let error = report.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{address:?}");
        assert!(error.to_string().contains("e-mail"), "{error}");
        assert!(
            plane.made().is_empty() && told.steps.is_empty(),
            "{address:?}"
        );
    }
}

#[tokio::test]
async fn two_accounts_of_one_name_are_named_and_left_alone() {
    let one = |id: &str| json!({"id": id, "name": "nightly-import", "clientId": "c"});
    let plane = Plane {
        accounts: vec![one("a1"), one("a2\n\u{202e}")],
        ..Plane::default()
    }
    .share();
    let (report, told) = run(&plane.bootstrap()).await;
    let text = report.unwrap_err().to_string();
    assert!(text.contains("a1, a2 \u{fffd}"), "{text}");
    assert!(told.steps.is_empty() && plane.made().is_empty());
}

#[tokio::test]
async fn a_rule_that_the_server_has_after_all_is_found_and_not_made_twice() {
    for status in [400, 409] {
        let refusal = json!({"code": status, "message": "there is one"});
        let plane = |rules| Plane {
            rules,
            replies: vec![("access-rules", status, refusal.clone())],
            ..Plane::default()
        };
        let there = plane(vec![rule(77, json!({"clusterId": "filled-in"}))]).share();
        let (report, told) = run(&there.bootstrap()).await;
        assert_eq!(report.unwrap().rule.id, 77);
        assert!(told.steps.contains(&"found rule"));
        // Without one, the refusal stands.
        let (report, _) = run(&plane(Vec::new()).share().bootstrap()).await;
        let error = report.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert!(error.to_string().contains("there is one"), "{error}");
    }
}

/// Runs with a clock of its own, moved on as long as the run waits.
async fn run_while_time_passes(plane: &Shared) -> (Result<BootstrapReport>, u64) {
    let clock = ManualClock::new();
    let bootstrap = bootstrap_by(plane.settings().clock(clock.clone()));
    while_time_passes(bootstrap, &clock).await
}

/// Runs with a clock that is moved on as long as the run waits; returns the seconds as well.
pub(crate) async fn while_time_passes(
    bootstrap: Bootstrap,
    clock: &ManualClock,
) -> (Result<BootstrapReport>, u64) {
    let running = tokio::spawn(async move { run(&bootstrap).await.0 });
    let mut seconds = 0;
    while !running.is_finished() {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        if !running.is_finished() {
            clock.advance(std::time::Duration::from_secs(1));
            seconds += 1;
            assert!(seconds < 1_000, "the run never ends");
        }
    }
    (running.await.unwrap(), seconds)
}

#[tokio::test]
async fn a_new_secret_that_needs_a_while_to_spread_is_waited_for() {
    for refused in [0, 1, 3] {
        let plane = Plane {
            refused_sign_ins: refused,
            ..Plane::default()
        }
        .share();
        let (report, seconds) = run_while_time_passes(&plane).await;
        assert!(report.unwrap().is_verified);
        let sign_ins = plane.0.lock().unwrap().sign_ins;
        assert_eq!(sign_ins, refused + 1);
        assert!(seconds <= 20, "{seconds}");
    }
    let plane = Plane {
        refused_sign_ins: 100,
        ..Plane::default()
    }
    .share();
    let error = run_while_time_passes(&plane).await.0.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    let side_effect = error.side_effect().unwrap();
    assert_eq!(
        (side_effect.kind(), side_effect.name()),
        ("service account", "nightly-import")
    );
    assert!(plane.0.lock().unwrap().sign_ins <= 6);
}

#[tokio::test]
async fn a_control_plane_that_counts_no_access_rules_verifies_an_account_all_the_same() {
    let plane = Plane {
        lacks_counts: true,
        ..Plane::default()
    }
    .share();
    let (report, _) = run(&plane.bootstrap()).await;
    assert!(report.unwrap().is_verified);
}

#[tokio::test]
async fn what_an_odd_answer_to_a_create_holds_is_kept_or_said() {
    let secret = "zq7xw9-shown-once";
    for body in [
        json!({"clientSecret": secret, "clientId": "c1"}),
        json!({"clientSecret": secret, "id": 7}),
        json!(format!(r#"{{"clientSecret":"{secret}","id":"#)),
    ] {
        let plane = Plane {
            replies: vec![("service-accounts", 201, body.clone())],
            ..Plane::default()
        }
        .share();
        let (report, told) = run(&plane.bootstrap()).await;
        assert_eq!(told.secret.unwrap().expose_secret(), secret, "{body}");
        assert!(report.unwrap().is_verified, "{body}");
    }
    for body in [
        json!({"id": "a1", "clientSecret": ""}),
        json!({}),
        json!("not json"),
        json!(""),
    ] {
        let plane = Plane {
            replies: vec![("service-accounts", 201, body.clone())],
            ..Plane::default()
        }
        .share();
        let (report, told) = run(&plane.bootstrap()).await;
        let error = report.unwrap_err();
        assert!(error.side_effect().unwrap().is_certain(), "{error:?}");
        assert!(
            error.to_string().contains("service account nightly-import"),
            "{error}"
        );
        assert_eq!(told.steps, ["signed in"]);
    }
}

async fn run_until(
    bootstrap: &Bootstrap,
    stop: fn(&BootstrapEvent<'_>) -> bool,
) -> (Error, Vec<String>) {
    let mut secrets = Vec::new();
    let outcome = bootstrap
        .run(|step| {
            match &step {
                BootstrapEvent::NewSecret { secret, .. } => {
                    secrets.push(secret.expose_secret().to_owned())
                }
                BootstrapEvent::NewPassword { password, .. } => {
                    secrets.push(password.expose_secret().to_owned())
                }
                _ => {}
            }
            if stop(&step) {
                return Err(io::Error::other("a broken pipe"));
            }
            Ok(())
        })
        .await;
    (outcome.unwrap_err(), secrets)
}

#[tokio::test]
async fn a_callback_that_fails_before_the_secret_is_handed_it_all_the_same() {
    let plane = Plane::default().share();
    let (error, secrets) = run_until(&plane.bootstrap(), |step| {
        matches!(step, BootstrapEvent::CreatedAccount(_))
    })
    .await;
    assert_eq!(secrets, ["zq7xw9-shown-once"]);
    assert_eq!(error.side_effect().unwrap().id(), Some("a1"));
    assert_eq!(plane.made(), ["service-accounts"]);

    let wanted = Plane::default()
        .share()
        .bootstrap()
        .user(NewUser::new("a@b.io"));
    let (error, secrets) = run_until(&wanted, |step| {
        matches!(step, BootstrapEvent::CreatedUser(_))
    })
    .await;
    assert_eq!(secrets, ["zq7xw9-shown-once", "zq7xw9-first"]);
    let side_effect = error.side_effect().unwrap();
    assert_eq!((side_effect.kind(), side_effect.name()), ("user", "a@b.io"));

    for stop in [
        (|step: &BootstrapEvent<'_>| matches!(step, BootstrapEvent::NewSecret { .. }))
            as fn(&BootstrapEvent<'_>) -> bool,
        |step| matches!(step, BootstrapEvent::NewPassword { .. }),
    ] {
        let wanted = Plane::default()
            .share()
            .bootstrap()
            .user(NewUser::new("a@b.io"));
        let (error, _) = run_until(&wanted, stop).await;
        assert!(error.side_effect().unwrap().is_certain());
        assert!(!format!("{error} {error:?}").contains("zq7xw9"));
    }
}
