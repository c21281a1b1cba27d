//! Tests of the prompt for a secret: on a terminal only, and without echo.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Command, ExitStatus};

use auth_testkit::EmulatedVendor;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::home::Home;
use crate::support::{SECRET, start};

/// Runs a command on a terminal of its own and types a line once the terminal has no echo; returns none without `setsid` of util-linux.
///
/// The text is all that the terminal shows.
fn on_a_terminal(home: &Home, arguments: &[&str], typed: &str) -> Option<(ExitStatus, String)> {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    let name = ptsname(&controller, Vec::new()).unwrap();
    let open = || {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true);
        options.open(name.to_str().unwrap()).unwrap()
    };
    let spawned = Command::new("setsid")
        .args(["--ctty", "--wait", env!("CARGO_BIN_EXE_vauth")])
        .args(arguments)
        .env_clear()
        .envs(home.environment.iter().map(|(name, value)| (name, value)))
        .env("PATH", "/usr/bin:/bin")
        .stdin(open())
        .stdout(open())
        .stderr(open())
        .spawn();
    let Ok(mut child) = spawned else {
        let _ = writeln!(std::io::stderr(), "skipped: no `setsid` on this machine");
        return None;
    };
    while tcgetattr(&controller)
        .unwrap()
        .local_modes
        .contains(LocalModes::ECHO)
    {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended without a prompt"
        );
        std::thread::yield_now();
    }
    let mut terminal = File::from(controller);
    terminal.write_all(format!("{typed}\n").as_bytes()).unwrap();
    let status = child.wait().unwrap();
    // All of it is there already; at the end, Linux reports an error.
    let mut shown = Vec::new();
    let _ = terminal.read_to_end(&mut shown);
    Some((status, String::from_utf8_lossy(&shown).into_owned()))
}

#[tokio::test]
async fn a_terminal_is_asked_for_a_missing_secret_and_does_not_show_it() {
    let home = Home::new();
    let emulator = start(EmulatedVendor::Datasaur).await;
    home.write(&format!(
        "[profiles.p]\nvendor = 'datasaur'\nbase_url = '{}'\nclient_id = '{}'\n",
        emulator.base_url(),
        emulator.client_id()
    ));
    let Some((status, text)) = on_a_terminal(&home, &["token", "--profile", "p"], SECRET) else {
        return;
    };
    assert!(text.contains("Client secret for datasaur: "), "{text}");
    assert!(!text.contains(&SECRET[..6]), "{text}");
    assert!(status.success(), "{text}");
    assert_eq!(emulator.token_requests(), 1);
    // Without a terminal it is an error at once.
    let line = home.run(&["token", "--profile", "p"]).failure(2);
    assert!(line.contains("DATASAUR_CLIENT_SECRET is not set"), "{line}");
    home.run_with_input(&["token", "--profile", "p"], SECRET)
        .failure(2);
}

#[test]
fn a_secret_for_the_file_is_typed_without_echo() {
    let home = Home::new();
    home.run(&["config", "set", "vendor", "maia"]).stdout();
    let set = ["config", "set", "client_secret"];
    let Some((status, text)) = on_a_terminal(&home, &set, "Zx9qLm-typed") else {
        return;
    };
    assert!(status.success(), "{text}");
    assert!(!text.contains("Zx9qLm"), "{text}");
    assert!(home.text().contains("Zx9qLm-typed"), "{text}");
    assert_eq!(home.mode(), 0o600);
}
