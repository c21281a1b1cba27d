//! Tests of the copy's manifest.

use super::*;

#[test]
fn the_copy_has_only_the_published_crates() {
    let manifest = "[workspace]\nmembers = [\"crates/*\", \"xtask\"]\n\n[workspace.package]\n";
    assert_eq!(
        only_crates(manifest).unwrap(),
        "[workspace]\nmembers = [\"crates/*\"]\n\n[workspace.package]\n"
    );
    assert!(only_crates("[package]\n").is_err());
}
