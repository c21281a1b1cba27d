//! A PostgreSQL server of a test's own, on a socket in a folder of its own, which ends with the test.

#![allow(
    dead_code,
    reason = "not every target that includes this file uses all of it"
)]

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _, stderr};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Returns true if there is a server to start.
///
/// Without one, tests say on standard error that they are skipped; with `AUTH_REQUIRE_PEERS=1`, which CI sets, they fail.
pub(crate) fn is_installed() -> bool {
    if programs().is_some() {
        return true;
    }
    let is_required = env::var_os("AUTH_REQUIRE_PEERS").is_some_and(|value| value == "1");
    assert!(!is_required, "PostgreSQL is not installed");
    let note = "skipped the tests that need a PostgreSQL server: postgres is not installed";
    let _ = writeln!(stderr(), "{note}");
    false
}

/// A running server.
pub(crate) struct PostgresServer {
    child: Child,
    folder: TempDir,
}

impl PostgresServer {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let account = Account::of(folder.path());
        let programs = programs().unwrap();
        let data = folder.path().join("data");
        let output = account
            .command(&programs.join("initdb"))
            .args([
                "--username",
                USER,
                "--auth",
                "trust",
                "--no-sync",
                "--no-locale",
            ])
            .args(["--encoding", "UTF8", "--pgdata"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let mut child = account
            .command(&programs.join("postgres"))
            // No TCP, no writes that wait for the disk.
            .args(["-h", "", "-F", "-k"])
            .arg(folder.path())
            .arg("-D")
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        assert!(
            lines.any(|line| line.contains("ready to accept connections")),
            "the server does not start"
        );
        // It writes on; without a reader it would stop once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The settings of a connection, as libpq writes them.
    pub(crate) fn settings(&self) -> String {
        let folder = self.folder.path().display();
        format!("host={folder} user={USER} dbname=postgres")
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // An immediate shutdown: unlike a kill, it ends the server's own processes and frees its shared memory.
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-s", "QUIT", &pid]).status();
        let _ = self.child.wait();
    }
}

/// Who runs the server: it refuses to run as root, so then it is the account of Debian's package.
enum Account {
    Own,
    Package,
}

impl Account {
    /// Chooses the account, and lets it own the folder.
    fn of(folder: &Path) -> Self {
        if fs::metadata(folder).unwrap().uid() != 0 {
            return Self::Own;
        }
        let id = |option| {
            let output = Command::new("id").args([option, USER]).output().unwrap();
            String::from_utf8(output.stdout)
                .unwrap()
                .trim()
                .parse()
                .ok()
        };
        chown(folder, id("-u"), id("-g")).unwrap();
        Self::Package
    }

    fn command(&self, program: &Path) -> Command {
        match self {
            Self::Own => Command::new(program),
            Self::Package => {
                let mut command = Command::new("setpriv");
                command
                    .args(["--reuid", USER, "--regid", USER, "--clear-groups"])
                    .arg(program)
                    // The folder of this process may be closed to it.
                    .current_dir("/");
                command
            }
        }
    }
}

/// The folder of `initdb` and `postgres`, which Debian keeps out of the path.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    let path = env::var_os("PATH").unwrap_or_default();
    let all = debian.chain(env::split_paths(&path));
    all.into_iter().find(|folder| {
        ["initdb", "postgres"]
            .iter()
            .all(|name| folder.join(name).is_file())
    })
}

/// Debian's account, and the name of the database's administrator.
const USER: &str = "postgres";
