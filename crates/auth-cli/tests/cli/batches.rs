//! Tests of access rules whose creation or deletion a response leaves open: that is no success, and standard error or the list says so.

use std::path::Path;

use serde_json::json;

use crate::hostile::{Answer, Hostile};
use crate::makers::{rule, without_secrets};
use crate::support::{Run, command};

fn run(server: &Hostile, arguments: &[&str]) -> Run {
    let output = command(arguments, &server.environment()).output();
    output.unwrap().into()
}

#[test]
fn a_rule_that_the_response_to_a_batch_does_not_name_is_no_success() {
    let create = [
        "runai",
        "access-rules",
        "create",
        "--role",
        "Viewer",
        "--scope",
        "tenant:t1",
        "--subject",
        "user:a@b.io",
        "--subject",
        "user:c@d.io",
    ];
    let delete = ["runai", "access-rules", "delete", "7", "8", "--yes"];
    let created = json!({ "succeeded": [rule(5, "a@b.io")], "failed": [] });
    for (arguments, answer, unknown) in [
        (&create[..], created, "user:c@d.io tenant:t1"),
        (&delete[..], json!({ "succeeded": ["7"] }), "8"),
    ] {
        let server = Hostile::start(move |seen| {
            let is_batch = seen.ends_with("/batch-create") || seen.ends_with("/batch");
            is_batch.then(|| Answer::Json(200, answer.clone()))
        });
        let run = run(&server, arguments);
        assert_eq!(run.code, Some(22), "{run:?}");
        assert!(run.stderr.contains("1 of 2"), "{run:?}");
        let line = run.stdout.lines().find(|line| line.contains(unknown));
        let line = line.unwrap_or_else(|| panic!("{unknown}: {run:?}"));
        assert!(
            line.starts_with("failed\t") && line.contains("not known"),
            "{line}"
        );
    }
}

#[test]
fn a_success_that_cannot_be_read_says_how_to_look_for_the_rules() {
    let makers = without_secrets(Path::new("fake"), Path::new("fake"));
    for maker in makers.iter().filter(|maker| !maker.replaces) {
        for body in ["7", "{"] {
            let server = maker.serve(Answer::Text(body.to_owned()));
            let run = run(&server, &maker.arguments);
            assert_eq!(run.code, Some(5), "{body}: {run:?}");
            for named in &maker.named {
                assert!(run.stderr.contains(named), "{named}: {body}: {run:?}");
            }
        }
    }
}
