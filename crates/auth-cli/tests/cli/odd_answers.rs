//! Tests of every command that gives a secret against answers with a missing, empty or mistyped member: what came is handed over, what lacks is said.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::hostile::{Answer, Hostile};
use crate::makers::{Maker, NEW_SECRET, with_secrets, without_secrets};
use crate::shell::read_secret;
use crate::support::{Run, command};

fn run(server: &Hostile, arguments: &[&str]) -> Run {
    let output = command(arguments, &server.environment()).output();
    output.unwrap().into()
}

#[track_caller]
fn assert_names(maker: &Maker, run: &Run) {
    for named in &maker.named {
        assert!(run.stderr.contains(named), "{named}: {maker:?}: {run:?}");
    }
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(!run.stderr.contains(NEW_SECRET), "{run:?}");
}

#[test]
fn an_answer_without_a_secret_is_no_success_and_leaves_no_file() {
    for maker in with_secrets() {
        let member = maker.secret.unwrap();
        for value in [
            None,
            Some(Value::Null),
            Some(json!("")),
            Some(json!({})),
            Some(json!(["x"])),
        ] {
            let server = maker.serve(maker.with(member, value.clone()));
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("secret");
            for arguments in [maker.to_file(&path), maker.shown()] {
                let run = run(&server, &arguments);
                assert_eq!(run.code, Some(5), "{value:?}: {maker:?}: {run:?}");
                assert_names(&maker, &run);
                assert_eq!(
                    run.stderr.contains("exists now"),
                    !maker.replaces,
                    "{run:?}"
                );
            }
            if let Ok(text) = fs::read_to_string(&path) {
                // Not a secret, but the response that could not be read.
                assert!(text.starts_with('{'), "{value:?}: {maker:?}: {text}");
            }
        }
    }
}

#[test]
fn a_secret_is_delivered_whatever_is_the_matter_with_the_other_members() {
    for maker in with_secrets() {
        for member in ["id", "name", "clientId", "username"] {
            if maker.answer.get(member).is_none() {
                continue;
            }
            for value in [
                None,
                Some(Value::Null),
                Some(json!("")),
                Some(json!(7)),
                Some(json!({})),
            ] {
                let server = maker.serve(maker.with(member, value.clone()));
                let folder = TempDir::new().unwrap();
                let path = folder.path().join("secret");
                let to_file = run(&server, &maker.to_file(&path));
                assert_eq!(read_secret(path.to_str().unwrap()), NEW_SECRET);
                let shown = run(&server, &maker.shown());
                assert!(shown.stdout.contains(NEW_SECRET), "{value:?}: {shown:?}");
                let lacks = member == "id" && value != Some(json!(7));
                for run in [to_file, shown] {
                    assert!(
                        run.code == Some(0) || run.stderr.contains("lacks"),
                        "{run:?}"
                    );
                    let is_bootstrap = maker.arguments.contains(&"bootstrap");
                    assert!(
                        !lacks || is_bootstrap || run.code == Some(5),
                        "{maker:?}: {run:?}"
                    );
                    assert!(!run.stderr.contains(NEW_SECRET), "{run:?}");
                }
            }
        }
    }
}

#[test]
fn an_answer_that_cannot_be_read_goes_where_the_secret_was_to_go() {
    for maker in with_secrets() {
        let whole = maker.answer.to_string();
        let cut = whole[..whole.len() - 1].to_owned();
        let form = format!("secret={NEW_SECRET}&id=id-7");
        for body in [cut, form] {
            let server = maker.serve(Answer::Text(body.clone()));
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("secret");
            let to_file = run(&server, &maker.to_file(&path));
            let text = read_secret(path.to_str().unwrap());
            assert!(text.contains(NEW_SECRET), "{body}: {maker:?}: {to_file:?}");
            let shown = run(&server, &maker.shown());
            assert!(
                shown.stdout.contains(NEW_SECRET),
                "{body}: {maker:?}: {shown:?}"
            );
            for run in [to_file, shown] {
                let is_whole = text == NEW_SECRET;
                assert!(is_whole || run.code == Some(5), "{maker:?}: {run:?}");
                assert!(!run.stderr.contains(NEW_SECRET), "{maker:?}: {run:?}");
            }
        }
    }
}

