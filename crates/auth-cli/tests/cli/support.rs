//! Starts emulators and the command, and judges how a run failed.

use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator};

pub(crate) const VENDORS: [EmulatedVendor; 3] = [
    EmulatedVendor::Datasaur,
    EmulatedVendor::Maia,
    EmulatedVendor::Runai,
];

/// In no message, not even its first six characters.
pub(crate) const SECRET: &str = "Zx9qLm fäke-secret";

/// An environment for the command.
pub(crate) type Environment = Vec<(String, String)>;

/// Starts an emulator whose client has [`SECRET`].
pub(crate) async fn start(vendor: EmulatedVendor) -> Emulator {
    Emulator::builder(vendor)
        .client_secret(SECRET)
        .start()
        .await
        .unwrap()
}

/// The variables that point the command at an emulator.
pub(crate) fn environment(emulator: &Emulator) -> Environment {
    let prefix = emulator.name().to_uppercase();
    let mut environment = vec![
        (format!("{prefix}_BASE_URL"), emulator.base_url().to_owned()),
        (
            format!("{prefix}_CLIENT_ID"),
            emulator.client_id().to_owned(),
        ),
        (
            format!("{prefix}_CLIENT_SECRET"),
            emulator.client_secret().to_owned(),
        ),
    ];
    if emulator.name() == "maia" {
        environment.push(("MAIA_TOKEN_URL".to_owned(), emulator.token_url().to_owned()));
    }
    environment
}

/// Sets one variable anew.
pub(crate) fn with(mut environment: Environment, name: &str, value: &str) -> Environment {
    environment.retain(|(other, _)| other != name);
    environment.push((name.to_owned(), value.to_owned()));
    environment
}

/// Unsets one variable.
pub(crate) fn without(mut environment: Environment, name: &str) -> Environment {
    environment.retain(|(other, _)| other != name);
    environment
}

pub(crate) fn command(arguments: &[&str], environment: &Environment) -> Command {
    let mut command = program();
    command
        .args(arguments)
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null());
    command
}

/// The command with every signal as the system sets it: whoever runs the tests in the background of a script has some ignored,
/// which the command rightly leaves as it is.
#[cfg(target_os = "linux")]
fn program() -> Command {
    let mut command = Command::new("/usr/bin/env");
    command
        .arg("--default-signal=HUP,INT,QUIT,TERM")
        .arg(env!("CARGO_BIN_EXE_vauth"));
    command
}

#[cfg(not(target_os = "linux"))]
fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_vauth"))
}

/// Waits until a run ends, which it must within a time that no healthy one needs.
pub(crate) fn finish(child: Child) -> Run {
    let id = child.id().to_string();
    let (ended, end) = channel();
    let watchdog = thread::spawn(move || {
        let is_over_time = end.recv_timeout(Duration::from_secs(60)).is_err();
        if is_over_time {
            let _ = Command::new("kill").args(["-9", &id]).status();
        }
        is_over_time
    });
    let output = child.wait_with_output().unwrap();
    let _ = ended.send(());
    assert!(!watchdog.join().unwrap(), "it did not end: {output:?}");
    output.into()
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub(crate) fn vauth(arguments: &[&str], environment: &Environment) -> Run {
    command(arguments, environment).output().unwrap().into()
}

impl Run {
    /// Returns standard output of a run that worked.
    #[track_caller]
    pub(crate) fn stdout(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        assert_eq!(self.stderr, "", "{self:?}");
        self.stdout
    }

    /// Returns the one line on standard error of a run that failed with this code, and nothing of the secret anywhere.
    #[track_caller]
    pub(crate) fn failure(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        self.assert_no_secret();
        let line = self.stderr.strip_suffix('\n').unwrap_or_default();
        assert!(line.starts_with("vauth: "), "{self:?}");
        assert!(!line.contains(char::is_control), "{self:?}");
        assert!(!line.contains("panicked"), "{self:?}");
        line.to_owned()
    }

    #[track_caller]
    pub(crate) fn assert_no_secret(&self) {
        let start = &SECRET[..6];
        for text in [&self.stdout, &self.stderr] {
            assert!(!text.contains(start), "a secret was printed: {self:?}");
        }
    }
}
