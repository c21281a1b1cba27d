//! Tests that the guide and the code are compared in both directions.

use super::*;
use crate::tidy::tests::assert_only;

const DOCUMENTED: &str = "| level | event | fields | when |\n|---|---|---|---|\n\
    | WARN | `it failed` | `error`, `kind` | always |\n\
    | DEBUG span | `work` | `source` | always |\n\n\
    | metric | type | labels | counts |\n|---|---|---|---|\n\
    | `auth_total` | counter | `source` | all |\n";

const CODE: &str = r#"
    fn a() {
        tracing::warn!(kind = error.kind().as_str(), %error, "it failed");
        let span = tracing::debug_span!(parent: None, "work", source = name());
        { metrics::counter!("auth_total", "source" => source).increment(1); }
    }
"#;

#[test]
fn what_is_documented_and_emitted_is_fine() {
    assert!(found(DOCUMENTED, CODE).is_empty());
    assert!(check(&Tree::from([("crates/auth-core/src/a.rs", CODE)])).is_empty());
}

#[test]
fn what_is_not_documented_is_reported_where_it_is_emitted() {
    for (row, words) in [
        (
            "| WARN | `it failed` | `error`, `kind` | always |\n",
            "the WARN `it failed`",
        ),
        (
            "| DEBUG span | `work` | `source` | always |\n",
            "the DEBUG span `work` with [source]",
        ),
        (
            "| `auth_total` | counter | `source` | all |\n",
            "the counter `auth_total`",
        ),
    ] {
        let violations = found(&DOCUMENTED.replace(row, ""), CODE);
        let line = violations.first().map_or(0, |it| it.line);
        let place = format!("crates/auth-core/src/a.rs:{line}");
        assert_only(&violations, &place, words);
        assert!(line > 1);
    }
}

#[test]
fn a_row_for_nothing_is_reported() {
    for (text, line, words) in [
        (
            "tracing::warn!(kind = error.kind().as_str(), %error, \"it failed\");",
            3,
            "it failed",
        ),
        (
            "metrics::counter!(\"auth_total\", \"source\" => source)",
            8,
            "auth_total",
        ),
    ] {
        let place = format!("{GUIDE}:{line}");
        assert_only(
            &found(DOCUMENTED, &CODE.replace(text, "b()")),
            &place,
            words,
        );
    }
}

#[test]
fn another_level_or_field_is_a_difference_on_both_sides() {
    for (from, to) in [
        ("warn!", "info!"),
        ("%error, ", ""),
        ("\"source\" =>", "\"name\" =>"),
    ] {
        assert_eq!(found(DOCUMENTED, &CODE.replace(from, to)).len(), 2, "{to}");
    }
}

#[test]
fn a_key_that_is_made_by_hand_is_a_counter() {
    let row = "| `auth_calls` | counter | `source`, `result` | all |\n";
    let code = "fn a() { Key::from_parts(\"auth_calls\", vec![Label::new(\"source\", a), Label::new(\"result\", b)]); }";
    assert!(found(row, code).is_empty());
    assert_only(
        &found("", code),
        "crates/auth-core/src/a.rs:1",
        "`auth_calls` with [result, source]",
    );
}

#[test]
fn tests_and_the_command_may_log_what_they_like() {
    for path in [
        "crates/auth-core/src/b/tests.rs",
        "crates/auth-cli/src/b.rs",
    ] {
        let tree = [(GUIDE, DOCUMENTED), ("crates/a-auth/src/a.rs", CODE)];
        let more = (path, "fn b() { tracing::info!(\"hello\"); }");
        assert!(
            check(&tree.into_iter().chain([more]).collect()).is_empty(),
            "{path}"
        );
    }
}

fn found(guide: &str, code: &str) -> Vec<Violation> {
    check(&Tree::from([
        (GUIDE, guide),
        ("crates/auth-core/src/a.rs", code),
    ]))
}
