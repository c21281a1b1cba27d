//! Tests of the rule on workflows.

use super::*;

const COMMIT: &str = "3d3c42e5aac5ba805825da76410c181273ba90b1";

fn found(head: &str, step: &str) -> Vec<(usize, String)> {
    let text = format!("name: ci\n{head}\njobs:\n  build:\n    steps:\n      - {step}\n");
    let violations = check(&Tree::from([(".github/workflows/ci.yml", text.as_str())]));
    violations
        .into_iter()
        .map(|it| (it.line, it.message))
        .collect()
}

#[test]
fn a_pinned_action_in_a_workflow_with_few_permissions_is_no_violation() {
    for head in ["permissions: {}", "permissions:\n  contents: read\n"] {
        let step = format!("uses: actions/checkout@{COMMIT} # v7.0.1");
        assert_eq!(found(head, &step), []);
        assert_eq!(found(head, "uses: ./.github/actions/own"), []);
    }
}

#[test]
fn an_action_by_tag_by_a_short_commit_or_without_its_version_is_a_violation() {
    let short = format!("uses: actions/checkout@{} # v7.0.1", &COMMIT[..7]);
    let unnamed = format!("uses: actions/checkout@{COMMIT}");
    for step in [
        "uses: actions/checkout@v7",
        "uses: actions/checkout",
        &short,
        &unnamed,
    ] {
        let found = found("permissions: {}", step);
        assert_eq!(found.len(), 1, "{step}");
        assert_eq!(found[0].0, 6);
    }
}

#[test]
fn missing_or_wide_permissions_are_a_violation() {
    for head in [
        "",
        "permissions:\n  contents: write",
        "permissions:\n  contents: read\n  packages: write",
    ] {
        let found = found(head, "run: cargo test");
        assert_eq!(found[0].0, 1, "{head}");
    }
    let both = found("permissions: write-all", "run: cargo test");
    assert_eq!(both.len(), 2, "{both:?}");
}

#[test]
fn a_job_that_may_write_more_than_is_listed_is_a_violation() {
    let job = "permissions:\n        SCOPE: write";
    for (path, scope, count) in [
        (".github/workflows/release.yml", "id-token", 0),
        (".github/workflows/release.yml", "contents", 1),
        (".github/workflows/ci.yml", "id-token", 1),
    ] {
        let job = job.replace("SCOPE", scope);
        let text = format!("name: ci\npermissions: {{}}\njobs:\n  build:\n      {job}\n");
        let violations = check(&Tree::from([(path, text.as_str())]));
        assert_eq!(violations.len(), count, "{path} {scope}");
        assert!(violations.iter().all(|it| it.line == 6));
    }
}
