//! Normalizes text for comparison: escapes decoded layer by layer, case and separators removed.

use zeroize::Zeroizing;

use super::decode::{Unit, decode, units};
use crate::error::is_invisible;

/// The text as it is, and with one, two and more layers of escapes decoded; also returns whether all layers were decoded.
pub(super) fn layers(text: &str) -> (Vec<Zeroizing<Vec<Unit>>>, bool) {
    let mut layers = vec![Zeroizing::new(units(text))];
    let mut is_read = true;
    for is_mail in [false, true] {
        let mut last = 0;
        for undone in 0.. {
            let next = decode(&layers[last], is_mail);
            if next.len() == layers[last].len() {
                break;
            }
            if undone == MAX_LAYERS {
                is_read = false;
                break;
            }
            last = layers.len();
            layers.push(Zeroizing::new(next));
        }
    }
    (layers, is_read)
}

/// How two spellings are normalized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    /// Only letters and digits, in lower case: removes separators, partly decoded escapes and the differences of base64 alphabets.
    Tight,
    /// Everything but white space, in lower case: for a secret that has hardly any letters or digits.
    Loose,
}

impl Fold {
    pub(super) fn apply(self, character: char) -> Option<char> {
        // The wide forms of ASCII are in the same order.
        let character = match character {
            '\u{ff01}'..='\u{ff5e}' => {
                char::from_u32(u32::from(character) - WIDE_FORMS).unwrap_or(character)
            }
            _ => character,
        };
        let kept = match self {
            Self::Tight => character.is_alphanumeric(),
            Self::Loose => !character.is_whitespace(),
        } && !is_invisible(character);
        kept.then(|| character.to_lowercase().next().unwrap_or(character))
    }
}

pub(super) fn folded(layer: &[Unit], fold: Fold) -> Zeroizing<Vec<Unit>> {
    let units = layer.iter().filter_map(|unit| {
        Some(Unit {
            character: fold.apply(unit.character)?,
            origin: unit.origin.clone(),
        })
    });
    Zeroizing::new(units.collect())
}

/// More layers of escapes than any chain of gateways adds.
const MAX_LAYERS: usize = 8;

/// From the wide form of an ASCII character to the character.
const WIDE_FORMS: u32 = 0xfee0;
