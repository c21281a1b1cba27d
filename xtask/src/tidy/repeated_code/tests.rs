//! Tests of which lines of two vendor crates count as repeated.

use super::*;
use crate::tidy::tests::assert_only;

const RUN: &str = "fn f() {\n    one();\n    two();\n    three();\n    four();\n    five();\n}\n";

fn found(path: &str, text: &str) -> Vec<Violation> {
    check(&Tree::from([
        ("crates/a-auth/src/wire.rs", RUN),
        (path, text),
    ]))
}

#[test]
fn a_run_of_six_lines_is_reported_once_where_it_is_repeated() {
    let text = format!("const A: u8 = 1;\n{RUN}");
    let found = found("crates/b-auth/src/vendor.rs", &text);
    let place = "crates/b-auth/src/vendor.rs:2";
    assert_only(
        &found,
        place,
        "6 lines of code from here on are those of crates/a-auth/src/wire.rs:1",
    );
}

#[test]
fn a_longer_run_is_one_violation_too() {
    let long = RUN.replace("five();", "five();\n    six();\n    seven();");
    let files = [
        ("crates/a-auth/src/wire.rs", long.as_str()),
        ("crates/b-auth/src/wire.rs", long.as_str()),
    ];
    assert_only(
        &check(&Tree::from(files)),
        "crates/b-auth/src/wire.rs:1",
        "8 lines",
    );
}

#[test]
fn comments_blank_lines_imports_and_brackets_hide_nothing() {
    let text = RUN
        .replace("two();", "two();\n\n    // why\n    {\n    }\n")
        .replace("fn f", "use a::b;\nfn f");
    assert_eq!(found("crates/b-auth/src/vendor.rs", &text).len(), 1);
}

#[test]
fn five_lines_may_be_alike_and_so_may_imports() {
    let five = RUN.replace("five", "six");
    assert!(found("crates/b-auth/src/vendor.rs", &five).is_empty());
    let imports = "use a::{\n    b,\n    c,\n    d,\n    e,\n    f,\n    g,\n};\n";
    let files = [
        ("crates/a-auth/src/wire.rs", imports),
        ("crates/b-auth/src/wire.rs", imports),
    ];
    assert!(check(&Tree::from(files)).is_empty());
}

#[test]
fn tests_generated_files_and_the_same_crate_are_left_out() {
    for path in [
        "crates/b-auth/src/wire/tests.rs",
        "crates/a-auth/src/vendor.rs",
        "crates/auth-core/src/a.rs",
    ] {
        assert!(found(path, RUN).is_empty(), "{path}");
    }
    let generated = format!("//! Wire types. @generated\n{RUN}");
    assert!(found("crates/b-auth/src/generated/a.rs", &generated).is_empty());
}
