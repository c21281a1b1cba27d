//! Tests that nothing but the part between the marks is replaced.

use super::*;

#[test]
fn what_stands_around_a_part_is_kept() {
    let begin = begin("a");
    let text = format!("# Title\n\n{begin}\n\nold\n\n{END}\n\nMore.\n");
    assert_eq!(
        replaced(&text, "a", "new\n"),
        Some(format!("# Title\n\n{begin}\n\nnew\n\n{END}\n\nMore.\n"))
    );
}

#[test]
fn each_part_is_found_by_its_name() {
    let text = format!("{}\n{END}\n{}\nold\n{END}\n", begin("a"), begin("b"));
    let text = replaced(&text, "b", "new\n").unwrap_or_default();
    assert!(text.starts_with(&format!("{}\n{END}\n", begin("a"))));
    assert!(text.contains("new\n") && !text.contains("old"));
}

#[test]
fn a_document_without_the_marks_is_rejected() {
    assert!(replaced(&begin("a"), "a", "").is_none());
    assert!(replaced(END, "a", "").is_none());
}
