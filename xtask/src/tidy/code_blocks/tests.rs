//! Tests of the blocks of code in documents.

use super::*;
use crate::tidy::tests::assert_only;

#[test]
fn blocks_that_are_checked_are_fine() {
    for block in ["rust", "rust,no_run", "rust,should_panic"] {
        assert!(found("docs/A.md", block, "fn main() {}").is_empty());
    }
    assert!(found("docs/A.md", "toml", "[a]\nb = 1").is_empty());
    assert!(found("docs/A.md", "text", "anything").is_empty());
    let script = "cargo run -p a --example b -- c\ncargo run -p a --bin d\ncargo test -p none\nls";
    assert!(found("docs/A.md", "sh", script).is_empty());
}

#[test]
fn a_block_that_nothing_checks_is_reported() {
    for (language, text, words) in [
        ("rust,ignore", "fn main() {}", "never compiled"),
        ("toml", "[a", "not valid TOML"),
        ("", "a", "has no language"),
        ("bash", "a", "`bash` is not checked"),
        ("sh", "cargo run -p none", "no package `none`"),
        ("sh", "cargo run -p a --example d2", "no program `d2`"),
    ] {
        assert_only(&found("docs/A.md", language, text), "docs/A.md:1", words);
    }
}

#[test]
fn a_program_in_a_document_that_nothing_compiles_is_reported() {
    assert_only(
        &found("docs/B.md", "rust", "fn main() {}"),
        "docs/B.md:1",
        "is not compiled",
    );
    // Shown there, but not compiled.
    assert_only(
        &found("crates/a/docs/c.md", "rust", "fn main() {}"),
        "crates/a/docs/c.md:1",
        "is not compiled",
    );
}

#[test]
fn an_ignored_block_of_a_doc_comment_is_reported() {
    for line in [
        "/// ```ignore",
        "//! ```rust,ignore",
        "    /// ```ignore-windows",
    ] {
        let tree = Tree::from([("crates/a/src/b.rs", line)]);
        assert_only(&check(&tree), "crates/a/src/b.rs:1", "never compiled");
    }
    assert!(check(&Tree::from([("crates/a/src/b.rs", "/// ```no_run")])).is_empty());
}

fn found(path: &str, language: &str, text: &str) -> Vec<Violation> {
    let document = format!("```{language}\n{text}\n```\n");
    check(&Tree::from([
        ("tests/lib.rs", "#[doc = include_str!(\"../docs/A.md\")]"),
        (
            "crates/a/src/guide.rs",
            "#[cfg_attr(not(doctest), doc = include_str!(\"../docs/c.md\"))]",
        ),
        ("crates/a/Cargo.toml", "[package]\nname = \"a\"\n"),
        ("crates/a/examples/b.rs", ""),
        ("crates/a/src/bin/d.rs", ""),
        (path, document.as_str()),
    ]))
}
