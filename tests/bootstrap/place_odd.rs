//! What a bootstrap says of a department and a project whose run fails half-way.

use std::io;

use auth_testkit::{ControlPlane, Fault};
use runai_auth::Config;
use runai_auth::admin::{Bootstrap, BootstrapEvent, NewDepartment, NewProject};
use runai_auth::auth_core::{Error, ErrorKind, StaticTokenSource};

use crate::{bootstrap, emulate, run};

/// Runs a bootstrap in which this step is followed by an error of the next call, and returns what it said.
async fn fails_after(step: &'static str, status: u16) -> Error {
    let emulator = emulate(ControlPlane::V3_0).await;
    let wanted = bootstrap(&emulator)
        .await
        .department(NewDepartment::new("research", ""))
        .project(NewProject::new("team-a", ""));
    let report = wanted.run(|event| {
        let name = match event {
            BootstrapEvent::CreatedDepartment(_) => "department",
            BootstrapEvent::CreatedProject(_) => "project",
            BootstrapEvent::NewSecret { .. } => "account",
            _ => "another",
        };
        if name == step {
            emulator.inject_api_fault(Fault::status(status));
        }
        Ok(())
    });
    let error = report.await.unwrap_err();
    // The next run goes on where this one ended.
    let (report, told) = run(&wanted.regenerate_secret(true)).await;
    assert!(report.unwrap().is_verified, "{step}");
    assert!(told.steps.contains(&"found department"), "{step}");
    error
}

#[tokio::test]
async fn what_was_created_is_named_by_the_error_of_a_later_step() {
    for (step, kind, name) in [
        ("department", "department", "research"),
        ("project", "project", "team-a"),
    ] {
        let error = fails_after(step, 403).await;
        let side_effect = error.side_effect().unwrap();
        assert_eq!((side_effect.kind(), side_effect.name()), (kind, name));
        assert!(side_effect.is_certain() && !error.is_retryable());
        assert!(error.to_string().contains("exists now"), "{error}");
    }
}

#[tokio::test]
async fn everything_that_was_created_is_named() {
    for (step, status) in [("project", 403), ("department", 503), ("account", 403)] {
        let error = fails_after(step, status).await;
        let message = error.to_string();
        assert!(
            message.contains("department research exists now"),
            "{step}: {message}"
        );
        let project = if status == 503 {
            "project team-a may exist now"
        } else {
            "project team-a exists now"
        };
        assert!(message.contains(project), "{step}: {message}");
        let account = format!("service account {}", crate::NAME);
        assert_eq!(message.contains(&account), step == "account", "{message}");
    }
}

#[tokio::test]
async fn what_may_exist_is_named_rather_than_what_does() {
    let error = fails_after("department", 503).await;
    let side_effect = error.side_effect().unwrap();
    assert_eq!(
        (side_effect.kind(), side_effect.name()),
        ("project", "team-a")
    );
    assert!(!side_effect.is_certain());
}

#[tokio::test]
async fn a_callback_that_ends_the_run_leaves_what_exists() {
    let emulator = emulate(ControlPlane::V3_0).await;
    let wanted = bootstrap(&emulator)
        .await
        .department(NewDepartment::new("research", ""));
    let report = wanted.run(|event| match event {
        BootstrapEvent::CreatedDepartment(_) => Err(io::Error::other("the disk is full")),
        _ => Ok(()),
    });
    let error = report.await.unwrap_err();
    assert_eq!(error.side_effect().unwrap().name(), "research");
}

#[tokio::test]
async fn an_administrator_of_an_identity_provider_does_not_stand_in_for_the_account() {
    let emulator = emulate(ControlPlane::V3_0).await;
    // The identity provider's token of `admin@example.com`.
    let token = "e30.eyJlbWFpbCI6ImFkbWluQGV4YW1wbGUuY29tIn0.fake";
    let source = StaticTokenSource::new(token).unwrap();
    let administrator = Config::builder()
        .base_url(emulator.base_url())
        .options(|options| options.external_token_source(source))
        .build()
        .unwrap();
    let wanted = Bootstrap::new(administrator, crate::NAME, crate::role(&emulator).await);
    let (report, _) = run(&wanted).await;
    assert!(report.unwrap().is_verified);
    let (report, _) = run(&wanted.known_secret("fake-wrong-secret")).await;
    let error = report.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials, "{error}");
}
