//! Searches bytes for texts, however these are written.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A text, and how a search found it.
pub(crate) type Find = (String, &'static str);

/// Returns which texts the bytes contain, and how each is written there: two pieces of each text are enough to find it.
pub(crate) fn search(bytes: &[u8], texts: &[String]) -> Vec<Find> {
    let mut finds = Vec::new();
    for text in texts {
        let pieces = [
            &text.as_bytes()[..PIECE],
            &text.as_bytes()[text.len() - PIECE..],
        ];
        for piece in pieces {
            let ways = spellings(piece);
            let found = ways
                .into_iter()
                .filter(|(_, spelling)| contains(bytes, spelling));
            finds.extend(found.map(|(way, _)| (text.clone(), way)));
        }
    }
    finds
}

/// Returns every way in which a piece of text may be written.
fn spellings(piece: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let hex: String = piece.iter().map(|byte| format!("{byte:02x}")).collect();
    let url: String = piece.iter().map(|byte| format!("%{byte:02x}")).collect();
    let mut form = String::new();
    for &byte in piece {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            form.push(char::from(byte));
        } else {
            form.push_str(&format!("%{byte:02X}"));
        }
    }
    let units: Vec<u16> = String::from_utf8_lossy(piece).encode_utf16().collect();
    let mut all = vec![
        ("plain", piece.to_vec()),
        ("reversed", piece.iter().rev().copied().collect()),
        ("hex", hex.clone().into_bytes()),
        ("hex", hex.to_uppercase().into_bytes()),
        ("url", form.into_bytes()),
        ("url", url.clone().into_bytes()),
        ("url", url.to_uppercase().into_bytes()),
        (
            "utf-16",
            units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        ),
        (
            "utf-16",
            units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        ),
    ];
    for offset in 0..3 {
        let shifted = [&[0; 2][..offset], piece].concat();
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let text = engine.encode(&shifted);
            // The digits at both ends depend on the neighbours as well.
            let start = (offset * 8).div_ceil(6);
            let end = shifted.len() * 8 / 6;
            all.push(("base64", text.as_bytes()[start..end].to_vec()));
        }
    }
    all
}

/// Returns the bytes of a text in which others than printable ones are written as `\x` with two digits, as a server's MONITOR does.
pub(crate) fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        let digits = tail.get(1..3).filter(|_| first == b'\\' && tail[0] == b'x');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[3..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    bytes
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    let mut rest = bytes;
    // The first byte decides nearly everywhere, and is found faster than a window is compared.
    while let Some(at) = rest.iter().position(|byte| *byte == wanted[0]) {
        rest = &rest[at..];
        if rest.starts_with(wanted) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

/// Long enough never to occur by chance.
pub(crate) const PIECE: usize = 10;
