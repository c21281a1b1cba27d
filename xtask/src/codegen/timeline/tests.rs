//! Tests that a figure shows the ages of the policy, to scale.

use super::*;

#[test]
fn the_ages_are_those_of_the_policy() {
    let life = Life::of(&RefreshPolicy::default(), Duration::from_secs(30 * 60));
    assert_eq!(
        life,
        Life {
            lifetime: 1_800,
            due: (1_160, 1_340),
            expires: 1_799,
        }
    );
    let policy = RefreshPolicy::default()
        .with_refresh_window(Duration::ZERO)
        .with_refresh_jitter(Duration::ZERO);
    assert_eq!(Life::of(&policy, HOUR).due, (3_590, 3_590));
}

#[test]
fn each_age_stands_above_its_mark() {
    let figure = Life::of(&RefreshPolicy::default(), HOUR).refresh();
    let (ages, line) = figure.split_once('\n').unwrap_or_default();
    for age in ["39:50", "44:50", "59:59"] {
        let column = ages.find(age);
        assert_eq!(
            column.and_then(|it| line.get(it..=it)),
            Some("|"),
            "{figure}"
        );
    }
}

#[test]
fn a_longer_cool_down_makes_fewer_rows() {
    let policy = RefreshPolicy::default();
    let rows = |policy: &RefreshPolicy| Life::of(policy, HOUR).outage(policy).lines().count();
    // The shown rows are as many; the number of those left out differs.
    let longer = policy
        .clone()
        .with_cool_down_with_token(Duration::from_secs(40));
    assert_eq!(rows(&policy), rows(&longer));
    assert_ne!(
        Life::of(&policy, HOUR).outage(&policy),
        Life::of(&longer, HOUR).outage(&longer)
    );
}
