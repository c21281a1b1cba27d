//! Tests of the documents and their links.

use super::*;
use crate::tidy::tests::assert_only;

#[test]
fn links_that_lead_somewhere_are_fine() {
    let text = "[a](GUIDE.md) [b](../README.md#a-b) [c](/docs/GUIDE.md) [d](./pictures/e.png) [f](pictures/) [g](..)\n\
        [h](https://example.com/nothing.md#i) [j](mailto:k@example.com) [l](#other)\n\
        [n](../crates/auth-core/docs/troubleshooting.md#throttled) `[o](nothing.md)`\n\n# Other\n\n<a id=\"here\"></a> [p](#here) [q](GUIDE.md#step-1) [r][s] [t] [u](pictures/e.png#v)\n\n[s]: GUIDE.md#step\n";
    assert!(found("docs/INDEX.md", text).is_empty());
}

#[test]
fn a_link_to_nothing_is_reported() {
    for target in [
        "nothing.md",
        "nothing.md#a",
        "../GUIDE.md",
        "GUIDES.md#step",
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
        "../crates/auth-core/docs/troubleshooting.md#cool",
        "https://docs.rs/auth-core/latest/auth_core/guide/troubleshooting/index.html#cool",
    ] {
        assert_only(
            &found("docs/INDEX.md", &format!("[a]({target})\n")),
            "docs/INDEX.md:1",
            "`#cool`",
        );
    }
}

#[test]
fn a_missing_anchor_of_any_document_is_reported() {
    for (link, words) in [
        (
            "[a](GUIDE.md#steps)",
            "docs/GUIDE.md has no heading for `#steps`",
        ),
        ("[a](/docs/GUIDE.md#step-2)", "`#step-2`"),
        ("[a](../README.md#a,-b)", "`#a,-b`"),
        (
            "[a](#nowhere)",
            "docs/INDEX.md has no heading for `#nowhere`",
        ),
        ("[a][b]\n\n[b]: GUIDE.md#c", "`#c`"),
        ("![a](GUIDE.md#Step)", "`#Step`"),
    ] {
        assert_only(&found("docs/INDEX.md", link), "docs/INDEX.md:1", words);
    }
}

#[test]
fn a_reference_without_a_target_is_reported() {
    for text in [
        "[a][b]\n",
        "[b][]\n",
        "![a][b]\n",
        "[a][b]\n\n[c]: GUIDE.md\n",
    ] {
        assert_only(
            &found("docs/INDEX.md", text),
            "docs/INDEX.md:1",
            "`[b]` is defined nowhere",
        );
    }
    assert!(found("docs/INDEX.md", "[b] [x] `[a][b]`\n").is_empty());
    assert!(found("crates/a/README.md", "[a][Client::b]\n").is_empty());
}

#[test]
fn troubleshooting_itself_is_held_to_its_anchors() {
    let tree = Tree::from([(TROUBLESHOOTING, "## A\n\n[b](#a) [c](#d)\n"), GUIDE_MODULE]);
    let place = "crates/auth-core/docs/troubleshooting.md:3";
    assert_only(&check(&tree), place, "`#d`");
}

#[test]
fn doc_comments_are_held_to_the_anchors() {
    let text = "/// See [a](crate::guide::troubleshooting#cool-down).\n/// See [a](crate::guide::troubleshooting#cool).\n";
    assert_only(
        &found("crates/a/src/error.rs", text),
        "crates/a/src/error.rs:2",
        "`#cool`",
    );
    assert!(found("crates/a/src/error/tests.rs", text).is_empty());
}

#[test]
fn an_anchor_that_is_filled_in_later_is_not_judged() {
    let text = "format!(\"see guide::troubleshooting#{kind}\")";
    assert!(found("crates/a/src/error.rs", text).is_empty());
}

#[test]
fn what_is_published_has_no_link_that_is_dead_there() {
    for (path, link) in [
        ("crates/auth-core/README.md", "docs/troubleshooting.md"),
        ("crates/auth-core/docs/troubleshooting.md", "../README.md"),
    ] {
        let place = format!("{path}:1");
        assert_only(&found(path, &format!("[a]({link})\n")), &place, "docs.rs");
    }
    let lively = "# B\n\n[a](https://docs.rs/auth-core) [d](https://docs.rs/auth-core/latest/auth_core/guide/index.html) [b](#b) [c](https://docs.rs/tracing/x)\n";
    assert!(found("crates/auth-core/README.md", lively).is_empty());
}

#[test]
fn the_front_page_of_a_crate_is_its_readme() {
    for page in ["", "/latest/auth_core/index.html"] {
        let text = format!("# B\n\n[a](https://docs.rs/auth-core{page}#c)\n");
        let place = "crates/auth-core/README.md:3";
        assert_only(&found("crates/auth-core/README.md", &text), place, "`#c`");
    }
}

#[test]
fn a_page_of_docs_rs_that_no_crate_has_is_reported() {
    for page in [
        "guide/trouble/index.html",
        "guide/troubleshooting",
        "guide/troubleshooting/",
    ] {
        let link = format!("[a](https://docs.rs/auth-core/latest/auth_core/{page})\n");
        let place = "crates/auth-core/README.md:1";
        assert_only(
            &found("crates/auth-core/README.md", &link),
            place,
            "is no page",
        );
    }
}

#[test]
fn a_guide_that_no_module_includes_is_reported() {
    assert_only(
        &found("crates/auth-core/docs/tenants.md", "# A\n"),
        "crates/auth-core/docs/tenants.md:1",
        "no module",
    );
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
        ("README.md", "# A, b\n"),
        ("docs/GUIDE.md", "## Step\n\n## Step\n"),
        (
            TROUBLESHOOTING,
            "# Troubleshooting\n\n## Throttled\n\n## Cool down\n",
        ),
        ("docs/pictures/e.png", ""),
        GUIDE_MODULE,
        (path, text),
    ]))
}

const GUIDE_MODULE: (&str, &str) = (
    "crates/auth-core/src/guide.rs",
    "include_str!(\"../docs/troubleshooting.md\")",
);
