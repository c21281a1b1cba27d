//! The set-up of a client for programs, against the emulated control planes.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod plane;
mod odd;
mod stored;
mod place;
mod place_odd;
mod shared;

use std::io;
use std::time::Duration;

use auth_testkit::{ControlPlane, Emulator, Fault, Runai};
use runai_auth::admin::{
    AccessScope, Bootstrap, BootstrapEvent, BootstrapReport, NewUser, SubjectType,
};
use runai_auth::auth_core::{ErrorKind, Result, Secret};
use runai_auth::{Client, Config};

const NAME: &str = "nightly-import";

/// What a run told of its steps, and the secrets that it showed.
#[derive(Default)]
struct Told {
    steps: Vec<&'static str>,
    secret: Option<Secret>,
    password: Option<Secret>,
}

async fn emulate(version: ControlPlane) -> Emulator {
    let emulator = Emulator::builder(Runai::new().control_plane(version));
    emulator.start().await.unwrap()
}

fn administrator(emulator: &Emulator) -> Config {
    Config::builder()
        .base_url(emulator.base_url())
        .username(emulator.username().unwrap())
        .password(emulator.password().unwrap())
        .build()
        .unwrap()
}

async fn role(emulator: &Emulator) -> String {
    let admin = Client::new(administrator(emulator)).unwrap().admin();
    let mut roles = admin.roles().list().await.unwrap();
    roles.remove(0).name
}

async fn bootstrap(emulator: &Emulator) -> Bootstrap {
    Bootstrap::new(administrator(emulator), NAME, role(emulator).await)
}

async fn run(bootstrap: &Bootstrap) -> (Result<BootstrapReport>, Told) {
    let mut told = Told::default();
    let report = bootstrap.run(|step| told.hear(&step)).await;
    (report, told)
}

impl Told {
    fn hear(&mut self, step: &BootstrapEvent<'_>) -> io::Result<()> {
        let name = match step {
            BootstrapEvent::SignedIn => "signed in",
            BootstrapEvent::FoundDepartment(_) => "found department",
            BootstrapEvent::CreatedDepartment(_) => "created department",
            BootstrapEvent::FoundProject(_) => "found project",
            BootstrapEvent::CreatedProject(_) => "created project",
            BootstrapEvent::FoundAccount(_) => "found account",
            BootstrapEvent::CreatedAccount(_) => "created account",
            BootstrapEvent::NewSecret { secret, .. } => {
                self.secret = Some((*secret).clone());
                "new secret"
            }
            BootstrapEvent::FoundRule(_) => "found rule",
            BootstrapEvent::CreatedRule(_) => "created rule",
            BootstrapEvent::Verified(_) => "verified",
            BootstrapEvent::NotVerified(_) => "not verified",
            BootstrapEvent::FoundUser(_) => "found user",
            BootstrapEvent::CreatedUser(_) => "created user",
            BootstrapEvent::NewPassword { password, .. } => {
                self.password = Some((*password).clone());
                "new password"
            }
            _ => "something else",
        };
        self.steps.push(name);
        Ok(())
    }
}

#[tokio::test]
async fn the_first_run_makes_what_is_missing_and_the_second_changes_nothing() {
    for version in [
        ControlPlane::V2_18,
        ControlPlane::V2_20,
        ControlPlane::V2_22,
        ControlPlane::V2_24,
        ControlPlane::V2_25,
        ControlPlane::V3_0,
    ] {
        let emulator = emulate(version).await;
        let wanted = bootstrap(&emulator)
            .await
            .user(NewUser::new("new@example.com"));
        let (report, told) = run(&wanted).await;
        let report = report.unwrap();
        assert_eq!(
            told.steps,
            [
                "signed in",
                "created account",
                "new secret",
                "created rule",
                "verified",
                "created user",
                "new password"
            ],
            "{version}"
        );
        assert!(report.is_changed && report.is_verified, "{version}");
        let has_service_accounts = version >= ControlPlane::V2_24;
        let kind = if has_service_accounts {
            SubjectType::ServiceAccount
        } else {
            SubjectType::App
        };
        assert_eq!(report.account.subject.subject_type, kind, "{version}");

        let (again, told) = run(&wanted).await;
        let again = again.unwrap();
        assert_eq!(
            told.steps,
            [
                "signed in",
                "found account",
                "found rule",
                "not verified",
                "found user"
            ],
            "{version}"
        );
        assert!(!again.is_changed && !again.is_verified, "{version}");
        assert_eq!(again.account, report.account, "{version}");
        assert_eq!(again.rule.id, report.rule.id, "{version}");
    }
}

#[tokio::test]
async fn what_is_made_signs_in_and_has_rights() {
    let emulator = emulate(ControlPlane::V2_24).await;
    let wanted = bootstrap(&emulator)
        .await
        .user(NewUser::new("new@example.com"));
    let (report, told) = run(&wanted).await;
    let program = Config::builder()
        .base_url(emulator.base_url())
        .client_id(report.unwrap().account.client_id)
        .client_secret(told.secret.unwrap())
        .build()
        .unwrap();
    let admin = Client::new(program).unwrap().admin();
    assert!(!admin.service_accounts().list().await.unwrap().is_empty());
    let person = Config::builder()
        .base_url(emulator.base_url())
        .username("new@example.com")
        .password(told.password.unwrap())
        .build()
        .unwrap();
    Client::new(person).unwrap().token().await.unwrap();
}

