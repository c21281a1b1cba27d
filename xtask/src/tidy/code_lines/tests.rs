//! Tests of which lines count as code.

use super::*;

#[test]
fn comments_blank_lines_and_tests_are_no_code() {
    let text = "//! Sentence.\n\n/* more\nand more */\nuse a::{\n    b,\n};\n\n/// Doc.\nfn one() {\n    // why\n    two(); /* here */\n}\n\n#[cfg(test)]\nmod tests {\n    fn three() {}\n}\n";
    let lines = code_lines("a.rs", text).unwrap();
    let shown: Vec<_> = lines
        .iter()
        .map(|line| (line.number, line.text, line.is_import))
        .collect();
    assert_eq!(
        shown,
        [
            (5, "use a::{", true),
            (6, "b,", true),
            (7, "};", true),
            (10, "fn one() {", false),
            (12, "two(); /* here */", false),
            (13, "}", false),
        ]
    );
}

#[test]
fn every_line_of_a_long_literal_counts() {
    let text = "const A: &str = \"one\n\n  three\";\n";
    assert_eq!(code_lines("a.rs", text).unwrap().len(), 3);
}

#[test]
fn an_item_for_another_feature_is_code() {
    let text = "#[cfg(feature = \"test\")]\nmod tests;\n#[cfg(test)]\nmod tests;\n";
    assert_eq!(code_lines("a.rs", text).unwrap().len(), 2);
}

#[test]
fn what_is_no_rust_is_reported() {
    assert!(code_lines("a.rs", "fn").is_err());
}
