//! Tests of what counts as installed.

use super::*;

#[test]
fn what_is_missing_is_named_with_the_way_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("lib");
    for library in [nowhere.as_path(), folder.path()] {
        let reason = missing(library, true).unwrap();
        assert!(
            reason.ends_with("run `rustup target add x86_64-pc-windows-gnu`"),
            "{reason}"
        );
    }
    std::fs::write(folder.path().join("libstd-0123.rlib"), "").unwrap();
    let reason = missing(folder.path(), false).unwrap();
    assert!(reason.contains("gcc-mingw-w64-x86-64"), "{reason}");
    assert_eq!(missing(folder.path(), true), None);
}
