//! `vauth emulate`: a vendor emulator as a server, for clients in any language.

use std::time::Duration;

use auth_core::vendor::check_credential;
use auth_testkit::{Datasaur, Emulator, Maia, Runai};
use serde::Serialize;

use crate::arguments::EmulateArguments;
use crate::failure::Failure;
use crate::notes::{Level, note};
use crate::output::print;
use crate::stdout::leads_nowhere;
use crate::vendor::Vendor;

pub(crate) async fn run(arguments: EmulateArguments) -> Result<(), Failure> {
    // Before the ready line, so that its reader can stop the server properly.
    let interrupted =
        interruption().map_err(|error| Failure::System("cannot listen for signals", error))?;
    let is_any_port = arguments.port == 0;
    let emulator = start(arguments).await?;
    print(ready_line(&emulator)?.as_bytes())?;
    // Nothing else says which port it is.
    if is_any_port && leads_nowhere() {
        note(
            Level::Created,
            &format!("listening at {}", emulator.base_url()),
        );
    }
    interrupted.await;
    Ok(())
}

async fn start(arguments: EmulateArguments) -> Result<Emulator, Failure> {
    let runai_only = [
        ("--control-plane", arguments.control_plane.is_some()),
        ("--admin-username", arguments.admin_username.is_some()),
        ("--admin-password", arguments.admin_password.is_some()),
    ];
    for (name, is_given) in runai_only {
        if is_given && arguments.vendor != Vendor::Runai {
            let text = format!("{name} applies to runai only");
            return Err(Failure::Usage(text));
        }
    }
    let mut runai = Runai::new();
    if let Some(version) = arguments.control_plane {
        runai = runai.control_plane(version);
    }
    if let Some(username) = arguments.admin_username {
        check_credential("--admin-username", &username)?;
        runai = runai.admin_username(username);
    }
    if let Some(password) = arguments.admin_password {
        check_credential("--admin-password", password.expose_secret())?;
        runai = runai.admin_password(password.expose_secret());
    }
    let mut builder = match arguments.vendor {
        Vendor::Datasaur => Emulator::builder(Datasaur::new()),
        Vendor::Maia => Emulator::builder(Maia::new()),
        Vendor::Runai => Emulator::builder(runai),
    };
    builder = builder.port(arguments.port);
    if let Some(seconds) = arguments.token_lifetime {
        builder = builder.token_lifetime(Duration::from_secs(seconds));
    }
    // The same rules as in the crates, so that their clients accept these credentials.
    if let Some(id) = arguments.client_id {
        check_credential("--client-id", &id)?;
        builder = builder.client_id(id);
    }
    if let Some(secret) = arguments.client_secret {
        check_credential("--client-secret", secret.expose_secret())?;
        builder = builder.client_secret(secret.expose_secret());
    }
    builder.start().await.map_err(|error| {
        Failure::Usage(format!(
            "cannot listen on 127.0.0.1:{}: {error}; choose another --port, or omit it for any free port",
            arguments.port
        ))
    })
}

/// What a client needs to connect; the keys are in the documented order.
#[derive(Serialize)]
struct Ready<'a> {
    vendor: &'a str,
    base_url: &'a str,
    token_url: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
}

/// Prints the emulator's credentials, which are fake.
fn ready_line(emulator: &Emulator) -> Result<String, Failure> {
    let ready = Ready {
        vendor: emulator.name(),
        base_url: emulator.base_url(),
        token_url: emulator.token_url(),
        client_id: emulator.client_id(),
        client_secret: emulator.client_secret(),
        username: emulator.username(),
        password: emulator.password(),
    };
    let mut line = serde_json::to_string(&ready)
        .map_err(|error| Failure::System("cannot write JSON", error.into()))?;
    line.push('\n');
    Ok(line)
}

/// Starts to listen for SIGINT and SIGTERM at once; completes when one arrives.
#[cfg(unix)]
fn interruption() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Starts to listen for Ctrl-C at once; completes when it is pressed.
#[cfg(windows)]
fn interruption() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