#[tokio::test]
async fn a_known_secret_shows_that_the_account_signs_in_and_a_wrong_one_that_it_does_not() {
    let emulator = emulate(ControlPlane::V2_24).await;
    let wanted = bootstrap(&emulator).await;
    let (_, told) = run(&wanted).await;
    let (report, told) = run(&wanted.clone().known_secret(told.secret.unwrap())).await;
    assert!(report.unwrap().is_verified);
    assert_eq!(told.steps.last(), Some(&"verified"));
    let (report, _) = run(&wanted.known_secret("another-secret")).await;
    let message = report.as_ref().unwrap_err().to_string();
    let whose = format!("service account \"{NAME}\" cannot sign in with the known secret");
    assert!(message.contains(&whose), "{message}");
    assert_eq!(report.unwrap_err().kind(), ErrorKind::InvalidCredentials);
}

#[tokio::test]
async fn a_lost_secret_is_replaced_only_when_that_is_asked_for() {
    let emulator = emulate(ControlPlane::V2_24).await;
    let wanted = bootstrap(&emulator).await;
    let (_, first) = run(&wanted).await;
    let (_, second) = run(&wanted).await;
    assert!(second.secret.is_none());
    let (report, third) = run(&wanted.clone().regenerate_secret(true)).await;
    assert!(report.unwrap().is_changed);
    assert_eq!(
        third.steps,
        [
            "signed in",
            "found account",
            "new secret",
            "found rule",
            "verified"
        ]
    );
    let (report, _) = run(&wanted.known_secret(first.secret.unwrap())).await;
    assert_eq!(report.unwrap_err().kind(), ErrorKind::InvalidCredentials);
}

#[tokio::test]
async fn a_role_is_named_by_its_id_too() {
    let emulator = emulate(ControlPlane::V2_24).await;
    let admin = Client::new(administrator(&emulator)).unwrap().admin();
    let role = admin.roles().list().await.unwrap().remove(0);
    let wanted = Bootstrap::new(administrator(&emulator), NAME, role.id.as_str());
    let report = run(&wanted).await.0.unwrap();
    assert_eq!(report.rule.role_id, role.id);
}

#[tokio::test]
async fn nothing_is_made_for_a_role_that_does_not_exist_or_a_name_that_is_none() {
    let emulator = emulate(ControlPlane::V2_24).await;
    let admin = Client::new(administrator(&emulator)).unwrap().admin();
    let before = admin.service_accounts().list().await.unwrap();
    let unknown = Bootstrap::new(administrator(&emulator), NAME, "Archduke");
    let (report, told) = run(&unknown).await;
    let error = report.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.to_string().contains(&role(&emulator).await),
        "{error}"
    );
    assert!(told.steps.is_empty());
    let nameless = Bootstrap::new(administrator(&emulator), "Nightly import", "Archduke");
    let (report, _) = run(&nameless).await;
    assert!(report.unwrap_err().to_string().contains("name"));
    assert_eq!(admin.service_accounts().list().await.unwrap(), before);
}

#[tokio::test]
async fn what_can_be_checked_is_checked_before_anything_is_made() {
    let emulator = emulate(ControlPlane::V2_24).await;
    let unspeakable = bootstrap(&emulator)
        .await
        .scope(AccessScope::project("a,b"));
    let (report, told) = run(&unspeakable).await;
    assert_eq!(report.unwrap_err().kind(), ErrorKind::Config);
    assert!(told.steps.is_empty());
}

#[tokio::test]
async fn a_secret_is_shown_before_anything_else_can_fail_and_the_next_run_goes_on() {
    let emulator = emulate(ControlPlane::V2_24).await;
    let wanted = bootstrap(&emulator).await;
    let mut told = Told::default();
    let mut requests = 0;
    let report = wanted
        .run(|step| {
            if matches!(step, BootstrapEvent::NewSecret { .. }) {
                // The next call makes the access rule.
                emulator.inject_api_fault(Fault::status(503).retry_after(Duration::ZERO));
                requests = emulator.api_requests();
            }
            told.hear(&step)
        })
        .await;
    let error = report.unwrap_err();
    assert!(!error.is_retryable() && error.may_have_been_sent());
    assert_eq!(emulator.api_requests(), requests + 1);
    assert_eq!(told.steps, ["signed in", "created account", "new secret"]);
    let (report, told) = run(&wanted.known_secret(told.secret.unwrap())).await;
    assert!(report.unwrap().is_verified);
    assert_eq!(
        told.steps,
        ["signed in", "found account", "created rule", "verified"]
    );
}

#[tokio::test]
async fn a_secret_that_cannot_be_kept_ends_the_run_and_says_what_to_do() {
    let emulator = emulate(ControlPlane::V2_24).await;
    let wanted = bootstrap(&emulator).await;
    let mut secret = None;
    let report = wanted
        .run(|step| match step {
            BootstrapEvent::NewSecret { secret: new, .. } => {
                secret = Some(new.clone());
                Err(io::Error::other("the disk is full"))
            }
            _ => Ok(()),
        })
        .await;
    let error = report.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(
        text.contains("regenerate_secret") && text.contains("the disk is full"),
        "{text}"
    );
    assert!(!text.contains(secret.unwrap().expose_secret()), "{text}");
    assert!(error.may_have_been_sent());
}

#[tokio::test]
async fn an_account_that_is_switched_off_is_left_alone() {
    let emulator = emulate(ControlPlane::V2_24).await;
    let wanted = bootstrap(&emulator).await;
    let (report, _) = run(&wanted).await;
    let admin = Client::new(administrator(&emulator)).unwrap().admin();
    let id = report.unwrap().account.id;
    admin
        .service_accounts()
        .set_enabled(&id, false)
        .await
        .unwrap();
    let (report, told) = run(&wanted.regenerate_secret(true)).await;
    assert!(report.unwrap_err().to_string().contains("switched off"));
    assert_eq!(told.steps, ["signed in"]);
}
