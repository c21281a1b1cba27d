//! Tests of what is seen of a file.

use super::*;

#[test]
fn comments_and_literals_are_no_code() {
    let text = "// a\n/* b /* c */ d */ e(\"f \\\" // g\", 'h', r#\"i \" j\"#, 'k) // l\n";
    assert_eq!(words(text), ["e", "k"]);
    assert_eq!(words(r#"a('"') b("c")"#), ["a", "b"]);
    assert_eq!(
        words(r"fn a<'b>(c: &'b str) { '\u{22}'; }"),
        ["fn", "a", "b", "c", "b", "str"]
    );
}

#[test]
fn groups_are_looked_into_however_deep() {
    assert_eq!(words("a { b[c(d)] } e"), ["a", "e", "b", "c", "d"]);
}

#[test]
fn a_raw_identifier_is_the_same_name() {
    assert_eq!(words("r#type"), ["type"]);
}

#[test]
fn what_is_no_rust_is_reported_with_its_line() {
    let violation = parse("a.rs", "mod a;\nfn ( {}\n").err().unwrap();
    assert_eq!((violation.path.as_str(), violation.line), ("a.rs", 2));
    assert!(violation.message.starts_with("is not valid Rust"));
    assert!(tokens("a.rs", "fn a() { (").is_err());
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_level(&tokens("a.rs", text).unwrap(), &mut |level| {
        words.extend((0..level.len()).filter_map(|at| ident(level, at).map(name)));
    });
    words
}
