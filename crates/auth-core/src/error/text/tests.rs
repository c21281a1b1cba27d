//! Tests of what is left of text that was made to deceive.

use super::*;

#[test]
fn what_is_shown_is_one_line_without_anything_invisible() {
    for hidden in [
        '\0',
        '\u{7}',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{9b}',
        '\u{200b}',
        '\u{200f}',
        '\u{2028}',
        '\u{202a}',
        '\u{202e}',
        '\u{2066}',
        '\u{2069}',
        '\u{feff}',
        '\u{ad}',
        '\u{e0041}',
        '\r',
        '\n',
        '\t',
        '\u{b}',
    ] {
        let shown = display_text(&format!("a{hidden}b"));
        assert!(
            ["a b", "a\u{fffd}b"].contains(&shown.as_str()),
            "{hidden:?} {shown:?}"
        );
    }
}

#[test]
fn ordinary_names_are_shown_as_they_are() {
    for name in [
        "Viewer",
        "Größe 12",
        "研究管理者",
        "Tiếng Việt",
        "e\u{301}tude",
        "مدير",
    ] {
        assert_eq!(display_text(name), name);
    }
    assert_eq!(display_text("  a \n\n b  "), "a b");
}

#[test]
fn what_is_long_is_cut_whatever_it_is_made_of() {
    for text in [
        "é".repeat(5_000_000),
        "a\u{301}".repeat(1_000),
        "a\u{301}".to_owned() + &"\u{301}".repeat(9_999),
    ] {
        let shown = display_text(&text);
        assert!(
            shown.chars().count() <= MAX_DISPLAY_CHARS + 1,
            "{}",
            shown.len()
        );
    }
    assert_eq!(display_text(&"a".repeat(200)).len(), 200);
    assert!(display_text(&"a".repeat(201)).ends_with("a…"));
}

#[test]
fn a_list_shows_a_few_and_counts_the_rest() {
    assert_eq!(display_list([]), "");
    assert_eq!(display_list(["a", ""]), "a, (empty)");
    let many: Vec<String> = (0..40_000)
        .map(|n| format!("{}\n{n}", "x".repeat(100)))
        .collect();
    let shown = display_list(many.iter().map(String::as_str));
    assert!(shown.ends_with(" and 39980 more"), "{shown}");
    assert!(
        shown.chars().count() < 900 && !shown.contains('\n'),
        "{shown}"
    );
}
