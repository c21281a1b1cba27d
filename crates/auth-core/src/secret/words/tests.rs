//! Tests of which spellings of a secret are found, and of what is left of a message.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::*;

/// Reserved characters, letters of both cases and digits.
const SECRET: &str = "Zq7/xW9+lm~!'()*k&3\"v<P>e=28";

/// As a random generator writes it.
const PLAIN: &str = "zq7Xw9Lm2kPv4TbN8sRd6HfG1jYc";

fn percent(text: &str, is_kept: impl Fn(u8) -> bool, upper: bool) -> String {
    let encode = |byte: u8| match (is_kept(byte), upper) {
        (true, _) => char::from(byte).to_string(),
        (false, true) => format!("%{byte:02X}"),
        (false, false) => format!("%{byte:02x}"),
    };
    text.bytes().map(encode).collect()
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}

fn spellings(secret: &str) -> Vec<String> {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~!'()*".contains(&byte);
    let component = percent(secret, is_unreserved, true);
    let json = serde_json::to_string(secret).unwrap();
    let unicode: String = secret
        .encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect();
    let pair = format!("client:{secret}");
    let pair_form = format!("client:{form}");
    let mut spellings = vec![
        secret.to_owned(),
        secret.to_uppercase(),
        secret.to_lowercase(),
        form.clone(),
        form.to_lowercase(),
        component.clone(),
        percent(secret, |_| false, false),
        percent(&component, is_unreserved, true),
        percent(
            &percent(&component, is_unreserved, true),
            is_unreserved,
            false,
        ),
        html(secret),
        html(&html(secret)),
        secret
            .chars()
            .map(|letter| format!("&#{};", u32::from(letter)))
            .collect(),
        secret
            .chars()
            .map(|letter| format!("&#X{:X};", u32::from(letter)))
            .collect(),
        json.trim_matches('"').to_owned(),
        serde_json::to_string(&json)
            .unwrap()
            .trim_matches('"')
            .to_owned(),
        unicode.clone(),
        unicode.replace('\\', "%"),
        unicode.to_uppercase(),
        secret
            .chars()
            .map(|letter| format!("\\u{{{:x}}}", u32::from(letter)))
            .collect(),
        secret
            .bytes()
            .map(|byte| format!("\\x{byte:02x}"))
            .collect(),
        secret.bytes().map(|byte| format!("{byte:02X}")).collect(),
        secret.bytes().map(|byte| format!("{byte:02x}:")).collect(),
        secret.bytes().map(char::from).collect(),
        secret.chars().map(|letter| format!("{letter} ")).collect(),
        secret
            .chars()
            .map(|letter| format!("{letter}\n\t"))
            .collect(),
        secret
            .chars()
            .map(|letter| format!("{letter}\u{200b}"))
            .collect(),
    ];
    spellings.extend(rare_spellings(secret));
    for text in [secret, &form, &pair, &pair_form] {
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            spellings.push(engine.encode(text));
        }
    }
    let wrapped = STANDARD.encode(&pair);
    let (first, second) = wrapped.split_at(20);
    spellings.push(format!("{first}\r\n{second}"));
    spellings.push(percent(&wrapped, |byte| byte.is_ascii_alphanumeric(), true));
    spellings
}

/// Escapes of mail, CSS, C and Python, dumps of bytes, and characters that nobody sees in between.
fn rare_spellings(secret: &str) -> Vec<String> {
    let each = |write: &dyn Fn(char) -> String| secret.chars().map(write).collect::<String>();
    let bytes = |write: &dyn Fn(u8) -> String| secret.bytes().map(write).collect::<String>();
    let marks = |write: &dyn Fn(u8) -> String| {
        bytes(&|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => write(byte),
        })
    };
    let percent_often = (0..7).fold(secret.to_owned(), |text, _| {
        percent(&text, |byte| byte.is_ascii_alphanumeric(), true)
    });
    let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        bytes(&|byte| format!("={byte:02X}")),
        marks(&|byte| format!("={byte:02X}")),
        each(&|letter| format!("&#{:010};", u32::from(letter))),
        each(&|letter| format!("&#x{:08x};", u32::from(letter))),
        each(&|letter| format!("&#{} ", u32::from(letter))),
        each(&|letter| format!("\\U{:08X}", u32::from(letter))),
        each(&|letter| format!("\\{:06x}", u32::from(letter))),
        bytes(&|byte| format!("\\{byte:03o}")),
        marks(&|byte| format!("\\{byte:03o}")),
        bytes(&|byte| format!("0x{byte:02x}, ")),
        bytes(&|byte| format!("00{byte:02x}")),
        bytes(&|byte| format!("{byte}, ")),
        secret.chars().rev().collect(),
        each(&|letter| format!("{letter}\u{3164}")),
        each(&|letter| match letter {
            '!'..='~' => char::from_u32(u32::from(letter) + 0xfee0)
                .unwrap()
                .to_string(),
            _ => letter.to_string(),
        }),
        each(&|letter| format!("{letter}&#8203;")),
        STANDARD.encode(STANDARD.encode(secret)),
        STANDARD.encode(utf16),
        percent_often,
    ]
}

/// Nothing of five characters of the secret is left, in any case.
fn assert_gone(shown: &str, spelling: &str) {
    let letters = |text: &str| -> Vec<char> {
        text.to_lowercase()
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect()
    };
    let shown_letters = letters(shown);
    for run in letters(spelling).windows(8) {
        assert!(
            !shown_letters.windows(8).any(|window| window == run),
            "{spelling} left {shown}"
        );
    }
}

