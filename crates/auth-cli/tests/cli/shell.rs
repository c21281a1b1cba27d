//! A shell beside an emulated Run:ai control plane: its administrator's environment, and a folder for secrets.

use std::fs;

use auth_testkit::{ControlPlane, Emulator, Runai};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Environment, Run, vauth};

/// A role that every control plane has.
pub(crate) const ROLE: &str = "System administrator";

fn administrator(emulator: &Emulator) -> Environment {
    [
        ("RUNAI_BASE_URL", emulator.base_url()),
        ("RUNAI_USERNAME", emulator.username().unwrap()),
        ("RUNAI_PASSWORD", emulator.password().unwrap()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// A control plane, its administrator, and a folder for secrets.
pub(crate) struct Shell {
    pub(crate) emulator: Emulator,
    pub(crate) environment: Environment,
    pub(crate) folder: TempDir,
}

impl Shell {
    pub(crate) async fn start(version: ControlPlane) -> Self {
        Self::beside(Runai::new().control_plane(version)).await
    }

    /// Starts this control plane.
    pub(crate) async fn beside(runai: Runai) -> Self {
        let emulator = Emulator::builder(runai).start().await.unwrap();
        Self {
            environment: administrator(&emulator),
            emulator,
            folder: TempDir::new().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        vauth(&[&["runai"], arguments].concat(), &self.environment)
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let text = self.run(&[arguments, &["--json"]].concat()).stdout();
        serde_json::from_str(&text).unwrap()
    }

    /// Returns what a command prints that prints JSON only.
    pub(crate) fn json_of(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(arguments).stdout()).unwrap()
    }

    pub(crate) fn names(&self, resource: &str) -> Vec<String> {
        let all = self.json(&[resource, "list"]);
        let names = all.as_array().unwrap().iter();
        names
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Reads a secret's file, which must be its owner's alone.
pub(crate) fn read_secret(path: &str) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    fs::read_to_string(path).unwrap()
}
