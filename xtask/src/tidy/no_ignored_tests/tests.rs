//! Tests of what counts as switched off or left for later.

use super::*;
use crate::tidy::tests::assert_only;

#[test]
fn tests_that_run_and_words_that_are_no_code_are_fine() {
    let text = "/// Never `#[ignore]` a test, nor write todo!().\n#[test]\nfn a() { ignore(\"#[ignore]\", [todo, b]); }\n";
    assert!(check(&Tree::from([("a.rs", text)])).is_empty());
}

#[test]
fn an_ignored_test_is_reported() {
    for attribute in [
        "#[ignore]",
        "#[ignore = \"slow\"]",
        "#[cfg_attr(windows, ignore)]",
    ] {
        let text = format!("#[test]\n{attribute}\nfn a() {{}}\n");
        assert_only(
            &check(&Tree::from([("a.rs", text.as_str())])),
            "a.rs:2",
            "ignored",
        );
    }
}

#[test]
fn code_left_for_later_is_reported() {
    assert_only(
        &check(&Tree::from([("a.rs", "fn a() {\n    todo!()\n}")])),
        "a.rs:2",
        "`todo!`",
    );
    assert_only(
        &check(&Tree::from([("a.rs", "fn a() { unimplemented!(\"b\") }")])),
        "a.rs:1",
        "`unimplemented!`",
    );
}
