//! The table of a large fleet: each case, its token requests and its longest calls.

use std::io::{Write as _, stdout};
use std::process::ExitCode;
use std::time::Duration;

use super::case::{Fleet, Incident, Store, run};
use super::figures::Figures;
use super::redis_server;

/// Runs all cases one after the other, and prints a row for each.
pub(crate) fn print() -> ExitCode {
    let cases = [
        ("no store", Store::None, Incident::Nothing),
        ("Redis, all well", Store::Redis, Incident::Nothing),
        (
            "Redis, four holders of the lease killed (SIGKILL) during their token request",
            Store::Redis,
            Incident::HolderKilled,
        ),
        (
            "Redis, killed, and back empty after 10 s",
            Store::Redis,
            Incident::Killed,
        ),
        (
            "Redis, stopped (SIGSTOP) for 10 s",
            Store::Redis,
            Incident::Stopped,
        ),
        (
            "Redis, at its memory limit for 10 s",
            Store::Redis,
            Incident::Full,
        ),
        ("folder, all well", Store::Folder, Incident::Nothing),
        (
            "folder, four holders of the lease killed (SIGKILL) during their token request",
            Store::Folder,
            Incident::HolderKilled,
        ),
        (
            "folder, with wrong permissions for 10 s",
            Store::Folder,
            Incident::Exposed,
        ),
    ];
    write(
        "| case | calls | failed calls | token requests | at once | processes that found the store down | longest first call | longest later call |",
    );
    write("|---|---|---|---|---|---|---|---|");
    for (name, store, incident) in cases {
        if store != Store::Redis || redis_server::is_installed() {
            write(&row(name, &run(LARGE, store, incident)));
        }
    }
    ExitCode::SUCCESS
}

fn row(name: &str, figures: &Figures) -> String {
    let Figures {
        calls,
        errors,
        expired,
        requests,
        most_at_once,
        disturbed,
        first_wait,
        later_wait,
        ..
    } = figures;
    assert_eq!(*expired, 0, "{name}: {figures:?}");
    let [first, later] =
        [first_wait, later_wait].map(|wait| format!("{:.2} s", wait.as_secs_f64()));
    format!(
        "| {name} | {calls} | {errors} | {requests} | {most_at_once} | {disturbed} | {first} | {later} |"
    )
}

fn write(line: &str) {
    // Without standard output there is nobody to print for.
    let _ = writeln!(stdout().lock(), "{line}");
}

/// Ten lives of a token.
const LARGE: Fleet = Fleet {
    processes: 200,
    life: Duration::from_secs(6),
    lives: 10,
    outage: Duration::from_secs(10),
};