#[test]
fn a_secret_that_commands_the_terminal_is_shown_in_quotes_and_kept_as_it_is() {
    let odd = "fake\u{1b}[2J\tsecret";
    for maker in with_secrets() {
        let is_bootstrap = maker.arguments.contains(&"bootstrap");
        let member = maker.secret.unwrap();
        let server = maker.serve(maker.with(member, Some(json!(odd))));
        let shown = run(&server, &maker.shown());
        assert_ne!(shown.code, Some(0), "{maker:?}: {shown:?}");
        assert!(!shown.stdout.contains('\u{1b}'), "{shown:?}");
        assert!(shown.stdout.contains(r"fake\u001b[2J\tsecret"), "{shown:?}");
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secret");
        let to_file = run(&server, &maker.to_file(&path));
        assert_eq!(read_secret(path.to_str().unwrap()), odd);
        assert!(is_bootstrap || to_file.code == Some(5), "{to_file:?}");
    }
}

#[test]
fn a_secret_in_json_that_is_declared_a_web_page_is_delivered() {
    for maker in with_secrets() {
        for status in [200, 201] {
            let server = maker.serve(Answer::Page(status, maker.answer.clone()));
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("secret");
            run(&server, &maker.to_file(&path)).stdout();
            assert_eq!(read_secret(path.to_str().unwrap()), NEW_SECRET);
        }
    }
}

#[test]
fn a_response_with_nothing_in_it_is_kept_nowhere() {
    for maker in with_secrets() {
        for body in ["", " \n", "null", "\u{feff}"] {
            let server = maker.serve(Answer::Text(body.to_owned()));
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("secret");
            for arguments in [maker.to_file(&path), maker.shown()] {
                let run = run(&server, &arguments);
                assert_eq!(run.code, Some(5), "{body:?}: {maker:?}: {run:?}");
                assert_names(&maker, &run);
                assert!(
                    run.stderr.contains("was not returned"),
                    "{body:?}: {maker:?}: {run:?}"
                );
                assert!(!run.stdout.contains("\n\n"), "{body:?}: {run:?}");
                assert!(!run.stdout.contains("null"), "{body:?}: {run:?}");
            }
            assert!(!path.exists(), "{body:?}: {maker:?}");
        }
    }
}

#[test]
fn what_exists_is_said_even_if_only_another_member_lacks_or_the_secret_is_of_no_use() {
    for maker in with_secrets() {
        if maker.arguments.contains(&"bootstrap") {
            continue;
        }
        let member = maker.secret.unwrap();
        let server = maker.serve(maker.with(member, Some(json!("fake\nsecret"))));
        let odd = run(&server, &maker.shown());
        assert_names(&maker, &odd);
        let mut runs = vec![odd];
        if !maker.replaces {
            let server = maker.serve(maker.with("id", None));
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("secret");
            for arguments in [maker.to_file(&path), maker.shown()] {
                let run = run(&server, &arguments);
                let look = format!("vauth runai {} list", maker.arguments[1]);
                assert!(run.stderr.contains(&look), "{maker:?}: {run:?}");
                runs.push(run);
            }
        }
        for run in runs {
            assert_eq!(run.code, Some(5), "{maker:?}: {run:?}");
            let is_said = run.stderr.contains("exists now") || maker.replaces;
            assert!(is_said, "{maker:?}: {run:?}");
            for advice in ["web page", "remove it;"] {
                assert!(!run.stderr.contains(advice), "{maker:?}: {run:?}");
            }
        }
    }
}

#[test]
fn access_rules_that_a_response_says_nothing_of_are_no_success() {
    let folder = TempDir::new().unwrap();
    let makers = without_secrets(folder.path(), folder.path());
    for maker in makers
        .iter()
        .filter(|maker| maker.request.contains("rules"))
    {
        for body in ["", "null", "{}", r#"{"created":[],"failed":[]}"#, "[7]"] {
            let server = maker.serve(Answer::Text(body.to_owned()));
            let run = run(&server, &maker.arguments);
            assert!(matches!(run.code, Some(5 | 22)), "{body:?}: {run:?}");
            let said = format!("{}{}", run.stdout, run.stderr);
            assert!(said.contains("may have been"), "{body:?}: {run:?}");
            assert!(said.contains("access-rules list"), "{body:?}: {run:?}");
            assert!(!run.stdout.contains("failed"), "{body:?}: {run:?}");
        }
        let run = run(&maker.serve(maker.good()), &maker.arguments);
        assert_eq!(run.code, Some(0), "{run:?}");
    }
}

#[test]
fn a_deletion_that_a_response_says_nothing_of_is_no_success() {
    let server = Hostile::start(|request| {
        request
            .ends_with(" /api/v1/authorization/access-rules/batch")
            .then(|| Answer::Text("{}".to_owned()))
    });
    let run = run(
        &server,
        &["runai", "access-rules", "delete", "5", "6", "--yes"],
    );
    assert_eq!(run.code, Some(22), "{run:?}");
    assert_eq!(run.stdout.lines().count(), 2, "{run:?}");
    assert!(run.stdout.contains("unknown\t5\t"), "{run:?}");
}
