//! Tests of `vauth maia projects`: all pages, as lines or as JSON.

use auth_testkit::{EmulatedVendor, Fault};
use serde_json::Value;

use crate::support::{environment, start, vauth};

#[tokio::test]
async fn every_project_is_a_line_with_tabs_whatever_the_page_size() {
    let emulator = start(EmulatedVendor::Maia).await;
    for arguments in [
        &["maia", "projects"][..],
        &["maia", "projects", "--page-size", "7"],
    ] {
        let text = vauth(arguments, &environment(&emulator)).stdout();
        let lines: Vec<Vec<_>> = text
            .lines()
            .map(|line| line.split('\t').collect())
            .collect();
        assert_eq!(lines.len(), 60);
        assert_eq!(lines[59].len(), 3);
        assert_eq!(lines[59][1..], ["Project 60", "Seeded project 60 of 60"]);
    }
    assert_eq!(emulator.api_requests(), 1 + 9);
}

#[tokio::test]
async fn json_is_one_array_of_objects() {
    let emulator = start(EmulatedVendor::Maia).await;
    let text = vauth(&["maia", "projects", "--json"], &environment(&emulator)).stdout();
    assert_eq!(text.lines().count(), 1);
    let projects: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(projects.len(), 60);
    assert_eq!(projects[0]["name"], "Project 01");
    assert_eq!(projects[0].as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn a_description_cannot_break_the_lines() {
    let emulator = start(EmulatedVendor::Maia).await;
    let body = r#"{"results":[{"id":"1","name":"a\tb","description":"c\nd\u001b[31m"},{"id":"2","name":"e"}],"total":2}"#;
    emulator.inject_api_fault(Fault::body(200, "application/json", body));
    let text = vauth(&["maia", "projects"], &environment(&emulator)).stdout();
    assert_eq!(text, "1\ta b\tc d\u{fffd}[31m\n2\te\t\n");
}

#[tokio::test]
async fn a_refusal_is_22_with_the_vendors_words_and_what_to_look_at() {
    let emulator = start(EmulatedVendor::Maia).await;
    emulator.inject_api_fault(Fault::status(403).forever());
    let run = vauth(&["maia", "projects", "--json"], &environment(&emulator));
    assert_eq!(run.stdout, "");
    let line = run.failure(22);
    for words in ["IP not allowed for any organization", "IP allow list"] {
        assert!(line.contains(words), "{line}");
    }
}
