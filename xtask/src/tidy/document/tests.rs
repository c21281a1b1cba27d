//! Tests of what is read out of Markdown.

use super::*;

#[test]
fn headings_lose_their_mark_up_and_keep_their_level() {
    let document = Document::parse("# A\n\n## The `b` *c*\n");
    let headings: Vec<_> = document
        .headings
        .iter()
        .map(|h| (h.level, h.text.as_str(), h.line))
        .collect();
    assert_eq!(
        headings,
        [(HeadingLevel::H1, "A", 1), (HeadingLevel::H2, "The b c", 3)]
    );
}

#[test]
fn links_pictures_and_references_have_a_target() {
    let document = Document::parse("[a](b.md)\n![c](d.png \"title\")\n[e][f]\n\n[f]: g.md#h\n");
    let links: Vec<_> = document
        .links
        .iter()
        .map(|link| (link.target.as_str(), link.line))
        .collect();
    assert_eq!(links, [("b.md", 1), ("d.png", 2), ("g.md#h", 3)]);
}

#[test]
fn code_holds_neither_links_nor_headings() {
    let document = Document::parse("`[a](b.md)`\n\n```sh\n# c\n[d](e.md)\n```\n");
    assert!(document.links.is_empty());
    assert!(document.headings.is_empty());
}

#[test]
fn a_mail_address_is_no_link_to_a_file() {
    assert!(Document::parse("<a@b.example>").links.is_empty());
}

#[test]
fn anchors_are_those_of_github() {
    let document = Document::parse("# What's `expires_in`, really?\n## A-B\n## A-B\n");
    let anchors: Vec<_> = document.anchors().into_iter().collect();
    assert_eq!(anchors, ["a-b", "a-b-1", "whats-expires_in-really"]);
}
