//! A case: a fleet, its store, and what happens to the store or to the processes meanwhile.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use auth_testkit::{EmulatedVendor, Emulator};
use tempfile::TempDir;

use super::figures::Figures;
use super::member::{StorePlace, Task};
use super::processes::Processes;
use super::redis_server::RedisServer;

/// How large a fleet is, and how long it runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fleet {
    pub(crate) processes: usize,
    /// The life of a token.
    pub(crate) life: Duration,
    /// How many such lives the fleet runs.
    pub(crate) lives: u32,
    /// How long the store is down, where it is.
    pub(crate) outage: Duration,
}

/// What shares the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    None,
    Redis,
    Folder,
}

/// What happens while the fleet runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Incident {
    Nothing,
    /// The server is killed, and back empty after the outage.
    Killed,
    /// The server is stopped by a signal, and goes on after the outage.
    Stopped,
    /// The server has no memory left for records, and has some after the outage.
    Full,
    /// Others may use the folder, which therefore is not used; corrected after the outage.
    Exposed,
    /// A process is killed while it requests a token for all.
    HolderKilled,
}

/// A store while a case runs.
enum Place {
    None,
    Redis(RedisServer),
    Folder(TempDir),
}

/// Runs a fleet.
pub(crate) fn run(fleet: Fleet, store: Store, incident: Incident) -> Figures {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let emulator = runtime.block_on(async {
        let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
        emulator.set_token_lifetime(fleet.life);
        emulator.set_token_latency(LATENCY);
        emulator
    });
    let mut place = Place::start(store);
    let task = Task {
        base_url: emulator.base_url().to_owned(),
        token_url: emulator.token_url().to_owned(),
        client_id: emulator.client_id().to_owned(),
        client_secret: emulator.client_secret().to_owned(),
        store: place.shown(),
    };
    let started = Instant::now();
    let mut processes = Processes::start(fleet.processes, &task);
    let length = fleet.life * fleet.lives;
    let released = Instant::now();
    let begins_at = released + length / 3;
    let mut steps = [
        (begins_at, true),
        (begins_at + fleet.outage, false),
        (released + length, false),
    ]
    .into_iter();
    let mut step = steps.next();
    let (mut requests, mut killed) = (0_u64, 0_u64);
    while let Some((at, begins)) = step {
        let left = at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            if at < released + length {
                place.apply(incident, begins);
            }
            step = steps.next();
        } else if let Some(index) = processes.next_request(left) {
            requests += 1;
            // Not the first token: without one, every call waits for the lease's end.
            if incident == Incident::HolderKilled && requests % 2 == 0 && killed < MOST_KILLED {
                processes.kill(index);
                killed += 1;
            }
        }
    }
    let outcomes = processes.end();
    Figures::of(&outcomes, killed, started.elapsed(), &emulator)
}

impl Place {
    fn start(store: Store) -> Self {
        match store {
            Store::None => Self::None,
            Store::Redis => Self::Redis(RedisServer::start(&["--maxclients", "1000"])),
            Store::Folder => Self::Folder(tempfile::tempdir().unwrap()),
        }
    }

    fn shown(&self) -> StorePlace {
        match self {
            Self::None => StorePlace::None,
            Self::Redis(server) => StorePlace::Redis(server.url()),
            Self::Folder(folder) => StorePlace::Folder(tokens(folder.path())),
        }
    }

    /// Lets an incident begin or end.
    fn apply(&mut self, incident: Incident, begins: bool) {
        match (self, incident) {
            (Self::Redis(server), Incident::Killed) if begins => server.kill(),
            (Self::Redis(server), Incident::Killed) => server.restart(),
            (Self::Redis(server), Incident::Stopped) => {
                server.signal(if begins { "STOP" } else { "CONT" });
            }
            (Self::Redis(server), Incident::Full) => {
                // One byte is less than any server takes; with no eviction every write fails.
                let limit = if begins { "1" } else { "0" };
                server.command(&format!("CONFIG SET maxmemory {limit}"));
            }
            (Self::Folder(folder), Incident::Exposed) => {
                let mode = if begins { 0o777 } else { 0o700 };
                fs::set_permissions(tokens(folder.path()), fs::Permissions::from_mode(mode))
                    .unwrap();
            }
            _ => {}
        }
    }
}

fn tokens(folder: &Path) -> String {
    folder.join("tokens").display().to_string()
}

/// What the token endpoint takes.
const LATENCY: Duration = Duration::from_millis(300);

/// So many that the others show what becomes of the fleet.
const MOST_KILLED: u64 = 4;
