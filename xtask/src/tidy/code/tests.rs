//! Tests of what is blanked and what is kept.

use super::*;

#[test]
fn comments_are_blanked_and_lines_are_kept() {
    assert_eq!(code_of("a // b\nc"), "a     \nc");
    assert_eq!(code_of("a /* b\n/* c */ d */ e"), "a     \n             e");
}

#[test]
fn strings_are_blanked_whatever_they_hold() {
    assert_eq!(code_of(r#"a("b \" // c") d"#), "a(           ) d");
    assert_eq!(code_of(r##"a(r#"b " c"#) d"##), "a(r#        ) d");
    assert_eq!(code_of(r#"a(r"b\") d"#), "a(r    ) d");
}

#[test]
fn a_quote_in_a_character_opens_no_string() {
    assert_eq!(code_of(r#"a('"') b("c")"#), "a(   ) b(   )");
    assert_eq!(code_of(r"a('\'') b"), "a(    ) b");
    assert_eq!(code_of(r"a('\u{22}') b"), "a(        ) b");
}

#[test]
fn a_lifetime_is_code() {
    assert_eq!(
        code_of("fn a<'b>(c: &'b str) -> &'static str"),
        "fn a<'b>(c: &'b str) -> &'static str"
    );
}

#[test]
fn every_byte_stays_in_its_place() {
    let text = "a(\"ä€\", 'ß') // ü\nb";
    assert_eq!(code_of(text).len(), text.len());
    assert_eq!(code_of(text).find('b'), text.find('b'));
}

#[test]
fn what_never_ends_is_blanked_to_the_end() {
    assert_eq!(code_of("a /* b"), "a     ");
    assert_eq!(code_of("a \"b"), "a   ");
    assert_eq!(code_of("a r#\"b"), "a r#  ");
}

#[test]
fn words_come_with_their_offsets() {
    let found: Vec<_> = words("pub use a_1::b;").collect();
    assert_eq!(found, [(0, "pub"), (4, "use"), (8, "a_1"), (13, "b")]);
}
