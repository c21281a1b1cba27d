//! Tests of which combinations are checked, and of what a comment must state.

use super::cost::distinct;
use super::*;

fn manifest() -> Manifest {
    let text = "[features]\ndefault = [\"b\"]\n# Adds a.\n# Costs 23 crates; small ones.\na = []\n# Costs no crate.\nb = []\nc = []\n";
    let readme = "| feature | adds | costs |\n| `a` (default) | a, or b | 23 crates, and a compiler |\n| `b` | b | no crate |\n";
    Manifest::parse("x", text.to_owned(), readme.to_owned()).unwrap()
}

#[test]
fn none_each_every_pair_and_all_are_checked_once() {
    let manifest = manifest();
    let listed: Vec<String> = combinations(&manifest)
        .into_iter()
        .map(|features| features.join("+"))
        .collect();
    assert_eq!(listed, ["", "a", "a+b", "a+b+c", "a+c", "b", "b+c", "c"]);
}

#[test]
fn a_pair_that_is_only_forwarded_is_checked_where_it_is_forwarded_to() {
    let text = "[features]\na = [\"auth-core/a\"]\nb = [\"auth-core/b\"]\nc = [\"auth-core/a\", \"dep:x\"]\nd = []\n";
    let manifest = Manifest::parse("x", text.to_owned(), String::new()).unwrap();
    let listed: Vec<String> = combinations(&manifest)
        .into_iter()
        .map(|features| features.join("+"))
        .collect();
    assert_eq!(
        listed,
        [
            "", "a", "a+b+c+d", "a+c", "a+d", "b", "b+c", "b+d", "c", "c+d", "d"
        ]
    );
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
