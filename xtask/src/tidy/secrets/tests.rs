//! Tests of who may look at a secret.

use super::*;
use crate::tidy::tests::assert_only;

#[test]
fn the_crates_that_sign_in_may_look() {
    let text = "// secret.expose_secret() in a comment\nlet a = secret.expose_secret();\nlet b = format!(\"{c}\");\nlet d = \".expose_secret()\";\n";
    assert!(found("crates/auth-core/src/a.rs", text).is_empty());
}

#[test]
fn tests_may_look_and_print() {
    let text = "assert_eq!(format!(\"{}\", a.expose_secret()), b);";
    for path in [
        "tests/contract.rs",
        "crates/auth-core/src/a/tests.rs",
        "crates/auth-core/src/tests/a.rs",
    ] {
        assert!(found(path, text).is_empty(), "{path}");
    }
}

#[test]
fn nobody_else_may_look() {
    for path in [
        "xtask/src/a.rs",
        "crates/auth-core/benches/a.rs",
        "crates/other/src/a.rs",
    ] {
        assert_only(
            &found(path, "a();\nlet b = c.expose_secret();\n"),
            &format!("{path}:2"),
            "EXPOSE_ALLOWED",
        );
        assert_only(
            &found(path, "a();\nlet b = c.map(Secret::expose_secret);\n"),
            &format!("{path}:2"),
            "EXPOSE_ALLOWED",
        );
    }
}

#[test]
fn who_only_speaks_of_it_looks_at_nothing() {
    let text = "// secret.expose_secret()\nlet a = \".expose_secret()\";\nlet b = expose;\n";
    assert!(found("xtask/src/a.rs", text).is_empty());
}

#[test]
fn a_secret_in_a_formatting_macro_is_reported() {
    for name in FORMATTING_MACROS {
        let text = format!("a();\ntracing::{name}!(\"{{}}\", b.expose_secret());\n");
        assert_only(
            &found("crates/auth-core/src/a.rs", &text),
            "crates/auth-core/src/a.rs:2",
            "shown",
        );
    }
}

#[test]
fn a_macro_over_several_lines_is_one() {
    let text = "let a = format!(\n    \"{} {}\",\n    b(c),\n    d.expose_secret(),\n);\n";
    assert_only(
        &found("crates/auth-core/src/a.rs", text),
        "crates/auth-core/src/a.rs:4",
        "shown",
    );
}

#[test]
fn a_macro_on_the_same_line_is_too_near() {
    let text = "a(b.expose_secret(), format!(\"c\"));\n";
    assert_only(
        &found("crates/auth-core/src/a.rs", text),
        "crates/auth-core/src/a.rs:1",
        "shown",
    );
}

#[test]
fn the_command_that_prints_tokens_may() {
    let text = "writeln!(output, \"{}\", token.expose_secret())?;\n";
    assert!(found("crates/auth-cli/src/token.rs", text).is_empty());
    assert_only(
        &found("crates/auth-cli/src/main.rs", text),
        "crates/auth-cli/src/main.rs:1",
        "shown",
    );
}

#[test]
fn however_the_accessor_is_reached_it_is_found() {
    for text in [
        "let a = b\n    .expose_secret();",
        "let a = b . expose ( );",
        "let a = b.r#expose();",
        "let a = <Secret>::expose(&b);",
        "let a = b.expose_secret();",
        "let a = b.expose_response();",
        "let a = Secret::expose_secret as fn(&Secret) -> &str;",
        "a!(b.expose_secret())",
    ] {
        let found = found("xtask/src/a.rs", text);
        assert_eq!(found.len(), 1, "{text}: {found:#?}");
        assert!(found[0].message.contains("EXPOSE_ALLOWED"), "{text}");
    }
}

#[test]
fn a_secret_in_any_macro_that_may_format_is_reported() {
    for text in [
        "println!(\"{}\", vec![a.expose_secret()][0])",
        "println!(\n    \"{}\",\n    a\n        .expose_secret()\n)",
        "tracing::event!(tracing::Level::INFO, secret = a.expose_secret())",
        "assert_eq!(a.expose_secret(), b)",
        "my_own_log!(a.expose_secret())",
        "log::log![a.expose_secret()]",
        "macro_rules! a { ($b:expr) => { format!(\"{}\", $b.expose_secret()) } }",
    ] {
        let found = found("crates/auth-core/src/a.rs", text);
        assert_eq!(found.len(), 1, "{text}: {found:#?}");
        assert!(found[0].message.contains("shown"), "{text}");
    }
    for text in [
        "vec![a.expose_secret()];",
        "let a = json!({ \"b\": c.expose_secret() });",
        "if a != (b.expose_secret()) {}",
        "let a = b.expose_secret();\nprintln!(\"c\");",
    ] {
        let found = found("crates/auth-core/src/a.rs", text);
        assert!(found.is_empty(), "{text}: {found:#?}");
    }
}

fn found(path: &str, text: &str) -> Vec<Violation> {
    check(&Tree::from([(path, text)]))
}
