//! Tests of what a package must contain.

use super::*;

#[test]
fn a_package_with_both_licences_and_a_readme_is_complete() {
    let files = "Cargo.toml\nLICENSE-APACHE\nLICENSE-MIT\nREADME.md\nsrc/lib.rs\n";
    assert_eq!(missing("a", files), Vec::<String>::new());
}

#[test]
fn a_file_in_another_folder_does_not_count() {
    let files = "Cargo.toml\nLICENSE-APACHE\ndocs/LICENSE-MIT\nREADME.md\n";
    assert_eq!(
        missing("a", files),
        ["a: the package does not contain LICENSE-MIT"]
    );
}
