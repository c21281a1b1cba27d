//! Tests of how versions are compared, and of how the index is understood.

use super::*;

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

#[test]
fn all_crates_have_one_version() {
    let (one, two) = (version("0.1.0"), version("0.2.0"));
    assert!(unequal(&[("a", &one), ("b", &one)]).is_empty());
    assert_eq!(
        unequal(&[("a", &one), ("b", &two)]),
        ["b is 0.2.0, but a is 0.1.0"]
    );
    assert_eq!(unequal(&[]).len(), 1);
}

#[test]
fn a_crate_requires_the_version_that_the_other_one_has() {
    let (req, older) = ("0.2.0".parse().unwrap(), "0.1.0".parse().unwrap());
    assert_eq!(outdated("a", "b", &req, &version("0.2.0")), None);
    assert!(outdated("a", "b", &older, &version("0.2.0")).is_some());
}

#[test]
fn only_a_version_above_the_published_one_can_be_published() {
    assert_eq!(not_above("a", &version("0.2.0"), &version("0.1.9")), None);
    for published in ["0.2.0", "0.2.1", "1.0.0"] {
        assert!(not_above("a", &version("0.2.0"), &version(published)).is_some());
    }
    assert!(not_above("a", &version("0.2.0-rc.1"), &version("0.2.0")).is_some());
}

#[test]
fn an_unknown_crate_is_told_from_an_unreachable_index() {
    let unknown = "    Updating crates.io index\nerror: could not find `auth-core` in registry";
    assert_eq!(understood(false, "", unknown), Index::Nothing);
    let offline = "    Updating crates.io index\nerror: failed to connect to the host\n";
    assert_eq!(
        understood(false, "", offline),
        Index::Unreachable("error: failed to connect to the host".to_owned())
    );
}

#[test]
fn the_published_version_is_read() {
    let shown = "auth-core #oauth2\nTokens\nversion: 0.1.2 (latest 0.2.0)\nlicense: MIT\n";
    assert_eq!(
        understood(true, shown, ""),
        Index::Version(version("0.1.2"))
    );
    assert!(matches!(understood(true, "", ""), Index::Unreachable(_)));
}
