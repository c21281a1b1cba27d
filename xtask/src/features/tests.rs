//! Tests of which combinations are checked, and of what a comment must state.

use super::cost::distinct;
use super::plan::combinations;
use super::*;

fn manifest() -> Manifest {
    let text = "[features]\ndefault = [\"b\"]\n# Adds a.\n# Costs 23 crates; small ones.\na = []\n# Costs no crate.\nb = []\nc = []\n";
    let readme = "| feature | adds | costs |\n| `a` (default) | a, or b | 23 crates, and a compiler |\n| `b` | b | no crate |\n";
    Manifest::parse("auth-core", text.to_owned(), readme.to_owned()).unwrap()
}

fn vendor() -> Manifest {
    let text = "[features]\na = [\"auth-core/a\"]\nb = [\"auth-core/b\"]\nc = [\"auth-core/a\", \"dep:x\"]\nd = []\n";
    Manifest::parse("x-auth", text.to_owned(), String::new()).unwrap()
}

fn listed(manifest: &Manifest, pairs: bool) -> Vec<String> {
    let found = combinations(manifest, pairs).into_iter();
    found.map(|features| features.join("+")).collect()
}

#[test]
fn none_each_and_all_are_checked_and_pairs_if_asked() {
    assert_eq!(listed(&manifest(), false), ["", "a", "b", "c", "a+b+c"]);
    assert_eq!(
        listed(&manifest(), true),
        ["", "a", "a+b", "a+c", "b", "b+c", "c", "a+b+c"]
    );
}

#[test]
fn a_pair_that_is_only_forwarded_is_checked_where_it_is_forwarded_to() {
    assert_eq!(
        listed(&vendor(), true),
        [
            "", "a", "a+c", "a+d", "b", "b+c", "b+d", "c", "c+d", "d", "a+b+c+d"
        ]
    );
}

#[test]
fn each_library_is_checked_by_itself_and_all_tests_together() {
    let shown: Vec<String> = plan::checks(&[manifest(), vendor()], false)
        .iter()
        .map(Check::to_string)
        .collect();
    let has = |line: &str| shown.iter().any(|it| it == line);
    for alone in [
        "auth-core (--lib) with features []",
        "auth-core (--lib) with features [auth-core/c]",
        "x-auth (--lib) with features [x-auth/a]",
        "x-auth (--lib) with features [x-auth/a, x-auth/b, x-auth/c, x-auth/d]",
        // auth-core has no feature of that name to check it with.
        "x-auth (--all-targets) with features [x-auth/d]",
    ] {
        assert!(has(alone), "{alone} is not among {shown:#?}");
    }
    for together in [
        "auth-core, x-auth (--all-targets) with features []",
        "auth-core, x-auth (--all-targets) with features [auth-core/a, x-auth/a]",
        "auth-core, x-auth (--all-targets) with features [auth-core/a, auth-core/b, auth-core/c, x-auth/a, x-auth/b, x-auth/c, x-auth/d]",
    ] {
        assert!(has(together), "{together} is not among {shown:#?}");
    }
    assert!(
        !shown
            .iter()
            .any(|it| it.contains("[auth-core/a, auth-core/b]"))
    );
}

#[test]
fn the_tests_of_each_pair_are_checked_too() {
    let checks = plan::checks(&[manifest()], true);
    for targets in ["--lib", "--all-targets"] {
        let line = format!("auth-core ({targets}) with features [auth-core/a, auth-core/b]");
        assert!(
            checks.iter().any(|check| check.to_string() == line),
            "{line}"
        );
    }
}

#[test]
fn the_arguments_name_each_package_and_its_features() {
    let checks = plan::checks(&[manifest(), vendor()], false);
    let arguments = checks.last().map(Check::arguments).unwrap();
    assert_eq!(
        arguments[..5],
        [
            "--package",
            "auth-core",
            "--package",
            "x-auth",
            "--all-targets"
        ]
    );
    assert!(arguments[6].ends_with("auth-core/c,x-auth/a,x-auth/b,x-auth/c,x-auth/d"));
}

#[test]
fn a_cost_that_is_stated_wrongly_or_not_at_all_is_a_fault() {
    let manifest = manifest();
    assert!(manifest.check_cost("a", 23).is_ok());
    assert!(manifest.check_cost("b", 0).is_ok());
    for (feature, crates) in [("a", 2), ("a", 3), ("b", 1), ("c", 0)] {
        let fault = manifest.check_cost(feature, crates).unwrap_err();
        assert!(fault.contains(&format!("above `{feature}`")), "{fault}");
    }
}

#[test]
fn a_row_of_the_readme_with_another_cost_is_a_fault() {
    let manifest = manifest();
    assert!(manifest.check_readme("a", 23).is_ok());
    assert!(manifest.check_readme("b", 0).is_ok());
    for (feature, crates) in [("a", 2), ("a", 3), ("a", 0), ("b", 1), ("c", 0)] {
        let fault = manifest.check_readme(feature, crates).unwrap_err();
        assert!(fault.contains(&format!("row of `{feature}`")), "{fault}");
    }
}

#[test]
fn a_crate_that_occurs_twice_counts_once() {
    assert_eq!(distinct("a v1\nb v1\n\na v1 (*)\n"), 2);
}
