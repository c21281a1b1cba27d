//! Tests of the choice among entries.

use super::*;

fn entries_of(all: &[(&str, &str)]) -> Vec<Entry> {
    let all = all.iter().map(|&(id, name)| Entry::new(id, name));
    all.collect()
}

fn id(text: &str, comparison: Comparison, all: &[(&str, &str)]) -> String {
    match choose(
        Collection::of_control_plane("user"),
        text,
        comparison,
        &entries_of(all),
    ) {
        Ok(found) => found.id,
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_id_wins_over_a_name_that_looks_like_it() {
    let all = [("1", "2"), ("2", "1")];
    assert_eq!(id("2", Comparison::Exact, &all), "2");
    assert_eq!(id("a", Comparison::Exact, &[("1", "a"), ("2", "b")]), "1");
}

#[test]
fn the_confirmation_shows_the_name_and_the_id() {
    let found = choose(
        Collection::of_control_plane("user"),
        "a",
        Comparison::Exact,
        &entries_of(&[("1", "a")]),
    )
    .unwrap();
    assert_eq!(found.label, "a (id 1)");
}

#[test]
fn case_is_ignored_only_for_addresses_and_only_without_an_exact_match() {
    let all = [("1", "A@b.io"), ("2", "a@b.io")];
    assert_eq!(id("a@b.io", Comparison::IgnoreCase, &all), "2");
    assert_eq!(id("A@B.IO", Comparison::IgnoreCase, &all[..1]), "1");
    assert!(id("A@B.IO", Comparison::Exact, &all).starts_with("no user"));
    assert!(id("A@B.io", Comparison::IgnoreCase, &all).contains("2 users are named"));
}

#[test]
fn a_name_of_several_lists_their_ids() {
    let message = id("a", Comparison::Exact, &[("7", "a"), ("8", "a")]);
    assert_eq!(
        message,
        "2 users are named \"a\": use the id of one of them: 7, 8"
    );
}

#[test]
fn an_unknown_name_lists_similar_ones_first_and_not_all() {
    let names: Vec<_> = (0..500).map(|number| format!("user-{number:03}")).collect();
    let mut all: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), name.as_str()))
        .collect();
    all.push(("x", "nightly-import"));
    all.push(("y", "evil\u{202e}\n\u{1b}[31m"));
    let message = id("nightly", Comparison::Exact, &all);
    assert!(message.contains("available: nightly-import, "), "{message}");
    assert!(message.contains("and 482 more"), "{message}");
    assert!(!message.contains(char::is_control), "{message}");
    assert!(message.len() < 1_500, "{message}");
}

#[test]
fn an_entry_without_a_name_or_an_id_is_never_chosen() {
    assert!(id("", Comparison::Exact, &[("", "")]).starts_with("no user"));
    assert!(id("a", Comparison::Exact, &[("", "a")]).contains("has no id"));
}

#[test]
fn only_the_usual_form_is_a_uuid() {
    assert!(is_uuid("7f3a0b1c-0000-4000-8000-00000000000A"));
    for text in [
        "",
        "7",
        "7f3a0b1c-0000-4000-8000-00000000000g",
        "7f3a0b1c000040008000000000000000",
        "----",
    ] {
        assert!(!is_uuid(text), "{text}");
    }
}

#[test]
fn without_any_entry_the_error_says_so() {
    assert_eq!(
        id("nightly", Comparison::Exact, &[]),
        "no user \"nightly\" on this control plane; there are none"
    );
}
