//! The processes of a fleet as their parent sees them: started together, read line by line, killed, and ended.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::member::{Message, Report, Task};

/// Processes that run this program as members.
pub(crate) struct Processes {
    members: Vec<Member>,
    messages: Receiver<(usize, Message)>,
}

struct Member {
    child: Child,
    input: Option<ChildStdin>,
    requests: u64,
    report: Option<Report>,
    is_killed: bool,
}

/// What one process came to.
pub(crate) struct Outcome {
    /// Token requests.
    pub(crate) requests: u64,
    /// `None` if it was killed.
    pub(crate) report: Option<Report>,
}

impl Processes {
    /// Starts processes, which wait until they are released together.
    pub(crate) fn start(count: usize, task: &Task) -> Self {
        let argument = serde_json::to_string(task).unwrap();
        let program = env::current_exe().unwrap();
        let (sender, messages) = channel();
        let member = |index| {
            let mut child = Command::new(&program)
                .args([MEMBER, &argument])
                .env_clear()
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in lines.map_while(Result::ok) {
                    let message = serde_json::from_str(&line).unwrap();
                    // The parent may have stopped listening.
                    let _ = sender.send((index, message));
                }
            });
            Member {
                input: child.stdin.take(),
                child,
                requests: 0,
                report: None,
                is_killed: false,
            }
        };
        let members: Vec<_> = (0..count).map(member).collect();
        let mut processes = Self { members, messages };
        for _ in 0..count {
            let (_, message) = processes.messages.recv_timeout(LIMIT).unwrap();
            assert!(matches!(message, Message::Ready), "{message:?}");
        }
        for member in &mut processes.members {
            member.input.as_mut().unwrap().write_all(b"go\n").unwrap();
        }
        processes
    }

    /// Waits until a process is about to send a token request, and returns which one, or `None` after this time.
    pub(crate) fn next_request(&mut self, limit: Duration) -> Option<usize> {
        match self.messages.recv_timeout(limit) {
            Ok((index, Message::Requests)) => {
                self.members[index].requests += 1;
                Some(index)
            }
            Ok((_, message)) => panic!("a process says {message:?} before its end"),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("all processes have ended"),
        }
    }

    /// Kills a process, as the kernel does when memory runs out.
    pub(crate) fn kill(&mut self, index: usize) {
        let member = &mut self.members[index];
        member.is_killed = true;
        member.child.kill().unwrap();
    }

    /// Tells all processes to end, and returns what they came to.
    pub(crate) fn end(mut self) -> Vec<Outcome> {
        for member in &mut self.members {
            member.input = None;
        }
        let is_open = |member: &Member| !member.is_killed && member.report.is_none();
        while self.members.iter().any(is_open) {
            let (index, message) = self.messages.recv_timeout(LIMIT).unwrap();
            let member = &mut self.members[index];
            match message {
                Message::Report(report) => member.report = Some(report),
                Message::Requests => member.requests += 1,
                Message::Ready => {}
            }
        }
        let members = std::mem::take(&mut self.members).into_iter();
        members
            .map(|mut member| {
                member.child.wait().unwrap();
                Outcome {
                    requests: member.requests,
                    report: member.report,
                }
            })
            .collect()
    }
}

impl Drop for Processes {
    /// Leaves no process behind when a test fails.
    fn drop(&mut self) {
        for member in &mut self.members {
            let _ = member.child.kill();
            let _ = member.child.wait();
        }
    }
}

/// The argument that makes this program a member.
pub(crate) const MEMBER: &str = "member";

/// Far longer than a process takes to start or to end.
const LIMIT: Duration = Duration::from_secs(60);
