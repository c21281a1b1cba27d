//! Decodes one layer of the escapes that a server may apply to text: percent-encoding, quoted-printable, HTML entities, backslashes.

use std::ops::Range;

use zeroize::Zeroize;

/// One character, and the bytes of the original text that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) character: char,
    pub(super) origin: Range<usize>,
}

impl Zeroize for Unit {
    fn zeroize(&mut self) {
        self.character.zeroize();
    }
}

/// Splits text into its characters.
pub(super) fn units(text: &str) -> Vec<Unit> {
    let units = text.char_indices().map(|(start, character)| Unit {
        character,
        origin: start..start + character.len_utf8(),
    });
    units.collect()
}

/// Decodes one layer of escapes; other text stays unchanged.
///
/// `is_mail` says whether `=2F` is one: it may as well be a name's value that begins like a number.
pub(super) fn decode(units: &[Unit], is_mail: bool) -> Vec<Unit> {
    let mut decoded = Vec::with_capacity(units.len());
    let mut bytes: Vec<(u8, Range<usize>)> = Vec::new();
    let mut at = 0;
    while at < units.len() {
        let rest = &units[at..];
        let (escape, length) = read_escape(rest, is_mail).unwrap_or((Escape::None, 1));
        let origin = rest[0].origin.start..rest[length - 1].origin.end;
        match escape {
            Escape::Byte(byte) => bytes.push((byte, origin)),
            Escape::Character(character) => {
                flush(&mut bytes, &mut decoded);
                decoded.push(Unit { character, origin });
            }
            Escape::None => {
                flush(&mut bytes, &mut decoded);
                decoded.push(rest[0].clone());
            }
        }
        at += length;
    }
    flush(&mut bytes, &mut decoded);
    decoded
}

enum Escape {
    /// A byte of UTF-8, which may need its neighbours.
    Byte(u8),
    Character(char),
    None,
}

/// Reads an escape at the start, with the number of units it takes.
fn read_escape(units: &[Unit], is_mail: bool) -> Option<(Escape, usize)> {
    let at = |index: usize| units.get(index).map(|unit| unit.character);
    match (at(0)?, at(1)?) {
        ('%', 'u' | 'U') | ('\\', 'u' | 'U') => read_utf16(units),
        ('%', _) => Some((Escape::Byte(byte(hex(units, 1, 2)?)?), 3)),
        ('=', _) if is_mail => Some((Escape::Byte(byte(hex(units, 1, 2)?)?), 3)),
        ('\\', 'x' | 'X') => Some((Escape::Byte(byte(hex(units, 2, 2)?)?), 4)),
        ('\\', 'n' | 'r' | 't' | 'b' | 'f') => Some((Escape::Character(' '), 2)),
        ('\\', escaped @ ('\\' | '"' | '\'' | '/')) => Some((Escape::Character(escaped), 2)),
        ('\\', _) => read_backslash_number(units),
        ('&', '#') => read_numeric_entity(units),
        ('&', _) => NAMED_ENTITIES.iter().find_map(|(name, character)| {
            let is_here = name.chars().enumerate().all(|(index, letter)| {
                at(1 + index).is_some_and(|unit| unit.eq_ignore_ascii_case(&letter))
            });
            is_here.then(|| (Escape::Character(*character), 1 + name.len()))
        }),
        _ => None,
    }
}

/// `\uXXXX` and `%uXXXX`, also as a pair of surrogates, `\UXXXXXXXX`, and `\u{...}`.
fn read_utf16(units: &[Unit]) -> Option<(Escape, usize)> {
    if units.get(2)?.character == '{' {
        let end = units
            .iter()
            .take(12)
            .position(|unit| unit.character == '}')?;
        let value = hex(units, 3, end.checked_sub(3)?)?;
        return Some((Escape::Character(char::from_u32(value)?), end + 1));
    }
    let long = hex(units, 2, 8).filter(|_| units[1].character == 'U');
    if let Some(character) = long.and_then(char::from_u32) {
        return Some((Escape::Character(character), 10));
    }
    let high = hex(units, 2, 4)?;
    if let Some(character) = char::from_u32(high) {
        return Some((Escape::Character(character), 6));
    }
    let low = hex(units, 8, 4)?;
    let pair = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
    let character = char::decode_utf16(pair).next()?.ok()?;
    Some((Escape::Character(character), 12))
}