#[test]
fn a_secret_is_cut_out_in_every_spelling() {
    for secret in [
        SECRET,
        PLAIN,
        "ab1/cd2/ef3/gh4/ij5",
        "žluťoučký kůň 12",
        "pass word with spaces",
    ] {
        for spelling in spellings(secret) {
            let shown = clean(&format!("you sent ({spelling}), wrong"), 5_000, &[secret]);
            assert_gone(&shown, &spelling);
            assert!(
                shown.contains("[redacted]") || shown == WITHHELD,
                "{spelling}: {shown}"
            );
        }
    }
}

#[test]
fn the_usual_spellings_leave_the_rest_of_the_message() {
    for spelling in [
        PLAIN.to_owned(),
        PLAIN.to_uppercase(),
        percent(PLAIN, |_| false, false),
        STANDARD.encode(PLAIN),
    ] {
        let shown = clean(
            &format!("client_secret={spelling} is wrong."),
            200,
            &[PLAIN],
        );
        assert!(shown.starts_with("client_secret=[redacted]"), "{shown}");
        assert!(shown.ends_with(" is wrong"), "{shown}");
    }
}

#[test]
fn a_value_that_begins_like_an_escape_of_mail_is_no_reason_to_withhold() {
    let shown = clean(
        "got client_secret=fa12%2Bmore%2Bchars",
        200,
        &["fa12+more+chars"],
    );
    assert_eq!(shown, "got client_secret=[redacted]");
}

#[test]
fn the_names_of_marks_are_read() {
    let spelled = "ab1&sol;cd2&plus;ef3&equals;gh4&hyphen;ij5";
    let shown = clean(
        &format!("got {spelled}, wrong"),
        200,
        &["ab1/cd2+ef3=gh4-ij5"],
    );
    assert_eq!(shown, "got [redacted], wrong");
}

#[test]
fn a_secret_that_is_cut_withholds_the_whole_message() {
    let count = PLAIN.len();
    for part in [
        &PLAIN[..count - 2],
        &PLAIN[2..],
        &PLAIN[..6],
        &PLAIN[count - 6..],
        &PLAIN[8..16],
        &STANDARD.encode(PLAIN)[..20],
    ] {
        assert_eq!(clean(&format!("got {part}..."), 200, &[PLAIN]), WITHHELD);
        assert_eq!(clean_code(part, &[PLAIN]), None);
    }
    let both = format!("got {PLAIN} and {}", &PLAIN[..9]);
    assert_eq!(clean(&both, 200, &[PLAIN]), WITHHELD);
}

#[test]
fn a_secret_beside_the_limit_is_not_shown_in_part() {
    for before in 1_960..2_000 {
        let words = format!("{}{PLAIN}", " ".repeat(before));
        let shown = clean(&words, 200, &[PLAIN]);
        assert!(!shown.contains(&PLAIN[..6]), "{before}: {shown}");
    }
}

#[test]
fn a_short_secret_mangles_no_word() {
    for secret in ["i", "n", "ow", "unkno", "!"] {
        let shown = clean("the client is unknown", 200, &[secret]);
        assert_eq!(shown, "the client is unknown", "{secret}");
    }
    for (secret, words) in [
        ("i", "you sent I"),
        ("ab1", "got 'AB1'"),
        ("žlu", "got %C5%BElu"),
    ] {
        assert_eq!(clean(words, 200, &[secret]), WITHHELD, "{secret}");
    }
    assert_eq!(clean("as before", 200, &["", "  "]), "as before");
}

#[test]
fn words_that_every_refusal_uses_are_no_part_of_a_secret() {
    for secret in [
        "fake-client-secret",
        "client_secret_1",
        "the-token-password",
    ] {
        for words in [
            "Invalid client or Invalid client credentials",
            "the client secret is invalid",
            "client_secret is required",
            "Bad client-secret!",
        ] {
            assert_eq!(
                clean(words, 200, &[secret]),
                words.trim_end_matches('.'),
                "{secret}"
            );
        }
        let start = &secret[..11];
        assert!(!clean(&format!("got {start}"), 200, &[secret]).contains(start));
    }
}

#[test]
fn every_secret_is_looked_for() {
    let other = "9f8e7d6c5b4a39281706";
    let shown = clean(&format!("{other} {PLAIN} {other}"), 200, &[PLAIN, other]);
    assert_eq!(shown, "[redacted] [redacted] [redacted]");
}

#[test]
fn the_rest_is_one_line_without_marks_that_hide_or_turn_text() {
    let words = "a\u{202e}b\u{2028}c\u{200b}d\u{feff}e\u{2067}f\u{1b}[31m\u{ad}g\u{e0041}.";
    assert_eq!(clean(words, 200, &[]), "a b c d e f [31m g");
    assert_eq!(clean("abcdef", 3, &[]), "abc…");
}

#[test]
fn an_id_that_resembles_part_of_a_secret_stays_and_a_whole_secret_does_not() {
    let part = format!("{}-6e6d2f07", &PLAIN[4..12]);
    assert!(clean(&part, 200, &[PLAIN]).contains("withheld"));
    let whole = format!("id-{PLAIN}-1");
    let hidden = format!("id-{}-1", STANDARD.encode(PLAIN));
    let mut texts = [part.clone(), "Load. ".to_owned(), whole, hidden];
    redact_all(&mut texts, &[PLAIN]);
    assert_eq!(texts[0], part);
    assert_eq!(texts[1], "Load. ");
    assert_eq!(texts[2], "id-[redacted]-1");
    assert!(!texts[3].contains(&STANDARD.encode(PLAIN)), "{}", texts[3]);
}
