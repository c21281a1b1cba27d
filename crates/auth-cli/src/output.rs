//! Writing to standard output, whose reader may have closed the pipe.

mod table;

pub(crate) use table::{Listed, print_list, print_one, render_list, render_one};

use std::time::Duration;

use serde::Serialize;

use crate::arguments::ListArguments;
use crate::failure::Failure;
use crate::signals::Signals;
use crate::stdout::write_stdout;

/// Writes all of `bytes` to standard output.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    write_stdout(bytes).map_err(Failure::output)
}

/// As [`print()`], for a command that handles signals: one ends the wait for a reader that does not read.
pub(crate) async fn print_unless_interrupted(
    bytes: Vec<u8>,
    signals: &mut Signals,
) -> Result<(), Failure> {
    let mut writing = tokio::task::spawn_blocking(move || write_stdout(&bytes));
    let written = tokio::select! {
        biased;
        written = &mut writing => written,
        by = signals.next() => {
            // Most writes complete immediately, and then the signal is for what follows.
            match tokio::time::timeout(GRACE, writing).await {
                Ok(written) => {
                    signals.put_back(by);
                    written
                }
                Err(_) => return Err(Failure::Interrupted { by, state: String::new() }),
            }
        }
    };
    match written {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Failure::output(error)),
        Err(error) => Err(Failure::output(error.into())),
    }
}

/// Writes a value as one line of JSON.
pub(crate) fn print_json(value: &(impl Serialize + ?Sized)) -> Result<(), Failure> {
    print(&json_line(value)?)
}

/// Prints a count, or an object with it.
pub(crate) fn print_count(count: u64, arguments: &ListArguments) -> Result<(), Failure> {
    match arguments.json {
        true => print_json(&Count { count }),
        false => print(format!("{count}\n").as_bytes()),
    }
}

/// Prints the id of what was changed if JSON was requested, and nothing otherwise.
pub(crate) fn print_changed(id: &str, arguments: &ListArguments) -> Result<(), Failure> {
    match arguments.json {
        true => print_json(&Changed { id }),
        false => Ok(()),
    }
}

#[derive(Serialize)]
struct Changed<'a> {
    id: &'a str,
}

#[derive(Serialize)]
struct Count {
    count: u64,
}

/// Returns a value as one line of JSON.
pub(crate) fn json_line(value: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, Failure> {
    let mut json = serde_json::to_vec(value)
        .map_err(|error| Failure::System("cannot write JSON", error.into()))?;
    json.push(b'\n');
    Ok(json)
}

/// Long for a write that has a reader, short for a user who has just pressed Ctrl-C.
pub(crate) const GRACE: Duration = Duration::from_secs(1);
