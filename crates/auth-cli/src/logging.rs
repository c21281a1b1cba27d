//! The crates' logs on standard error, for `-v` and `RUST_LOG`.

use std::sync::{Mutex, PoisonError};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::arguments::GlobalArguments;
use crate::failure::Failure;
use crate::notes::{Level, note};
use crate::style::is_stderr_coloured;
use crate::variables::Variables;

/// Starts to log, if the user wants logs: `-v` takes precedence over `RUST_LOG`.
///
/// The crates never log a secret at any level; `-vv` adds those that they use.
pub(crate) fn start(arguments: &GlobalArguments, variables: &Variables) -> Result<(), Failure> {
    if arguments.quiet {
        return Ok(());
    }
    let variable = variables.text(VARIABLE).map_err(Failure::Usage)?;
    let filter = match (arguments.verbose, variable) {
        (0, None) => return Ok(()),
        (0, Some(filter)) => match EnvFilter::try_new(filter) {
            Ok(filter) => filter,
            Err(_) => {
                // Set for other programs, perhaps.
                let text = format!("{VARIABLE} is not a valid filter, so nothing is logged");
                note(Level::Warning, &text);
                return Ok(());
            }
        },
        (1, _) => EnvFilter::new(OWN),
        (_, _) => EnvFilter::new(ALL),
    };
    // On a thread of its own: a reader that reads no more must stop neither a request nor a server's end. What it does not read is dropped.
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(MAX_WAITING)
        .finish(std::io::stderr());
    *LOGS.lock().unwrap_or_else(PoisonError::into_inner) = Some(guard);
    let subscriber = fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(is_stderr_coloured());
    // Fails only if there is one already.
    let _ = subscriber.try_init();
    Ok(())
}

/// Waits until what was logged is written, for a second at most; to be called before the process ends.
pub(crate) fn finish() {
    let guard = LOGS.lock().unwrap_or_else(PoisonError::into_inner).take();
    drop(guard);
}

/// Ends the thread that writes.
static LOGS: Mutex<Option<WorkerGuard>> = Mutex::new(None);

/// Lines that wait for the reader, some 2 MiB of them.
const MAX_WAITING: usize = 10_000;

const VARIABLE: &str = "RUST_LOG";

/// Each request, refresh and retry, and the access log of a server.
const OWN: &str =
    "auth_core=debug,datasaur_auth=debug,maia_auth=debug,runai_auth=debug,vauth=debug";

/// Everything, and the steps of connections.
const ALL: &str =
    "debug,auth_core=trace,datasaur_auth=trace,maia_auth=trace,runai_auth=trace,vauth=trace";
