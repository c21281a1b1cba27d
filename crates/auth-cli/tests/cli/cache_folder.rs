//! A cache folder of the test's own beside an emulated vendor, and runs that share it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator};
use tempfile::TempDir;

use crate::support::{Environment, Run, command, environment, finish, start, vauth};

/// An emulator, and a home that contains nothing at first.
pub(crate) struct Cached {
    pub(crate) emulator: Emulator,
    pub(crate) home: TempDir,
    pub(crate) environment: Environment,
}

impl Cached {
    /// HOME is the folder, so that the default store is below it.
    pub(crate) async fn start(vendor: EmulatedVendor) -> Self {
        let emulator = start(vendor).await;
        let home = TempDir::new().unwrap();
        let mut environment = environment(&emulator);
        environment.push(("HOME".to_owned(), home.path().to_str().unwrap().to_owned()));
        Self {
            emulator,
            home,
            environment,
        }
    }

    /// The default store's folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.home.path().join(".cache/vauth/tokens")
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        vauth(arguments, &self.environment)
    }

    /// Returns the token that a run prints, which prints nothing else.
    #[track_caller]
    pub(crate) fn token(&self) -> String {
        self.token_with(&[])
    }

    #[track_caller]
    pub(crate) fn token_with(&self, arguments: &[&str]) -> String {
        let vendor = self.emulator.name().to_owned();
        self.run(&[&["token", &vendor], arguments].concat())
            .stdout()
    }

    /// Starts runs at the same time, and returns the tokens that they print.
    pub(crate) fn tokens_at_once(&self, count: usize) -> Vec<String> {
        let vendor = self.emulator.name().to_owned();
        let runs: Vec<_> = (0..count)
            .map(|_| {
                command(&["token", &vendor], &self.environment)
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        let runs = runs.into_iter();
        runs.map(|run| finish(run).stdout()).collect()
    }

    /// Makes every stored token older: the times at the start of its file, on both clocks, and in no other place.
    ///
    /// Its sealed times stay, so that only the store's own clock counts.
    pub(crate) fn age(&self, by: Duration) {
        let nanos = u64::try_from(by.as_nanos()).unwrap();
        for name in names(&self.folder()) {
            if !name.ends_with(".token") {
                continue;
            }
            let path = self.folder().join(name);
            let mut bytes = fs::read(&path).unwrap();
            for clock in [0, 1] {
                let start = MAGIC.len() + 8 * clock;
                let field = &mut bytes[start..start + 8];
                let time = u64::from_be_bytes(field.try_into().unwrap());
                field.copy_from_slice(&time.saturating_sub(nanos).to_be_bytes());
            }
            fs::write(path, bytes).unwrap();
        }
    }

    /// Asserts that a run signs in by itself, with one line that says why not through the store.
    #[track_caller]
    pub(crate) fn warned(&self, arguments: &[&str]) -> String {
        let vendor = self.emulator.name().to_owned();
        let before = self.emulator.token_requests();
        let run = self.run(&[&["token", &vendor], arguments].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stdout.len() > 20, "{run:?}");
        assert_eq!(self.emulator.token_requests(), before + 1, "{run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
        assert!(run.stderr.starts_with("vauth: warning: "), "{run:?}");
        run.assert_no_secret();
        run.stderr
    }
}

/// The names of the files in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// How a file of the store begins; the times of both clocks follow.
const MAGIC: &[u8] = b"auth-token-store 1\n";
