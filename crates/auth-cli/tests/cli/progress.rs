//! Tests of the line that a terminal shows while a command waits.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::hostile::{Hostile, usual};
use crate::support::command;

/// Opens a terminal: the side that reads what the command shows, and the command's side.
pub(crate) fn terminal() -> (File, File) {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    let name = ptsname(&controller, Vec::new()).unwrap();
    let terminal = OpenOptions::new()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    (File::from(controller), terminal)
}

#[test]
fn a_terminal_is_told_that_the_command_is_still_waiting() {
    let (controller, terminal) = terminal();
    let server = Hostile::start(|request| {
        let is_list = request.starts_with("GET ");
        is_list.then(|| usual(request).held())
    });
    let child = command(&["runai", "apps", "list"], &server.environment())
        .stderr(terminal)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The server says nothing until the command has.
    let mut line = String::new();
    let mut reader = BufReader::new(controller);
    reader.read_line(&mut line).unwrap();
    assert!(
        line.starts_with("vauth: still waiting for the server after 5 s"),
        "{line}"
    );
    server.go_on();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
}
