//! Tests of the environment that cargo is run with.

use super::*;

#[test]
fn cargo_is_not_told_of_the_package_that_runs_it() {
    for (name, is_removed) in [
        ("CARGO_PKG_NAME", true),
        ("CARGO_MANIFEST_DIR", true),
        ("CARGO_TARGET_DIR", false),
        ("CARGO_HOME", false),
    ] {
        assert_eq!(is_of_package(OsStr::new(name)), is_removed, "{name}");
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Those of this test.
    let set: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    for command in [cargo(here), cargo_of("stable", here)] {
        for name in set.iter().filter(|name| is_of_package(name)) {
            let mut changes = command.get_envs();
            let is_removed = changes.any(|change| change == (name.as_os_str(), None));
            assert!(is_removed, "{name:?}: {command:?}");
        }
    }
}
