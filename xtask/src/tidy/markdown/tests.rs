//! Tests of the documents and their links.

use super::*;
use crate::tidy::tests::assert_only;

#[test]
fn links_that_lead_somewhere_are_fine() {
    let text = "[a](GUIDE.md) [b](../README.md#x) [c](/docs/GUIDE.md) [d](./pictures/e.png) [f](pictures/) [g](..)\n\
        [h](https://example.com/nothing.md#i) [j](mailto:k@example.com) [l](#m)\n\
        [n](TROUBLESHOOTING.md#throttled) `[o](nothing.md)`\n";
    assert!(found("docs/INDEX.md", text).is_empty());
}

#[test]
fn a_link_to_nothing_is_reported() {
    for target in [
        "nothing.md",
        "nothing.md#a",
        "../GUIDE.md",
        "../../README.md",
        "crate::Secret",
    ] {
        assert_only(
            &found("docs/INDEX.md", &format!("# A\n\n[b]({target})\n")),
            "docs/INDEX.md:3",
            "no tracked file",
        );
    }
}

#[test]
fn a_picture_and_a_reference_are_links() {
    assert_only(
        &found("docs/INDEX.md", "![a](b.png)\n"),
        "docs/INDEX.md:1",
        "`b.png`",
    );
    assert_only(
        &found("docs/INDEX.md", "[a][b]\n\n[b]: c.md\n"),
        "docs/INDEX.md:1",
        "`c.md`",
    );
}

#[test]
fn a_missing_anchor_of_troubleshooting_is_reported() {
    for target in [
        "TROUBLESHOOTING.md#cool",
        "https://example.com/main/docs/TROUBLESHOOTING.md#cool",
    ] {
        assert_only(
            &found("docs/INDEX.md", &format!("[a]({target})\n")),
            "docs/INDEX.md:1",
            "`#cool`",
        );
    }
}

#[test]
fn troubleshooting_itself_is_held_to_its_anchors() {
    let tree = Tree::from([("docs/TROUBLESHOOTING.md", "## A\n\n[b](#a) [c](#d)\n")]);
    assert_only(&check(&tree), "docs/TROUBLESHOOTING.md:3", "`#d`");
}

#[test]
fn doc_comments_are_held_to_the_anchors() {
    let text = "/// See `docs/TROUBLESHOOTING.md#cool-down`.\n/// See <https://a/docs/TROUBLESHOOTING.md#cool>.\n";
    assert_only(
        &found("crates/a/src/error.rs", text),
        "crates/a/src/error.rs:2",
        "`#cool`",
    );
    assert!(found("crates/a/src/error/tests.rs", text).is_empty());
}

#[test]
fn an_anchor_that_is_filled_in_later_is_not_judged() {
    let text = "format!(\"see docs/TROUBLESHOOTING.md#{kind}\")";
    assert!(found("crates/a/src/error.rs", text).is_empty());
}

#[test]
fn architecture_of_150_lines_is_short_enough() {
    assert!(found("docs/ARCHITECTURE.md", &"a\n".repeat(150)).is_empty());
}

#[test]
fn a_longer_architecture_is_reported() {
    assert_only(
        &found("docs/ARCHITECTURE.md", &"a\n".repeat(151)),
        "docs/ARCHITECTURE.md:151",
        "151 lines",
    );
}

fn found(path: &str, text: &str) -> Vec<Violation> {
    check(&Tree::from([
        ("README.md", ""),
        ("docs/GUIDE.md", ""),
        (
            "docs/TROUBLESHOOTING.md",
            "# Troubleshooting\n\n## Throttled\n\n## Cool down\n",
        ),
        ("docs/pictures/e.png", ""),
        (path, text),
    ]))
}
