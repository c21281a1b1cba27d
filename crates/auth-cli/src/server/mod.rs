//! An HTTP server for programs on this machine: its callers, its limits, its orderly end, and what it reports about itself.

mod stall;
mod stream;
mod refusal;
mod callers;
#[cfg(unix)]
mod unix_socket;
mod listener;
mod metrics;
mod caller_body;
mod observed;
mod admin;
mod service;
mod connections;

pub(crate) use caller_body::{CallerBody, CallerBodyError, Progress};
pub(crate) use callers::{SECRET_HEADER, Transport, is_own_url};
pub(crate) use refusal::{Format, MARK, Refusal};
pub(crate) use service::{Handled, Handler};
pub(crate) use stall::Stall;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;

use self::callers::Callers;
use self::connections::Connections;
use self::listener::{Listener, raise_file_limit};
use self::metrics::Metrics;
use self::service::{Role, Server};
use crate::arguments::{ListenAddress, ServerArguments};
use crate::failure::Failure;
use crate::interruption::Interruption;
use crate::notes::{Level, note};
use crate::output::{json_line, print_unless_interrupted};
use crate::secret_file;
use crate::signals::Signals;
use crate::stdout::leads_nowhere;
use crate::vendor::Client;

/// What a caller needs to connect, printed when it can; the keys are in the documented order.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    vendor: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    socket: Option<&'a Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_socket: Option<&'a Path>,
}

/// What a server is made of.
#[derive(Debug)]
pub(crate) struct Setup<'a, H> {
    pub(crate) arguments: &'a ServerArguments,
    pub(crate) client: Client,
    pub(crate) handler: H,
    /// How long a body may pause in either direction.
    pub(crate) timeout: Duration,
    /// Printed in the ready line.
    pub(crate) base_url: Option<&'a str>,
}

/// Runs a server until a signal stops it.
pub(crate) async fn run<H: Handler + Clone>(setup: Setup<'_, H>) -> Result<(), Failure> {
    let arguments = setup.arguments;
    let secret = arguments.caller_secret_file.as_ref();
    let secret = secret
        .map(|path| secret_file::read("--caller-secret-file", path))
        .transpose()?;
    let (callers, admin_callers) = (Callers::new(secret.clone())?, Callers::new(secret)?);
    check_address(&arguments.listen, arguments.allow_remote)?;
    if let Some(address) = &arguments.admin_listen {
        check_address(address, arguments.allow_remote)?;
    }
    let metrics = Arc::new(Metrics::install()?);
    raise_file_limit();
    // Before the ready line, so that its reader can stop the server properly.
    let mut signals = Signals::listen()?;
    let listener = Listener::bind(&arguments.listen, "--listen").await?;
    let admin = match &arguments.admin_listen {
        Some(address) => Some(Listener::bind(address, "--admin-listen").await?),
        None => None,
    };
    let ready = Ready {
        vendor: setup.client.vendor().as_str(),
        base_url: setup.base_url,
        url: listener.url(),
        socket: listener.socket(),
        admin_url: admin.as_ref().and_then(Listener::url),
        admin_socket: admin.as_ref().and_then(Listener::socket),
    };
    let has_any_port = [Some(&arguments.listen), arguments.admin_listen.as_ref()]
        .into_iter()
        .flatten()
        .any(ListenAddress::is_any_port);
    announce(&ready, has_any_port, &mut signals).await?;

    let (stop, stopped) = watch::channel(false);
    let background = setup.client.clone();
    tokio::spawn(async move { background.keep_fresh().await });
    let upkeep = Arc::clone(&metrics);
    tokio::spawn(async move { upkeep.run_upkeep().await });
    let role = Role::Main {
        has_admin: admin.is_none(),
    };
    let server = |role, callers| Server {
        handler: setup.handler.clone(),
        callers,
        client: setup.client.clone(),
        metrics: Arc::clone(&metrics),
        timeout: setup.timeout,
        role,
    };
    let main = Arc::new(Connections::new(arguments.max_connections, stopped.clone()));
    let mut accepting = vec![tokio::spawn(
        Arc::clone(&main).accept(listener, Arc::new(server(role, callers))),
    )];
    let others = Arc::new(Connections::new(MAX_ADMIN_CONNECTIONS, stopped));
    if let Some(admin) = admin {
        let server = Arc::new(server(Role::Admin, admin_callers));
        accepting.push(tokio::spawn(Arc::clone(&others).accept(admin, server)));
    }

    signals.next().await;
    let _ = stop.send(true);
    // Closes the sockets and removes their files.
    for accepting in accepting {
        let _ = accepting.await;
    }
    let all = [main, others];
    drain(&all, &mut signals, arguments.grace_period).await
}

/// Prints the ready line; who starts a server as a service may not read it.
///
/// Only this line says which port was chosen, so that it must not be lost with a standard output that leads nowhere.
async fn announce(
    ready: &Ready<'_>,
    has_any_port: bool,
    signals: &mut Signals,
) -> Result<(), Failure> {
    let line = json_line(ready)?;
    let text = String::from_utf8_lossy(&line).trim_end().to_owned();
    match print_unless_interrupted(line, signals).await {
        Err(Failure::NoReader) => {
            let text = format!("warning: standard output has no reader; listening: {text}");
            note(Level::Created, &text);
            Ok(())
        }
        Err(failure) => Err(failure.unfinished("nothing was served".to_owned())),
        Ok(()) => {
            if has_any_port && leads_nowhere() {
                note(Level::Created, &format!("listening: {text}"));
            }
            Ok(())
        }
    }
}

/// Waits for the connections to end.
async fn drain(
    connections: &[Arc<Connections>; 2],
    signals: &mut Signals,
    grace: Duration,
) -> Result<(), Failure> {
    let ended = async {
        for connections in connections {
            connections.ended().await;
        }
    };
    let interruption: Option<Interruption> = tokio::select! {
        biased;
        () = ended => return Ok(()),
        interruption = signals.next() => Some(interruption),
        () = tokio::time::sleep(grace) => None,
    };
    let open: usize = connections
        .iter()
        .map(|connections| connections.open())
        .sum();
    let state = format!("{open} connections with running requests were closed");
    match interruption {
        Some(by) => Err(Failure::Interrupted { by, state }),
        None => {
            let text = format!("{state} after {} s", grace.as_secs_f64());
            note(Level::Warning, &text);
            Ok(())
        }
    }
}

/// Without TLS, what other machines can reach needs the user's consent.
fn check_address(address: &ListenAddress, is_remote_allowed: bool) -> Result<(), Failure> {
    if address.is_local() || is_remote_allowed {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "other machines can reach {address}: listen on 127.0.0.1, [::1] or unix:PATH, or pass --allow-remote and --caller-secret-file"
    )))
}

/// A few probes and a collector of metrics.
const MAX_ADMIN_CONNECTIONS: u32 = 64;
