//! Tests of commands that do not end.

use super::*;

fn words(script: &str) -> Vec<String> {
    ["sh", "-c", script].map(str::to_owned).into()
}

#[test]
fn a_command_that_does_not_end_is_ended() {
    for script in [
        "exec sleep 600",
        // It has closed its output, and is still there.
        "echo fake-secret; exec sleep 600 >&-",
        // It has ended, and what it left behind keeps the output open.
        "sleep 20 2>&- & exit 0",
    ] {
        let limit = Duration::from_millis(200);
        let started = Instant::now();
        let failure = run(&words(script), "the command", None, limit).unwrap_err();
        let message = failure.message().unwrap();
        assert!(message.contains("did not end within"), "{message}");
        assert!(started.elapsed() < Duration::from_secs(20), "{script}");
    }
}
