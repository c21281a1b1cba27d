//! Finds secrets in text in any encoding: in another case, escaped once or more, split, in hex or base64, or truncated.
//!
//! Both sides are folded to the same form and compared; each folded character remembers its place in the text.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::decode::Unit;
use super::fold::{Fold, folded, layers};

/// The result of a search.
pub(super) enum Finding {
    /// Complete secrets at these places; nothing else resembles one.
    Whole(Vec<Range<usize>>),
    /// Something that resembles part of a secret.
    Parts,
}

/// The secrets to look for, in every encoding. Preparing them costs more than searching a message.
pub(super) struct Search<'a>(Vec<Known<'a>>);

struct Known<'a> {
    secret: &'a str,
    patterns: Vec<Pattern>,
    grams: Grams,
}

impl<'a> Search<'a> {
    pub(super) fn of(secrets: &[&'a str]) -> Self {
        let known = secrets.iter().map(|&secret| {
            let patterns = patterns(secret);
            Known {
                secret,
                grams: Grams::of(&patterns),
                patterns,
            }
        });
        Self(known.collect())
    }

    /// Looks for every secret in every layer of `text`.
    pub(super) fn find(&self, text: &str) -> Finding {
        let (layers, is_read) = layers(text);
        if !is_read && self.0.iter().any(|known| !known.secret.is_empty()) {
            // Text that is escaped this often is not a message, and its content is unknown.
            return Finding::Parts;
        }
        let mut short = self.0.iter().filter(|known| known.patterns.is_empty());
        if short.any(|known| is_a_word_of(known.secret, &layers)) {
            return Finding::Parts;
        }
        let found = self.complete(text, &layers);
        let has_parts = self.0.iter().any(|known| {
            let mut layers = layers.iter();
            layers.any(|layer| has_parts(text, layer, &known.grams, &found))
        });
        if has_parts {
            return Finding::Parts;
        }
        Finding::Whole(merged(found))
    }

    /// Returns the places of complete secrets, whatever else resembles one.
    pub(super) fn find_whole(&self, text: &str) -> Vec<Range<usize>> {
        merged(self.complete(text, &layers(text).0))
    }

    fn complete(&self, text: &str, layers: &[Zeroizing<Vec<Unit>>]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let patterns = self.0.iter().flat_map(|known| &known.patterns);
        for pattern in patterns {
            for layer in layers {
                let places = places(&folded(layer, pattern.fold), &pattern.text);
                found.extend(places.into_iter().map(|place| match pattern.is_base64 {
                    true => whole_blob(text, place),
                    false => place,
                }));
            }
        }
        found
    }
}

/// One encoding of a secret, normalized.
struct Pattern {
    fold: Fold,
    is_base64: bool,
    text: Zeroizing<Vec<char>>,
}

/// Every encoding to search for; none for a secret that is too short to distinguish from ordinary words.
fn patterns(secret: &str) -> Vec<Pattern> {
    let has_letters = secret
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .count()
        >= MIN_RUN;
    let fold = if has_letters {
        Fold::Tight
    } else {
        Fold::Loose
    };
    let form: Zeroizing<String> =
        Zeroizing::new(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect());
    let is_short = secret
        .chars()
        .filter_map(|letter| fold.apply(letter))
        .count()
        < MIN_RUN;
    if is_short {
        return Vec::new();
    }
    let mut patterns = Vec::new();
    let mut add = |fold, is_base64, text: Vec<char>| {
        let text = Zeroizing::new(text);
        if text.len() >= MIN_RUN {
            patterns.push(Pattern {
                fold,
                is_base64,
                text,
            });
        }
    };
    for layer in layers(secret).0 {
        let units = folded(&layer, fold);
        add(
            fold,
            false,
            units.iter().map(|unit| unit.character).collect(),
        );
    }
    let latin1 = secret.bytes().map(char::from);
    add(
        fold,
        false,
        latin1.filter_map(|letter| fold.apply(letter)).collect(),
    );
    add(
        fold,
        false,
        secret
            .chars()
            .rev()
            .filter_map(|letter| fold.apply(letter))
            .collect(),
    );
    for codes in codes(secret) {
        add(Fold::Tight, false, codes.chars().collect());
    }
    let base64 = Zeroizing::new(STANDARD_NO_PAD.encode(secret));
    let utf16: Zeroizing<Vec<u8>> =
        Zeroizing::new(secret.encode_utf16().flat_map(u16::to_le_bytes).collect());
    let encoded = [
        secret.as_bytes(),
        form.as_bytes(),
        base64.as_bytes(),
        &utf16[..],
    ];
    for bytes in encoded {
        for offset in 0..3 {
            add(Fold::Tight, true, base64_at(bytes, offset));
        }
    }
    patterns
}

/// The secret as a dump of its bytes, in hex, with `0x`, in hex of two bytes, and as decimal and octal numbers.
fn codes(secret: &str) -> [Zeroizing<String>; 5] {
    let list = |format: fn(u8) -> String| {
        let codes = secret.bytes().map(|byte| Zeroizing::new(format(byte)));
        let mut list = Zeroizing::new(String::with_capacity(secret.len() * 4));
        codes.for_each(|code| list.push_str(&code));
        list
    };
    [
        list(|byte| format!("{byte:02x}")),
        list(|byte| format!("0x{byte:02x}")),
        list(|byte| format!("00{byte:02x}")),
        list(|byte| byte.to_string()),
        list(|byte| format!("{byte:03o}")),
    ]
}

/// The base64 of `bytes` after `offset` (modulo 3) other bytes: the digits that depend only on `bytes`.
fn base64_at(bytes: &[u8], offset: usize) -> Vec<char> {
    let padded = Zeroizing::new([&vec![0; offset], bytes].concat());
    let encoded = Zeroizing::new(STANDARD_NO_PAD.encode(&*padded));
    let start = (offset * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    let digits = encoded.get(start..end).unwrap_or_default().chars();
    digits
        .filter_map(|digit| Fold::Tight.apply(digit))
        .collect()
}

/// The whole run of base64 around a place: the adjacent digits still reveal parts of the secret's first and last byte.
fn whole_blob(text: &str, place: Range<usize>) -> Range<usize> {
    let is_digit =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '-' | '_');
    let before = text[..place.start].trim_end_matches(is_digit).len();
    let after = text[place.end..].trim_start_matches(is_digit);
    let after = after.trim_start_matches('=').len();
    before..text.len() - after
}

/// Where a pattern occurs, as ranges of the original text.
fn places(text: &[Unit], pattern: &[char]) -> Vec<Range<usize>> {
    let is_here = |window: &[Unit]| {
        window
            .iter()
            .zip(pattern)
            .all(|(unit, letter)| unit.character == *letter)
    };
    text.windows(pattern.len())
        .filter(|window| is_here(window))
        .map(span)
        .collect()
}

/// The short runs of which the patterns consist, by their hashes, so that no further copy of a secret is created.
struct Grams {
    state: RandomState,
    tight: HashSet<u64>,
    loose: HashSet<u64>,
}

impl Grams {
    fn of(patterns: &[Pattern]) -> Self {
        let mut grams = Self {
            state: RandomState::new(),
            tight: HashSet::new(),
            loose: HashSet::new(),
        };
        for pattern in patterns {
            for run in pattern.text.windows(MIN_RUN) {
                let hash = grams.state.hash_one(run);
                match pattern.fold {
                    Fold::Tight => grams.tight.insert(hash),
                    Fold::Loose => grams.loose.insert(hash),
                };
            }
        }
        grams
    }
}

/// Returns true if a run of a secret's characters remains outside the places that will be removed.
fn has_parts(text: &str, layer: &[Unit], grams: &Grams, cut: &[Range<usize>]) -> bool {
    [(Fold::Tight, &grams.tight), (Fold::Loose, &grams.loose)]
        .into_iter()
        .filter(|(_, grams)| !grams.is_empty())
        .any(|(fold, known)| {
            let units = folded(layer, fold);
            let mut run: Option<Range<usize>> = None;
            for window in units.windows(MIN_RUN) {
                let letters: Zeroizing<Vec<char>> =
                    Zeroizing::new(window.iter().map(|unit| unit.character).collect());
                let place = span(window);
                let is_cut = cut
                    .iter()
                    .any(|cut| place.start < cut.end && cut.start < place.end);
                if is_cut || !known.contains(&grams.state.hash_one(&letters[..])) {
                    continue;
                }
                run = Some(match run {
                    Some(run) if place.start <= run.end => run.start..place.end,
                    Some(run) if is_telling(&text[run.clone()]) => return true,
                    _ => place,
                });
            }
            run.is_some_and(|run| is_telling(&text[run]))
        })
}

/// Returns true unless a run consists only of words that are common in error messages, which a weak secret may contain as well.
fn is_telling(run: &str) -> bool {
    let rest: usize = run
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| {
            !COMMON_WORDS
                .iter()
                .any(|common| common.eq_ignore_ascii_case(word))
        })
        .map(|word| word.chars().count())
        .sum();
    rest >= MIN_REST
}

