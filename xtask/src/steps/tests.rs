//! Tests of what counts as success, and of the summary.

use super::*;

fn report(outcomes: Vec<(&'static str, Outcome)>) -> Report {
    let steps = outcomes.into_iter();
    Report {
        steps: steps
            .map(|(name, outcome)| (name, outcome, Duration::from_millis(1500)))
            .collect(),
    }
}

#[test]
fn a_skipped_step_fails_only_a_strict_check() {
    let mut report = report(vec![
        ("tree", Outcome::passed()),
        ("semver", Outcome::Skipped("there is no tag".to_owned())),
    ]);
    assert!(report.is_success(false));
    assert!(!report.is_success(true));
    report.run("deny", || Err("boom".into())).unwrap();
    assert!(report.has_just_failed());
    assert!(!report.is_success(false));
}

#[test]
fn the_summary_has_the_reason_of_every_step_that_did_not_pass() {
    let report = report(vec![
        ("tree", Outcome::passed()),
        ("semver", Outcome::Skipped("there is no tag".to_owned())),
        ("links", Outcome::Failed("one\ntwo".to_owned())),
    ]);
    assert_eq!(
        report.summary(),
        "tree    passed      1.5 s\n\
         semver  skipped     1.5 s  because there is no tag\n\
         links   failed      1.5 s  one\n          two\n\
         1 passed, 1 failed, 1 skipped in 4 s\n"
    );
}

#[test]
fn faults_fail_a_step_and_their_absence_passes_it() {
    assert_eq!(
        Outcome::of_faults(Vec::new(), "6 crates"),
        Outcome::Passed("6 crates".to_owned())
    );
    let faults = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(
        Outcome::of_faults(faults, "6 crates"),
        Outcome::Failed("a\nb".to_owned())
    );
}
