//! Runs the command of a profile that prints a secret, with limits on time and output.

use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use auth_core::Secret;
use auth_core::vendor::check_credential;

use crate::failure::Failure;

/// Returns what the command prints: one line, without the line break.
///
/// Its standard input is empty, so that it does not take the command's own; its standard error is passed on.
pub(super) fn run(
    words: &[String],
    name: &str,
    folder: Option<&Path>,
    limit: Duration,
) -> Result<Secret, Failure> {
    let fault = |problem: String| Failure::Usage(format!("{name} {problem}"));
    let Some((program, arguments)) = words.split_first() else {
        return Err(fault("is empty: write a command".to_owned()));
    };
    // As a relative path of any other setting; a name is searched for in PATH.
    let has_folder = Path::new(program).components().count() > 1;
    let located = folder.filter(|_| has_folder).map(|it| it.join(program));
    let mut command = match located {
        Some(path) => Command::new(path),
        None => Command::new(program),
    };
    let mut child = command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| {
            fault(format!(
                "cannot be started: {program}: {error}; check the path, and write ['sh', '-c', ...] if it needs a shell"
            ))
        })?;
    let started = Instant::now();
    let output = read(&mut child);
    let output = match output.recv_timeout(limit) {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => {
            end(&mut child);
            return Err(fault(format!("cannot be read: {error}")));
        }
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            end(&mut child);
            return Err(too_slow(name, limit));
        }
    };
    if output.len() > MAX_OUTPUT {
        end(&mut child);
        return Err(fault(format!(
            "printed more than {MAX_OUTPUT} bytes: it must print only the secret"
        )));
    }
    let Some(status) =
        wait(&mut child, started, limit).map_err(|error| fault(error.to_string()))?
    else {
        end(&mut child);
        return Err(too_slow(name, limit));
    };
    if !status.success() {
        return Err(fault(format!("failed with {}", outcome(status))));
    }
    let text = String::from_utf8(output)
        .map_err(|_| fault("printed something that is not UTF-8 text".to_owned()))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    check_credential(&format!("the output of {name}"), line)?;
    Ok(Secret::from(line))
}

fn too_slow(name: &str, limit: Duration) -> Failure {
    Failure::Usage(format!(
        "{name} did not end within {} s: run it by hand to see what it waits for",
        limit.as_secs()
    ))
}

/// Reads in a thread: a process that the command left behind may keep the pipe open.
fn read(child: &mut Child) -> std::sync::mpsc::Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = channel();
    let stdout = child.stdout.take();
    thread::spawn(move || {
        let mut output = Vec::new();
        let limit = u64::try_from(MAX_OUTPUT + 1).unwrap_or(u64::MAX);
        let read = stdout.map_or(Ok(0), |stdout| stdout.take(limit).read_to_end(&mut output));
        // Without a receiver, the time is over.
        let _ = sender.send(read.map(|_| output));
    });
    receiver
}

/// Waits for the end of a command that has closed its output.
fn wait(child: &mut Child, started: Instant, limit: Duration) -> io::Result<Option<ExitStatus>> {
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some(status)),
            None if started.elapsed() > limit => return Ok(None),
            None => thread::sleep(POLL),
        }
    }
}

fn end(child: &mut Child) {
    // It may have ended already.
    let _ = child.kill();
    let _ = child.wait();
}

fn outcome(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return format!("signal {signal}");
        }
    }
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => "an unknown exit code".to_owned(),
    }
}

/// Enough for a password manager that asks to be unlocked elsewhere, and half of what doctor may take.
pub(super) const LIMIT: Duration = Duration::from_secs(30);

const POLL: Duration = Duration::from_millis(5);

/// As for a secret's file.
const MAX_OUTPUT: usize = 64 * 1024;

#[cfg(all(test, unix))]
mod tests;
