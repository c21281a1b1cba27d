//! Tests of how lines are added.

use super::*;

const MANIFEST: &str = "[a]\nname = \"x\"\n\n[dependencies]\nbytes = \"1\"\n# Why.\nhttp.workspace = true\n\n[lints]\nworkspace = true\n";

#[test]
fn a_key_is_added_where_the_alphabet_puts_it() {
    for (line, behind) in [
        ("auth.workspace = true", "[dependencies]"),
        ("cats.workspace = true", "bytes = \"1\""),
        ("tokio.workspace = true", "http.workspace = true"),
    ] {
        let text = insert_key(MANIFEST, "[dependencies]", line).unwrap();
        assert_eq!(
            text,
            MANIFEST.replace(behind, &format!("{behind}\n{line}")),
            "{line}"
        );
    }
    assert!(insert_key(MANIFEST, "[dev-dependencies]", "a = 1").is_err());
}

#[test]
fn a_key_is_found_whatever_follows_it() {
    assert!(has_key(MANIFEST, "http") && has_key(MANIFEST, "bytes"));
    assert!(!has_key(MANIFEST, "htt") && !has_key(MANIFEST, "Why"));
}

#[test]
fn a_row_is_added_at_the_end_of_a_list_or_in_its_order() {
    let text = "pub(crate) const LIST: &[A] = &[\n    A(a),\n    A(c),\n];\n";
    let at_the_end = insert_into(text, "const LIST:", "    A(b),").unwrap();
    assert!(
        at_the_end.ends_with("    A(c),\n    A(b),\n];\n"),
        "{at_the_end}"
    );
    let sorted = insert_sorted(text, "const LIST:", "    A(b),").unwrap();
    assert!(
        sorted.ends_with("    A(a),\n    A(b),\n    A(c),\n];\n"),
        "{sorted}"
    );
    assert!(insert_into(text, "const OTHER:", "x").is_err());
}

#[test]
fn a_line_is_added_behind_another_one_only_if_that_is_there() {
    assert_eq!(insert_line("a\nc\n", "a", "b").as_deref(), Ok("a\nb\nc\n"));
    assert!(insert_line("a\nc\n", "d", "b").is_err());
}
