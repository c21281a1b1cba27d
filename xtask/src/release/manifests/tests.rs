//! Tests of the manifests, on a workspace in a temporary folder.

use std::fs;

use super::*;

const GOOD: &str = r#"[package]
name = "sample"
version = "0.1.0"
edition = "2024"
rust-version = "1.88"
description = "A sample"
documentation = "https://docs.rs/sample"
license = "MIT OR Apache-2.0"
repository = ""
readme = "README.md"
keywords = ["oauth2"]
categories = ["authentication"]

[package.metadata.docs.rs]
all-features = true
rustdoc-args = ["--cfg", "docsrs"]

[features]
extra = []
"#;

fn faults_of(manifest: &str, main: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.path().join(main), "").unwrap();
    let metadata = workspace::metadata(folder.path()).unwrap();
    metadata.packages.iter().flat_map(faults).collect()
}

#[test]
fn a_complete_manifest_has_no_fault() {
    assert_eq!(faults_of(GOOD, "src/lib.rs"), Vec::<String>::new());
}

#[test]
fn each_line_that_is_missing_is_a_fault() {
    for (line, expected) in [
        ("description = \"A sample\"\n", "`description`"),
        (
            "documentation = \"https://docs.rs/sample\"\n",
            "`documentation`",
        ),
        ("license = \"MIT OR Apache-2.0\"\n", "`license`"),
        ("readme = \"README.md\"\n", "`readme`"),
        ("repository = \"\"\n", "`repository`"),
        ("keywords = [\"oauth2\"]\n", "`keywords`"),
        ("categories = [\"authentication\"]\n", "`categories`"),
        ("rust-version = \"1.88\"\n", "`rust-version`"),
        ("all-features = true\n", "`all-features`"),
        ("rustdoc-args = [\"--cfg\", \"docsrs\"]\n", "`--cfg docsrs`"),
    ] {
        let manifest = GOOD.replace(line, "");
        assert_ne!(manifest, GOOD, "{line}");
        let faults = faults_of(&manifest, "src/lib.rs");
        assert_eq!(faults.len(), 1, "{line}: {faults:?}");
        assert!(faults[0].contains(expected), "{faults:?}");
    }
}

#[test]
fn a_program_has_no_page_of_documentation() {
    let manifest = GOOD.replace("documentation = \"https://docs.rs/sample\"\n", "");
    let manifest = manifest.replace("rustdoc-args = [\"--cfg\", \"docsrs\"]\n", "");
    assert_eq!(faults_of(&manifest, "src/main.rs"), Vec::<String>::new());
}

#[test]
fn another_crates_page_is_a_fault() {
    let manifest = GOOD.replace("docs.rs/sample", "docs.rs/other");
    let faults = faults_of(&manifest, "src/lib.rs");
    assert_eq!(faults.len(), 1, "{faults:?}");
}
