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

#[test]
fn an_attribute_is_found_wherever_it_hides() {
    for text in [
        "mod a { mod b { #[test] #[ ignore ] fn c() {} } }",
        "#[cfg_attr(unix, cfg_attr(windows, ignore = \"slow\"))] fn a() {}",
        "#[cfg_attr(all(unix, windows), test, ignore)] fn a() {}",
        "proptest! { #[test] #[ignore] fn a() {} }",
        "macro_rules! a { () => { #[ignore] fn b() {} } }",
        "#![cfg_attr(windows, ignore)]",
    ] {
        assert_only(&check(&Tree::from([("a.rs", text)])), "a.rs:1", "ignored");
    }
}

#[test]
fn a_condition_that_never_holds_is_reported() {
    for text in [
        "#[cfg(any())] #[test] fn a() {}",
        "#[cfg_attr(unix, cfg(any()))] fn a() {}",
    ] {
        assert_only(
            &check(&Tree::from([("a.rs", text)])),
            "a.rs:1",
            "never compiled",
        );
    }
    let fine =
        "#[cfg(any(unix, windows))] #[cfg_attr(any(), inline)] fn a(#[cfg(test)] ignore: u8) {}";
    assert!(check(&Tree::from([("a.rs", fine)])).is_empty());
}

#[test]
fn a_panic_that_is_expected_is_named() {
    for text in [
        "#[should_panic] fn a() {}",
        "#[cfg_attr(unix, should_panic())] fn a() {}",
    ] {
        assert_only(
            &check(&Tree::from([("a.rs", text)])),
            "a.rs:1",
            "`expected`",
        );
    }
    let fine = "#[should_panic(expected = \"b\")] fn a() {}\n#[should_panic = \"b\"] fn c() {}";
    assert!(check(&Tree::from([("a.rs", fine)])).is_empty());
}

#[test]
fn code_left_for_later_is_found_in_macros_and_under_other_names() {
    for text in [
        "fn a() { vec![std::todo!()] }",
        "use std::{fmt, todo as later};",
        "macro_rules! a { () => { unimplemented! { \"b\" } } }",
        "fn a() { todo ! () }",
    ] {
        assert_only(
            &check(&Tree::from([("a.rs", text)])),
            "a.rs:1",
            "panics when it is reached",
        );
    }
    let fine = "fn todo() { let todo = todo() != unimplemented; }";
    assert!(check(&Tree::from([("a.rs", fine)])).is_empty());
}

#[test]
fn what_is_no_rust_is_reported() {
    assert_only(
        &check(&Tree::from([("a.rs", "fn a() {")])),
        "a.rs:1",
        "not valid Rust",
    );
}
