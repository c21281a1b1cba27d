//! Tests of which steps run.

use super::*;

fn names(names: &[&str]) -> Result<Vec<&'static str>, String> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    Ok(chosen(&names)?.into_iter().map(|(name, _)| *name).collect())
}

#[test]
fn all_steps_run_by_default() {
    assert_eq!(names(&[]).unwrap().len(), STEPS.len());
}

#[test]
fn the_steps_named_run_in_their_own_order() {
    assert_eq!(
        names(&["semver", "versions"]).unwrap(),
        ["versions", "semver"]
    );
}

#[test]
fn an_unknown_step_is_an_error_that_lists_the_known_ones() {
    let error = names(&["versions", "vibes"]).unwrap_err();
    assert!(
        error.starts_with("no step `vibes`; the steps are clean-tree, versions, "),
        "{error}"
    );
}