/// Returns true if a short secret occurs in the text as a separate word: removing it everywhere would mangle other words.
fn is_a_word_of(secret: &str, layers: &[Zeroizing<Vec<Unit>>]) -> bool {
    let secret: Zeroizing<Vec<char>> = Zeroizing::new(secret.trim().chars().collect());
    if secret.is_empty() {
        return false;
    }
    layers.iter().any(|layer| {
        let is_inner = |at: Option<usize>| {
            at.and_then(|at| layer.get(at))
                .is_some_and(|unit| unit.character.is_alphanumeric())
        };
        let is_same = |window: &[Unit]| {
            let pairs = window.iter().zip(secret.iter());
            pairs
                .into_iter()
                .all(|(unit, letter)| unit.character.to_lowercase().eq(letter.to_lowercase()))
        };
        layer
            .windows(secret.len())
            .enumerate()
            .any(|(start, window)| {
                is_same(window)
                    && !is_inner(start.checked_sub(1))
                    && !is_inner(Some(start + secret.len()))
            })
    })
}

fn span(window: &[Unit]) -> Range<usize> {
    let start = window.first().map_or(0, |unit| unit.origin.start);
    start..window.last().map_or(start, |unit| unit.origin.end)
}

fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Five characters are of no use to an attacker, and shorter runs occur in ordinary words.
const MIN_RUN: usize = 6;

/// A letter or two before a common word may be the end of another word.
const MIN_REST: usize = 4;

/// Common words of error messages that are as long as [`MIN_RUN`], or combine to it.
const COMMON_WORDS: &[&str] = &[
    "access",
    "account",
    "app",
    "application",
    "auth",
    "authentication",
    "basic",
    "bearer",
    "client",
    "code",
    "credential",
    "credentials",
    "grant",
    "id",
    "invalid",
    "key",
    "oauth",
    "password",
    "refresh",
    "secret",
    "service",
    "token",
    "type",
    "user",
    "username",
];
