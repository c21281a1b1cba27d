//! Secrets that are stored elsewhere, slowly or not at all: none is lost.

use std::io;
use std::sync::Arc;

use auth_testkit::ControlPlane;
use runai_auth::admin::{Bootstrap, BootstrapEvent, NewUser};
use runai_auth::auth_core::{ErrorKind, Result};
use tokio::sync::{Notify, mpsc};

use crate::plane::{Plane, Shared};
use crate::{bootstrap, emulate, run};

/// The name of a step that shows a secret, and the secret.
fn shown(step: &BootstrapEvent<'_>) -> Option<(&'static str, String)> {
    match step {
        BootstrapEvent::NewSecret { secret, .. } => {
            Some(("secret", secret.expose_secret().to_owned()))
        }
        BootstrapEvent::NewPassword { password, .. } => {
            Some(("password", password.expose_secret().to_owned()))
        }
        _ => None,
    }
}

/// Runs with a store that takes a secret and then fails.
async fn run_into_broken_store(bootstrap: &Bootstrap, broken: &'static str) -> Result<()> {
    let report = bootstrap.run_async(move |step| {
        let shown = shown(&step);
        Box::pin(async move {
            tokio::task::yield_now().await;
            match shown {
                Some((name, _)) if name == broken => Err(io::Error::other("the vault is sealed")),
                _ => Ok(()),
            }
        })
    });
    report.await.map(drop)
}

#[tokio::test]
async fn nothing_goes_on_while_a_secret_is_being_stored() {
    let plane: Shared = Plane::default().share();
    let wanted = plane.bootstrap().user(NewUser::new("a@b.io"));
    let (sender, mut stored) = mpsc::unbounded_channel();
    let release = Arc::new(Notify::new());
    let store = Arc::clone(&release);
    let running = tokio::spawn(async move {
        let outcome = wanted.run_async(move |step| {
            let (sender, store, shown) = (sender.clone(), Arc::clone(&store), shown(&step));
            Box::pin(async move {
                if let Some((_, secret)) = shown {
                    sender.send(secret).map_err(io::Error::other)?;
                    store.notified().await;
                }
                Ok(())
            })
        });
        outcome.await
    });
    for (secret, made) in [
        ("zq7xw9-shown-once", &["service-accounts"][..]),
        (
            "zq7xw9-first",
            &["service-accounts", "access-rules", "users"],
        ),
    ] {
        assert_eq!(stored.recv().await.as_deref(), Some(secret));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(plane.made(), made);
        assert!(!running.is_finished());
        release.notify_one();
    }
    assert!(running.await.unwrap().unwrap().is_verified);
}

#[tokio::test]
async fn a_secret_that_could_not_be_stored_is_in_the_error_and_still_works() {
    let emulator = emulate(ControlPlane::V2_24).await;
    let wanted = bootstrap(&emulator).await;
    let error = run_into_broken_store(&wanted, "secret").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let side_effect = error.side_effect().unwrap();
    assert!(side_effect.is_certain() && side_effect.id().is_some());
    let secret = side_effect.expose_secret().unwrap().to_owned();
    for text in [
        format!("{error}"),
        format!("{error:?}"),
        format!("{error:#?}"),
    ] {
        assert!(!text.contains(&secret), "{text}");
    }
    let (report, told) = run(&wanted.known_secret(secret)).await;
    assert!(report.unwrap().is_verified);
    assert!(told.secret.is_none());
}

#[tokio::test]
async fn a_new_secret_and_a_password_that_could_not_be_stored_are_in_the_error() {
    let plane = Plane::default().share();
    let wanted = plane.bootstrap().user(NewUser::new("a@b.io"));
    let error = run_into_broken_store(&wanted, "password")
        .await
        .unwrap_err();
    let side_effect = error.side_effect().unwrap();
    assert_eq!(side_effect.kind(), "user");
    assert_eq!(side_effect.expose_secret(), Some("zq7xw9-first"));
    assert!(!format!("{error} {error:#?}").contains("zq7xw9"));

    let emulator = emulate(ControlPlane::V2_24).await;
    let wanted = bootstrap(&emulator).await;
    run(&wanted).await.0.unwrap();
    let again = wanted.clone().regenerate_secret(true);
    let error = run_into_broken_store(&again, "secret").await.unwrap_err();
    let secret = error.side_effect().unwrap().expose_secret().unwrap();
    let (report, _) = run(&wanted.known_secret(secret)).await;
    assert!(report.unwrap().is_verified);
}

#[tokio::test]
async fn the_error_of_a_run_whose_secret_is_stored_holds_none() {
    let plane = Plane::default().share();
    let wanted = plane.bootstrap();
    let report = wanted.run(|step| match step {
        BootstrapEvent::CreatedRule(_) => Err(io::Error::other("a broken pipe")),
        _ => Ok(()),
    });
    let error = report.await.unwrap_err();
    let secret = error.side_effect().and_then(|done| done.expose_secret());
    assert_eq!(secret, None);
}
