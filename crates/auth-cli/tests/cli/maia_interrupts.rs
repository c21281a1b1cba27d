//! Tests of signals to a command that starts or follows a pipeline execution: what exists, and how to go on.

use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::hostile::{Answer, Hostile};
use crate::maia_runs::{START, maia_environment, server};
use crate::servers::running::until;
use crate::support::{Run, command, finish};

const RUN: [&str; 7] = [
    "maia",
    "run",
    "p-1",
    "Long",
    "--environment",
    "Production",
    "--wait",
];

const STATUS: &str = "GET /dpc/v1/projects/p-1/pipeline-executions/e-7/status";

const CANCEL: &str = "PATCH /dpc/v1/projects/p-1/pipeline-executions/e-7";

/// A server that starts an execution, and whose answer to `held` is held back.
fn holding(held: &'static str) -> Hostile {
    server(move |request| {
        let answer = match request {
            START => Answer::Json(201, json!({ "pipelineExecutionId": "e-7" })),
            STATUS => Answer::Json(200, json!({ "status": "RUNNING" })),
            CANCEL => Answer::Json(200, json!({})),
            _ => return None,
        };
        Some(if request == held {
            answer.held()
        } else {
            answer
        })
    })
}

fn start(server: &Hostile, arguments: &[&str]) -> Child {
    command(arguments, &maia_environment(server))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Interrupts until it has ended: signals that arrive together are one.
fn insist(mut child: Child) -> Run {
    until(|| {
        let has_ended = child.try_wait().unwrap().is_some();
        if !has_ended {
            send(&child, Signal::INT);
        }
        has_ended
    });
    finish(child)
}

#[test]
fn during_the_start_it_may_have_been_started() {
    let server = holding(START);
    let child = start(&server, &RUN);
    server.wait_for(START);
    send(&child, Signal::INT);
    let run = finish(child);
    assert_eq!(run.stdout, "");
    let line = run.failure(130);
    assert!(
        line.contains("the pipeline may have been started"),
        "{line}"
    );
    assert!(line.contains("`vauth maia executions p-1`"), "{line}");
}

#[test]
fn during_the_wait_it_continues_and_its_id_is_on_standard_output() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        for arguments in [&RUN[..], &["maia", "wait", "p-1", "e-7"]] {
            let server = holding(STATUS);
            let child = start(&server, arguments);
            server.wait_for(STATUS);
            send(&child, signal);
            let run = finish(child);
            let is_run = arguments.len() == RUN.len();
            assert_eq!(run.stdout, if is_run { "e-7\n" } else { "" });
            assert_eq!(server.count(CANCEL), 0);
            let line = run.failure(code);
            for words in [
                "execution e-7 continues",
                "`vauth maia wait p-1 e-7`",
                "`vauth maia cancel p-1 e-7`",
            ] {
                assert!(line.contains(words), "{line}");
            }
        }
    }
}

#[test]
fn it_is_cancelled_on_request_and_a_second_signal_does_not_wait_for_that() {
    let arguments = [&RUN[..], &["--cancel-on-interrupt"]].concat();
    let server = holding(STATUS);
    let child = start(&server, &arguments);
    server.wait_for(STATUS);
    send(&child, Signal::INT);
    let line = finish(child).failure(130);
    assert_eq!(server.count(CANCEL), 1);
    assert!(
        line.contains("the cancellation of execution e-7 was requested"),
        "{line}"
    );

    let server = holding(CANCEL);
    let child = start(&server, &arguments);
    server.wait_for(STATUS);
    send(&child, Signal::INT);
    server.wait_for(CANCEL);
    let line = insist(child).failure(130);
    assert!(line.contains("execution e-7 may continue"), "{line}");
}

#[test]
fn signals_that_arrive_together_do_not_end_the_cancellation() {
    let arguments = [&RUN[..], &["--cancel-on-interrupt"]].concat();
    let server = holding(STATUS);
    let child = start(&server, &arguments);
    server.wait_for(STATUS);
    for signal in [Signal::TERM, Signal::HUP] {
        send(&child, signal);
    }
    let run = finish(child);
    assert_eq!(server.count(CANCEL), 1);
    let is_requested = run
        .stderr
        .contains("the cancellation of execution e-7 was requested");
    assert!(is_requested, "{run:?}");
}

#[test]
fn with_json_the_id_is_on_standard_error_even_if_that_is_quiet() {
    let server = holding(STATUS);
    let arguments = [&["-q"], &RUN[..], &["--json"]].concat();
    let child = start(&server, &arguments);
    server.wait_for(STATUS);
    send(&child, Signal::KILL);
    let run = finish(child);
    assert_eq!(run.stderr, "vauth: started execution e-7 in project p-1\n");
}

#[test]
fn a_reader_that_is_gone_does_not_lose_the_id() {
    let server = holding("");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = command(&RUN[..6], &maia_environment(&server))
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let line = finish(child).failure(1);
    assert!(line.contains("execution e-7 was started"), "{line}");
}

#[test]
fn a_terminal_shows_the_state_while_it_runs() {
    use std::io::Read as _;

    let server = holding("");
    let (controller, terminal) = crate::progress::terminal();
    let arguments = ["maia", "wait", "p-1", "e-7", "--time-limit", "1s"];
    let child = command(&arguments, &maia_environment(&server))
        .env("TERM", "xterm")
        .stderr(terminal)
        .spawn()
        .unwrap();
    assert_eq!(finish(child).code, Some(9));
    let mut shown = vec![0; 64 * 1024];
    let length = (&controller).read(&mut shown).unwrap();
    let shown = String::from_utf8_lossy(&shown[..length]).into_owned();
    assert!(
        shown.contains("pipeline execution e-7 is RUNNING, "),
        "{shown:?}"
    );
}
