//! Tests of batches of access rules that fail as a whole: standard error says how to look for them, and programs get an entry for each.

use std::path::Path;

use serde_json::{Value, json};

use crate::hostile::{Answer, Hostile};
use crate::makers::without_secrets;
use crate::support::{Run, command};

fn run(server: &Hostile, arguments: &[&str]) -> Run {
    let output = command(arguments, &server.environment()).output();
    output.unwrap().into()
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

const CREATE: [&str; 9] = [
    "runai",
    "access-rules",
    "create",
    "--role",
    "Viewer",
    "--subject",
    "group:a",
    "--subject",
    "group:b",
];

/// The outcome and one member of each entry that a run printed.
fn entries(run: &Run, member: &str) -> Vec<(String, Value)> {
    let parts: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    let parts = parts.iter().map(|part| {
        assert!(part["message"].is_string(), "{run:?}");
        let outcome = part["outcome"].as_str().unwrap();
        (outcome.to_owned(), part[member].clone())
    });
    parts.collect()
}

fn answering(answer: Answer) -> Hostile {
    Hostile::start(move |request| {
        let is_change = !request.starts_with("GET ") && !request.ends_with("/token");
        (is_change && request.contains("/access-rules")).then(|| answer.clone())
    })
}

fn refusal() -> Answer {
    Answer::Json(403, json!({ "code": 403, "message": "no permission" }))
}

#[test]
fn a_batch_that_is_rejected_has_an_entry_for_each_rule() {
    let one = &CREATE[..7];
    for (arguments, subjects) in [(one, vec!["a"]), (&CREATE, vec!["a", "b"])] {
        let run = run(&answering(refusal()), &[arguments, &["--json"]].concat());
        let expected: Vec<_> = subjects
            .iter()
            .map(|subject| ("failed".to_owned(), json!(subject)))
            .collect();
        assert_eq!(entries(&run, "subject_id"), expected);
        assert!(run.failure(22).contains("no permission"));
        // For everybody else, standard error has the reason.
        let run = self::run(&answering(refusal()), arguments);
        assert_eq!(run.stdout, "");
    }
    for (ids, more) in [
        (&["5"][..], "--yes"),
        (&["5", "6"], "--yes"),
        (&["5", "6"], "--dry-run"),
    ] {
        let arguments = [&["runai", "access-rules", "delete", "--json", more], ids].concat();
        let run = run(&answering(refusal()), &arguments);
        let expected: Vec<_> = ids
            .iter()
            .map(|id| ("failed".to_owned(), json!(id.parse::<i64>().unwrap())))
            .collect();
        assert_eq!(entries(&run, "id"), expected);
        assert!(run.failure(22).contains("no permission"));
    }
}

#[test]
fn a_batch_whose_response_is_lost_is_unknown() {
    let bad_gateway = Answer::Json(502, json!({}));
    for answer in [Answer::HangUp, bad_gateway] {
        let run = run(
            &answering(answer.clone()),
            &[&CREATE[..], &["--json"]].concat(),
        );
        let outcomes = entries(&run, "subject_id");
        assert_eq!(
            outcomes,
            [
                ("unknown".to_owned(), json!("a")),
                ("unknown".to_owned(), json!("b"))
            ]
        );
        assert!(run.stderr.contains("may have been created"), "{run:?}");
        for ids in [&["5"][..], &["5", "6"]] {
            let arguments = [&["runai", "access-rules", "delete", "--json", "--yes"], ids].concat();
            let run = self::run(&answering(answer.clone()), &arguments);
            let outcomes = entries(&run, "id");
            assert_eq!(outcomes.len(), ids.len());
            assert!(
                outcomes.iter().all(|(outcome, _)| outcome == "unknown"),
                "{run:?}"
            );
            assert!(run.stderr.contains("may have been deleted"), "{run:?}");
            assert!(
                run.stderr.contains("vauth runai access-rules list"),
                "{run:?}"
            );
        }
    }
}
