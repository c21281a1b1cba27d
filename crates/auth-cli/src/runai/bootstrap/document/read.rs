//! Reads a secret back from a document, in exactly the forms in which it is written.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::failure::Failure;

/// Reads a file of at most the size of any document.
pub(super) fn bounded(path: &Path) -> Result<String, Failure> {
    let failed = |error| Failure::System("cannot read the file with the secret", error);
    let mut text = String::new();
    let file = File::open(path).map_err(failed)?;
    file.take(MAX_DOCUMENT)
        .read_to_string(&mut text)
        .map_err(failed)?;
    Ok(text)
}

pub(super) fn sh(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = without_comments(rest);
        let (own, after) = rest.strip_prefix("export ")?.split_once('=')?;
        let (value, after) = sh_value(after)?;
        if own == name {
            return Some(value);
        }
        rest = after;
    }
}

fn sh_value(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        let (part, after) = rest.split_once('\'')?;
        value.push_str(part);
        match after.strip_prefix(r"\''") {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Some((value, after)),
        }
    }
}

pub(super) fn dotenv(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = without_comments(rest);
        let (own, after) = rest.split_once('=')?;
        let (value, after) = dotenv_value(after)?;
        if own == name {
            return Some(value);
        }
        rest = after;
    }
}

fn dotenv_value(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix('\'') {
        let (value, after) = rest.split_once('\'')?;
        return Some((value.to_owned(), after));
    }
    let Some(rest) = text.strip_prefix('"') else {
        let (value, after) = text.split_once('\n')?;
        return Some((value.trim_end().to_owned(), after));
    };
    let mut value = String::new();
    let mut letters = rest.chars();
    loop {
        match letters.next()? {
            '"' => return Some((value, letters.as_str())),
            '\\' => value.push(match letters.next()? {
                'n' => '\n',
                'r' => '\r',
                letter => letter,
            }),
            letter => value.push(letter),
        }
    }
}

/// A user may have added comments and empty lines.
fn without_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        rest = rest
            .split_once('\n')
            .map_or("", |(_, rest)| rest)
            .trim_start();
    }
    rest
}

pub(super) fn manifest(text: &str, name: &str) -> Option<String> {
    let start = ["  ", name, ": \""].concat();
    let value = text.lines().find_map(|line| line.strip_prefix(&start))?;
    let value = STANDARD.decode(value.strip_suffix('"')?).ok()?;
    String::from_utf8(value).ok()
}

pub(super) fn json(text: &str, name: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    value.get(name)?.as_str().map(str::to_owned)
}

/// Far more than any document takes.
const MAX_DOCUMENT: u64 = 256 * 1024;
