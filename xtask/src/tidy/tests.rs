//! Tests of the report, and the assertion that the tests of every rule share.

use super::*;

/// Asserts that there is one violation, at this `path:line`, with these words in its message.
#[track_caller]
pub(crate) fn assert_only(violations: &[Violation], place: &str, words: &str) {
    let [
        Violation {
            path,
            line,
            message,
        },
    ] = violations
    else {
        panic!("one violation expected, got {violations:#?}");
    };
    assert_eq!(format!("{path}:{line}"), place, "{message}");
    assert!(
        message.contains(words),
        "`{words}` is missing in: {message}"
    );
}

#[test]
fn a_violation_is_reported_with_its_place_and_rule_before_the_count() {
    let found = [("file_length", Violation::new("src/big.rs", 401, "too long"))];
    assert_eq!(
        reported(&found),
        "src/big.rs:401: file_length: too long\ntidy: 1 violation\n"
    );
}

#[test]
fn a_tidy_tree_is_reported_as_no_violations() {
    assert_eq!(reported(&[]), "tidy: 0 violations\n");
}

#[test]
fn violations_stand_in_the_order_of_the_files() {
    let long = format!("//! placeholder\n{}", "\n".repeat(400));
    let tree = Tree::from([("b.rs", "//! placeholder"), ("a.rs", long.as_str())]);
    let places: Vec<_> = check(&tree)
        .into_iter()
        .filter(|(_, violation)| ["a.rs", "b.rs"].contains(&violation.path.as_str()))
        .map(|(rule, violation)| format!("{}:{} {rule}", violation.path, violation.line))
        .collect();
    assert_eq!(
        places,
        [
            "a.rs:1 module_sentence",
            "a.rs:401 file_length",
            "b.rs:1 module_sentence"
        ]
    );
}

fn reported(found: &[(&str, Violation)]) -> String {
    let mut output = Vec::new();
    report(found, &mut output).unwrap();
    String::from_utf8(output).unwrap()
}

#[test]
fn every_rule_is_applied_and_described() {
    let mut applied: Vec<_> = RULES.iter().map(|(name, _)| (*name).to_owned()).collect();
    applied.sort();

    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tidy");
    let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap());
    let mut written: Vec<_> = files
        .filter_map(|file| {
            let text = std::fs::read_to_string(file.path()).unwrap_or_default();
            let name = file.file_name().into_string().unwrap();
            let is_rule = text.contains("\npub(crate) fn check(tree: &Tree)");
            name.strip_suffix(".rs")
                .filter(|_| is_rule)
                .map(str::to_owned)
        })
        .collect();
    written.sort();
    assert_eq!(applied, written);

    let text = include_str!("../../../docs/CONTRIBUTING.md");
    let (_, table) = text.split_once("## The rules of tidy").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = rows.map(|row| row.split('`').next().unwrap().to_owned());
    let mut described: Vec<_> = names.collect();
    described.sort();
    assert_eq!(applied, described);
}
