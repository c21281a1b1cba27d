//! A configuration file in a folder of the test's own, beside an emulated vendor.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use auth_testkit::Emulator;
use tempfile::TempDir;

use crate::support::{Environment, Run, command, finish};

/// The folder, and an environment that names the file in it and nothing else.
pub(crate) struct Home {
    pub(crate) folder: TempDir,
    pub(crate) environment: Environment,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("config.toml");
        let path = path.to_str().unwrap().to_owned();
        Self {
            environment: vec![("VAUTH_CONFIG".to_owned(), path)],
            folder,
        }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes the configuration file, readable only by its owner.
    pub(crate) fn write(&self, text: &str) {
        fs::write(self.path("config.toml"), text).unwrap();
        self.set_mode(0o600);
    }

    #[cfg(unix)]
    pub(crate) fn set_mode(&self, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(self.path("config.toml"), mode).unwrap();
    }

    #[cfg(not(unix))]
    pub(crate) fn set_mode(&self, _mode: u32) {}

    #[cfg(unix)]
    pub(crate) fn mode(&self) -> u32 {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = fs::metadata(self.path("config.toml")).unwrap();
        metadata.permissions().mode() & 0o777
    }

    pub(crate) fn text(&self) -> String {
        fs::read_to_string(self.path("config.toml")).unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        finish(
            command(arguments, &self.environment)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap(),
        )
    }

    /// As [`Home::run`], with text on standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Run {
        let mut child = command(arguments, &self.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        finish(child)
    }

    /// Sets a profile up for an emulator, with the secret in a file.
    pub(crate) fn set_up(&self, profile: &str, emulator: &Emulator) {
        let file = self.path(&format!("{profile}.secret"));
        fs::write(&file, emulator.client_secret()).unwrap();
        let mut words = vec![
            format!("vendor={}", emulator.name()),
            format!("base_url={}", emulator.base_url()),
            format!("client_id={}", emulator.client_id()),
            format!("client_secret_file={file}"),
        ];
        if emulator.name() == "maia" {
            words.push(format!("token_url={}", emulator.token_url()));
        }
        let mut arguments = vec!["config", "set", "--profile", profile];
        arguments.extend(words.iter().map(String::as_str));
        assert_eq!(self.run(&arguments).stdout(), "");
    }
}