/// `\00002f` of CSS, and the octal `\057`.
fn read_backslash_number(units: &[Unit]) -> Option<(Escape, usize)> {
    if let Some(character) = hex(units, 1, 6).and_then(char::from_u32) {
        return Some((Escape::Character(character), 7));
    }
    Some((Escape::Byte(byte(number(units.get(1..4)?, 8)?)?), 4))
}

/// `&#102;` and `&#x66;`, also with zeros in front, and without the semicolon that browsers can do without.
fn read_numeric_entity(units: &[Unit]) -> Option<(Escape, usize)> {
    let (radix, start) = match units.get(2)?.character {
        'x' | 'X' => (16, 3),
        _ => (10, 2),
    };
    let digits = units[start..]
        .iter()
        .take_while(|unit| unit.character.is_digit(radix))
        .count();
    let end = start + digits;
    let value = number(&units[start..end], radix)?;
    let has_semicolon = units.get(end).is_some_and(|unit| unit.character == ';');
    Some((
        Escape::Character(char::from_u32(value)?),
        end + usize::from(has_semicolon),
    ))
}

fn hex(units: &[Unit], start: usize, length: usize) -> Option<u32> {
    number(units.get(start..start.checked_add(length)?)?, 16)
}

fn number(digits: &[Unit], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |value, unit| {
        let digit = unit.character.to_digit(radix)?;
        value.checked_mul(radix)?.checked_add(digit)
    })
}

fn byte(value: u32) -> Option<u8> {
    u8::try_from(value).ok()
}

/// Reads the bytes so far as UTF-8; what is none is taken for Latin-1.
fn flush(bytes: &mut Vec<(u8, Range<usize>)>, decoded: &mut Vec<Unit>) {
    let mut rest = &bytes[..];
    while let Some((first, origin)) = rest.first() {
        let whole = (1..=rest.len().min(4)).find_map(|length| {
            let raw: Vec<u8> = rest[..length].iter().map(|(byte, _)| *byte).collect();
            let character = std::str::from_utf8(&raw).ok()?.chars().next()?;
            Some((character, length))
        });
        let (character, length) = whole.unwrap_or_else(|| (char::from(*first), 1));
        decoded.push(Unit {
            character,
            origin: origin.start..rest[length - 1].1.end,
        });
        rest = &rest[length..];
    }
    bytes.clear();
}

/// The names of ASCII characters; others keep their letters.
const NAMED_ENTITIES: &[(&str, char)] = &[
    ("amp;", '&'),
    ("apos;", '\''),
    ("ast;", '*'),
    ("bsol;", '\\'),
    ("colon;", ':'),
    ("comma;", ','),
    ("commat;", '@'),
    ("dollar;", '$'),
    ("equals;", '='),
    ("excl;", '!'),
    ("grave;", '`'),
    ("gt;", '>'),
    ("hat;", '^'),
    ("hyphen;", '-'),
    ("lbrack;", '['),
    ("lcub;", '{'),
    ("lowbar;", '_'),
    ("lpar;", '('),
    ("lsqb;", '['),
    ("lt;", '<'),
    ("nbsp;", ' '),
    ("num;", '#'),
    ("percnt;", '%'),
    ("period;", '.'),
    ("plus;", '+'),
    ("quest;", '?'),
    ("quot;", '"'),
    ("rbrack;", ']'),
    ("rcub;", '}'),
    ("rpar;", ')'),
    ("rsqb;", ']'),
    ("semi;", ';'),
    ("sol;", '/'),
    ("tilde;", '~'),
    ("verbar;", '|'),
];
