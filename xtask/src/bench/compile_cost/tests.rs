//! Tests of which programs are built, and of the document.

use super::*;

#[test]
fn each_vendor_and_each_feature_is_measured_after_bare_reqwest() {
    let root = workspace::root().unwrap();
    let programs = programs(&root);
    assert_eq!(programs[0].dependencies, BARE);
    let manifest = fs::read_to_string(root.join("crates/maia-auth/Cargo.toml")).unwrap();
    let (_, features) = manifest.split_once("[features]").unwrap();
    let (features, _) = features.split_once("\n\n").unwrap();
    let names = features.lines().filter(|line| !line.starts_with('#'));
    for name in names
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
    {
        let is_measured = programs
            .iter()
            .any(|it| it.what.contains(&format!("`{name}`")));
        assert!(is_measured || name == "default", "{name}");
    }
}

#[test]
fn the_document_compares_with_bare_reqwest() {
    let cost = |what: &str, seconds| Cost {
        what: what.to_owned(),
        crates: 7,
        seconds,
    };
    let machine = Machine::here().unwrap();
    let text = document(&[cost("bare", 20.0), cost("x", 25.0)], &machine);
    assert!(text.contains("| x | 7 | 25.0 s | 1.25 × |"), "{text}");
}

#[test]
fn the_version_is_that_of_the_first_dependency() {
    let tree = "compile-cost v0.0.0 (/x)\ntokio v1.50.0\noauth2-types v3.0.0\noauth2 v5.0.1\n";
    assert_eq!(version(tree, "oauth2 = \"5\"\ntokio = \"1\"\n"), "5.0.1");
}
