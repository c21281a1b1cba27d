//! Tests of what counts as a difference.

use super::*;

#[test]
fn equal_files_have_no_difference() {
    let there = files(&[("a.rs", "one\n")]);
    assert_eq!(differences(&there, &there.clone()), Vec::<String>::new());
}

#[test]
fn a_deliberate_edit_is_caught() {
    let there = files(&[("a.rs", "one\nedited\n")]);
    let wanted = files(&[("a.rs", "one\ntwo\n")]);
    let found = differences(&there, &wanted);
    assert_eq!(
        found,
        ["--- a.rs\n+++ a.rs\n@@ -1,2 +1,2 @@\n one\n-edited\n+two\n"]
    );
}

#[test]
fn a_stale_file_is_caught() {
    let there = files(&[("a.rs", "one\n"), ("old.rs", "two\n")]);
    let found = differences(&there, &files(&[("a.rs", "one\n")]));
    assert_eq!(found, ["--- old.rs\n+++ /dev/null\n@@ -1 +0,0 @@\n-two\n"]);
}

#[test]
fn a_stale_file_without_a_word_in_it_is_caught() {
    let found = differences(&files(&[("old.rs", "")]), &Files::new());
    assert_eq!(found, ["--- old.rs\n+++ /dev/null\n"]);
}

#[test]
fn a_missing_file_is_caught() {
    let found = differences(&Files::new(), &files(&[("a.rs", "one\n")]));
    assert_eq!(found, ["--- /dev/null\n+++ a.rs\n@@ -0,0 +1 @@\n+one\n"]);
}

fn files(files: &[(&str, &str)]) -> Files {
    files
        .iter()
        .map(|&(path, text)| (path.to_owned(), text.to_owned()))
        .collect()
}
