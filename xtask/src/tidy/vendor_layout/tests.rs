//! Tests of how the vendor crates are compared.

use super::*;
use crate::tidy::tests::assert_only;

#[test]
fn vendors_that_are_alike_are_fine() {
    let found = found("");
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn runai_alone_may_administer() {
    let manifest = ("Cargo.toml", "[features]\ndefault = []\nadmin = []\n");
    let runai = changed("runai-auth", &[manifest]);
    assert!(runai.is_empty(), "{runai:#?}");
    assert_eq!(changed("maia-auth", &[manifest]).len(), 1);
}

#[test]
fn files_of_its_own_are_a_vendors_affair() {
    let found = changed(
        "maia-auth",
        &[("src/wire/a.rs", ""), ("src/projects.rs", "")],
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_feature_of_its_own_is_reported() {
    let manifest = ("Cargo.toml", "[features]\ndefault = []\ntower = []\n");
    let message = "feature `tower` is in maia-auth but not in datasaur-auth";
    assert_only(
        &changed("maia-auth", &[manifest]),
        "crates/maia-auth/Cargo.toml:1",
        message,
    );
}

#[test]
fn a_missing_feature_is_reported() {
    let message = "feature `default` is in datasaur-auth but not in runai-auth";
    assert_only(
        &changed("runai-auth", &[("Cargo.toml", "")]),
        "crates/runai-auth/Cargo.toml:1",
        message,
    );
}

#[test]
fn another_heading_is_reported_where_it_stands() {
    for readme in [
        "# B\n\n## Use\n\n### Example\n",
        "# B\n\n## Start\n\n## Example\n",
        "# B\n\n## Example\n\n## Start\n",
    ] {
        let found = changed("maia-auth", &[("README.md", readme)]);
        assert_eq!(found.len(), 1, "{readme}");
        assert!(
            found[0]
                .message
                .contains("differs from datasaur-auth, which has"),
            "{}",
            found[0].message
        );
    }
    let one_more = ("README.md", "# B\n\n## Start\n\n### Example\n\n## End\n");
    assert_only(
        &changed("maia-auth", &[one_more]),
        "crates/maia-auth/README.md:7",
        "`## End` differs from",
    );
    let one_less = ("README.md", "# B\n\n## Start\n");
    assert_only(
        &changed("maia-auth", &[one_less]),
        "crates/maia-auth/README.md:1",
        "has `### Example`",
    );
}

#[test]
fn a_missing_export_is_reported_in_any_vendor() {
    for vendor in VENDORS {
        let found = changed(
            vendor,
            &[(
                "src/lib.rs",
                "pub use calls::Calls;\npub use vendor::{Client, Config, Options, Region, TenantClients, TenantConfig};\n",
            )],
        );
        assert_only(
            &found,
            &format!("crates/{vendor}/src/lib.rs:1"),
            "`ConfigBuilder` is missing",
        );
    }
}

#[test]
fn a_private_import_is_no_export() {
    let library = "pub use calls::Calls;\nuse vendor::Client;\npub use vendor::{Config, ConfigBuilder, Options, TenantClients, TenantConfig};\n";
    let found = changed("maia-auth", &[("src/lib.rs", library)]);
    assert_only(
        &found,
        "crates/maia-auth/src/lib.rs:1",
        "`Client` is missing",
    );
}

#[test]
fn another_vendor_as_a_dependency_is_reported() {
    for dependency in [
        "[dependencies]\nmaia-auth.workspace = true",
        "[dependencies]\nother = { package = \"maia-auth\", version = \"1\" }",
        "[dev-dependencies]\nmaia-auth = \"1\"",
        "[target.'cfg(unix)'.dependencies]\nmaia-auth = \"1\"",
    ] {
        let manifest = format!("[features]\ndefault = []\n{dependency}\n");
        let found = changed("datasaur-auth", &[("Cargo.toml", manifest.as_str())]);
        assert_only(
            &found,
            "crates/datasaur-auth/Cargo.toml:4",
            "`maia-auth` is another vendor",
        );
    }
}

#[test]
fn a_part_that_cannot_be_compared_is_reported() {
    for file in ["README.md", "Cargo.toml", "src/lib.rs"] {
        let path = format!("crates/maia-auth/{file}");
        let missing = found(&path)
            .into_iter()
            .filter(|it| it.path == path && it.message.starts_with("is missing"));
        assert_eq!(missing.count(), 1, "{file}");
    }
    let broken = changed("maia-auth", &[("Cargo.toml", "[features")]);
    assert!(
        broken
            .iter()
            .any(|violation| violation.message.contains("not valid TOML")),
        "{broken:#?}"
    );
}

/// What is found in three crates that are alike, but for one file that is taken away.
fn found(removed: &str) -> Vec<Violation> {
    check(&alike("maia-auth", &[], removed))
}

/// What is found in three crates that are alike, but for some files of one of them.
fn changed(vendor: &str, files: &[(&str, &str)]) -> Vec<Violation> {
    check(&alike(vendor, files, ""))
}

fn alike(vendor: &str, files: &[(&str, &str)], removed: &str) -> Tree {
    let mut all = Vec::new();
    for name in VENDORS {
        let own = files.iter().filter(|_| *name == vendor);
        for (file, text) in MODEL.iter().chain(own) {
            all.push((format!("crates/{name}/{file}"), *text));
        }
    }
    all.iter()
        .map(|(path, text)| (path.as_str(), *text))
        .filter(|(path, _)| *path != removed)
        .collect()
}

const MODEL: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[features]\ndefault = []\n\n[dependencies]\nauth-core = \"1\"\n",
    ),
    (
        "README.md",
        "# A vendor\n\n## Start\n\n### Example\n\n#### Detail\n",
    ),
    (
        "src/lib.rs",
        "pub use calls::Calls;\npub use vendor::{Client, Config, ConfigBuilder, Options, TenantClients, TenantConfig};\n",
    ),
    ("src/wire.rs", ""),
];

const VENDORS: &[&str] = &["datasaur-auth", "maia-auth", "runai-auth"];
