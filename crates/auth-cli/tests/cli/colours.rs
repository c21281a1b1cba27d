//! Tests of when the output is coloured.

use crate::support::{Environment, vauth};

#[test]
fn a_pipe_gets_colours_only_on_request() {
    let environment = Environment::new();
    let run = |arguments: &[&str]| vauth(arguments, &environment);
    for arguments in [
        &["token", "maia"][..],
        &["--color=never", "token", "maia"],
        &["tokn"],
        &["--help"],
    ] {
        let run = run(arguments);
        assert!(
            !run.stderr.contains('\u{1b}') && !run.stdout.contains('\u{1b}'),
            "{run:?}"
        );
    }
    let failed = run(&["--color=always", "token", "maia"]);
    assert!(
        failed
            .stderr
            .starts_with("\u{1b}[1m\u{1b}[31mvauth:\u{1b}[0m maia: "),
        "{failed:?}"
    );
    let usage = run(&["--color", "always", "tokn"]);
    assert!(usage.stderr.contains('\u{1b}'), "{usage:?}");
    let unknown = run(&["--color=pink", "token", "maia"]);
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
}
