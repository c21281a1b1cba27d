//! Tests of the check of JSON bodies.

use bytes::Bytes;

use super::*;

fn checked(text: impl Into<Bytes>) -> String {
    match check(&Source::Memory(text.into())) {
        Ok(()) => String::new(),
        Err(Failure::Usage(message)) => message,
        Err(other) => format!("{other:?}"),
    }
}

#[test]
fn valid_json_of_any_kind_passes() {
    for text in [
        "{}",
        " [1, 2]\n",
        "null",
        "1e999",
        "\"\u{fc}\u{1f600}\"",
        "123456789012345678901234567890",
    ] {
        assert_eq!(checked(text), "", "{text}");
    }
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert_eq!(checked(deep), "");
}

#[test]
fn an_error_has_its_line_and_column() {
    let message = checked("{\n  \"a\": trve\n}");
    assert!(message.contains("at line 2 column 10"), "{message}");
    assert!(!message.contains("trve"), "{message}");
    let message = checked("{\n  \"a\": tru\n}");
    assert!(message.contains("at the end of line 2"), "{message}");
    for text in [
        "{",
        "{}x",
        "[1,]",
        "{'a':1}",
        "\u{feff}{}",
        "nul",
        "\"a\nb\"",
    ] {
        assert!(checked(text).contains("line "), "{text}");
    }
    assert!(checked("").contains("empty"));
}

#[test]
fn text_that_is_not_utf8_fails_wherever_it_is_split() {
    assert!(checked(&b"\"\xff\""[..]).contains("UTF-8"));
    assert!(checked(&b"\"\xc3"[..]).contains("UTF-8"));
    // The characters are split at every boundary of the reader's buffer.
    for start in 0..4 {
        let text = format!("\"{}{}\"", "a".repeat(start), "\u{1f600}".repeat(10_000));
        assert_eq!(checked(text), "");
    }
}

#[test]
fn the_content_type_decides() {
    for (text, expected) in [
        ("application/json", true),
        ("Application/JSON; charset=utf-8", true),
        ("application/merge-patch+json", true),
        ("application/x-ndjson", false),
        ("text/plain", false),
        ("", false),
    ] {
        let value = HeaderValue::from_str(text).unwrap();
        assert_eq!(is_json(&value), expected, "{text}");
    }
}
