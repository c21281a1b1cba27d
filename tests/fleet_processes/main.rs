//! Real processes with one token, over a Redis server or a folder; `table` runs 200 of them over ten lives of a token, and prints figures.
//!
//! The processes are this program, so time is the machine's: the tests count token requests, and compare waits with a fleet without a store.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test that calls them"
)]

#[path = "../common/redis_server.rs"]
mod redis_server;
mod member;
mod processes;
mod figures;
mod case;
mod table;

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};

use self::case::{Fleet, Incident, Store, run};
use self::processes::MEMBER;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some(MEMBER) => {
            member::run(&arguments[2]);
            ExitCode::SUCCESS
        }
        Some(TABLE) => table::print(),
        _ => libtest_mimic::run(&Arguments::from_args(), trials()).exit_code(),
    }
}

fn trials() -> Vec<Trial> {
    let cases = [
        ("a_server_all_well", Store::Redis, Incident::Nothing),
        (
            "a_server_and_dying_holders",
            Store::Redis,
            Incident::HolderKilled,
        ),
        (
            "a_server_is_killed_and_restarted",
            Store::Redis,
            Incident::Killed,
        ),
        ("a_server_is_stopped", Store::Redis, Incident::Stopped),
        ("a_server_has_no_memory_left", Store::Redis, Incident::Full),
        ("a_folder_all_well", Store::Folder, Incident::Nothing),
        (
            "a_folder_and_dying_holders",
            Store::Folder,
            Incident::HolderKilled,
        ),
        (
            "a_folder_that_others_may_use",
            Store::Folder,
            Incident::Exposed,
        ),
    ];
    let is_possible = |store| store != Store::Redis || redis_server::is_installed();
    let cases = cases.into_iter().filter(|case| is_possible(case.1));
    cases
        .map(|(name, store, incident)| {
            Trial::test(name, move || {
                check(store, incident);
                Ok(())
            })
        })
        .collect()
}

/// Runs a fleet with the store and one without at the same time, so that both meet the same load.
fn check(store: Store, incident: Incident) {
    let (figures, alone) = std::thread::scope(|scope| {
        let alone = scope.spawn(|| run(SMALL, Store::None, Incident::Nothing));
        (run(SMALL, store, incident), alone.join().unwrap())
    });
    figures.check_calls(&alone);
    match incident {
        Incident::Nothing => figures.check_requests(SMALL),
        Incident::HolderKilled => {
            assert!(figures.killed > 0, "{figures:?}");
            figures.check_requests(SMALL);
        }
        _ => figures.check_outage(SMALL),
    }
}

/// Small enough for every run of the tests.
const SMALL: Fleet = Fleet {
    processes: 20,
    life: Duration::from_secs(3),
    lives: 3,
    outage: Duration::from_secs(3),
};

/// The argument that prints the table.
pub(crate) const TABLE: &str = "table";
