//! Tests of which combinations are checked, and of what a comment must state.

use super::cost::distinct;
use super::plan::combinations;
use super::*;

fn manifest() -> Manifest {
    let text = "[features]\ndefault = [\"b\"]\n# Adds a.\n# Costs 23 crates; small ones.\na = []\n# Costs no crate.\nb = []\nc = []\n";
    let readme = "| feature | adds | costs |\n| `a` (default) | a, or b | 23 crates, and a compiler |\n| `b` | b | no crate |\n";
    Manifest::parse(
        "auth-core",
        Kind::Library,
        text.to_owned(),
        readme.to_owned(),
    )
    .unwrap()
}

fn vendor() -> Manifest {
    let text = "[features]\na = [\"auth-core/a\"]\nb = [\"auth-core/b\"]\nc = [\"auth-core/a\", \"dep:x\"]\nd = []\n";
    Manifest::parse("x-auth", Kind::Library, text.to_owned(), String::new()).unwrap()
}

fn store() -> Manifest {
    let text = "[features]\ndefault = []\ne = [\"dep:e\"]\n";
    Manifest::parse(
        "auth-store-x",
        Kind::Library,
        text.to_owned(),
        String::new(),
    )
    .unwrap()
}

fn program() -> Manifest {
    let text = "[features]\ndefault = [\"f\"]\n# Costs 10 crates.\nf = [\"dep:f\"]\n";
    Manifest::parse("auth-cli", Kind::Program, text.to_owned(), String::new()).unwrap()
}

fn planned(manifests: &[Manifest], pairs: bool) -> Vec<String> {
    let checks = plan::checks(manifests, pairs);
    checks.iter().map(Check::to_string).collect()
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
fn each_library_is_checked_by_itself_with_each_of_its_own_features() {
    assert_eq!(
        planned(&[manifest(), vendor(), store()], false),
        [
            "auth-core (--lib) with features []",
            "auth-core (--lib) with features [auth-core/a]",
            "auth-core (--lib) with features [auth-core/b]",
            "auth-core (--lib) with features [auth-core/c]",
            "auth-core (--lib) with features [auth-core/a, auth-core/b, auth-core/c]",
            "x-auth (--lib) with features []",
            "x-auth (--lib) with features [x-auth/c]",
            "x-auth (--lib) with features [x-auth/d]",
            "x-auth (--lib) with features [x-auth/a, x-auth/b, x-auth/c, x-auth/d]",
            "auth-store-x (--lib) with features []",
            "auth-store-x (--lib) with features [auth-store-x/e]",
            "x-auth (--lib) with features [x-auth/a]",
            "x-auth (--lib) with features [x-auth/b]",
        ]
    );
}

#[test]
fn a_program_is_checked_without_and_with_each_of_its_features() {
    assert_eq!(
        planned(&[program()], false),
        [
            "auth-cli (--bins) with features []",
            "auth-cli (--bins) with features [auth-cli/f]",
        ]
    );
    assert!(program().check_cost("f", 10).is_ok());
    assert!(program().check_cost("f", 9).is_err());
    assert!(program().check_readme("f", 10).is_ok());
}

#[test]
fn what_is_published_is_checked_and_nothing_else() {
    let manifests = manifests(&workspace::root().unwrap()).unwrap();
    let kinds: Vec<_> = manifests
        .iter()
        .map(|manifest| (manifest.package(), manifest.kind()))
        .collect();
    assert_eq!(kinds.first(), Some(&("auth-core", Kind::Library)));
    assert_eq!(kinds.last(), Some(&("auth-cli", Kind::Program)));
    assert!(kinds.contains(&("auth-store-redis", Kind::Library)));
    assert!(kinds.iter().all(|(name, _)| *name != "xtask"), "{kinds:?}");
}

#[test]
fn a_forwarded_feature_is_checked_for_all_that_forward_it_in_one_build() {
    let other = Manifest::parse(
        "y-auth",
        Kind::Library,
        "[features]\nb = [\"auth-core/b\"]\n".to_owned(),
        String::new(),
    );
    let shown = planned(&[manifest(), vendor(), other.unwrap()], false);
    let together = "x-auth, y-auth (--lib) with features [x-auth/b, y-auth/b]".to_owned();
    assert!(shown.contains(&together), "{shown:#?}");
}

#[test]
fn with_pairs_the_tests_of_each_combination_are_checked_too() {
    let shown = planned(&[manifest(), vendor()], true);
    for combination in [
        "auth-core (TARGETS) with features []",
        "auth-core (TARGETS) with features [auth-core/a]",
        "auth-core (TARGETS) with features [auth-core/a, auth-core/b]",
        "x-auth (TARGETS) with features [x-auth/a]",
        "x-auth (TARGETS) with features [x-auth/a, x-auth/d]",
        "x-auth (TARGETS) with features [x-auth/a, x-auth/b, x-auth/c, x-auth/d]",
    ] {
        for targets in ["--lib", "--all-targets"] {
            let line = combination.replace("TARGETS", targets);
            let count = shown.iter().filter(|it| **it == line).count();
            assert_eq!(count, 1, "{line} in {shown:#?}");
        }
    }
}

#[test]
fn the_arguments_name_each_package_and_its_features() {
    let checks = plan::checks(&[manifest(), vendor()], false);
    let arguments = checks.last().map(Check::arguments).unwrap();
    assert_eq!(
        arguments,
        ["--package", "x-auth", "--lib", "--features", "x-auth/b"]
    );
}

#[test]
fn a_feature_is_compared_with_a_program_that_has_the_default_client() {
    let client = "[features]\nreqwest = []\na = []\n".to_owned();
    let client = Manifest::parse("x-auth", Kind::Library, client, String::new()).unwrap();
    let shown = |manifest, feature| {
        let (without, with) = cost::compared(manifest, feature);
        format!("{without} -> {with}")
    };
    assert_eq!(shown(&client, "reqwest"), " -> reqwest");
    assert_eq!(shown(&client, "a"), "reqwest -> reqwest,a");
    let store = shown(&store(), "e");
    assert_eq!(store, "auth-core/reqwest -> auth-core/reqwest,e");
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
