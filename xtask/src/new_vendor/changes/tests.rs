//! Tests that nothing half written is left.

use super::*;

#[test]
fn all_files_are_written_and_undone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("there"), "before").unwrap();
    fs::write(folder.path().join("kept"), "before").unwrap();
    let mut changes = Changes::new(folder.path());
    changes.create("new/deep/file".to_owned(), "text".to_owned());
    changes.replace("there", "after".to_owned());
    changes.keep("kept").unwrap();
    changes.apply().unwrap();
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    assert_eq!(
        (read("new/deep/file"), read("there")),
        ("text".into(), "after".into())
    );
    fs::write(folder.path().join("kept"), "changed by another program").unwrap();
    changes.undo();
    assert_eq!(
        (read("there"), read("kept")),
        ("before".into(), "before".into())
    );
    assert!(!folder.path().join("new").exists());
}

#[test]
fn a_file_that_cannot_be_written_leaves_none() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("there"), "before").unwrap();
    let mut changes = Changes::new(folder.path());
    changes.create("new/file".to_owned(), "text".to_owned());
    changes.replace("there", "after".to_owned());
    // A folder cannot be made below a file.
    changes.create("there/file".to_owned(), "text".to_owned());
    let message = changes.apply().unwrap_err();
    assert!(message.starts_with("cannot write there/file"), "{message}");
    assert_eq!(
        fs::read_to_string(folder.path().join("there")).unwrap(),
        "before"
    );
    assert!(!folder.path().join("new").exists());
}
