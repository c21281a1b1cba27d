//! The rule that documents, help texts and doc comments avoid words that are archaic or unidiomatic.

use super::tree::{Tree, is_generated, is_test};
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let documents = tree.markdown_files().flat_map(|(path, text)| {
        let lines = text.lines().zip(1..);
        lines.filter_map(move |(line, number)| fault(path, number, line))
    });
    let sources = tree
        .rust_files()
        .filter(|(path, text)| !is_test(path) && !is_generated(path, text));
    let comments = sources.flat_map(|(path, text)| {
        let lines = text.lines().zip(1..);
        lines
            .filter(|(line, _)| is_documentation(line))
            .filter_map(move |(line, number)| fault(path, number, line))
    });
    documents.chain(comments).collect()
}

/// Help texts are doc comments of the arguments.
fn is_documentation(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("///") || line.starts_with("//!")
}

fn fault(path: &str, number: usize, line: &str) -> Option<Violation> {
    let line = line.to_lowercase();
    let (word, better) = WORDS.iter().find(|(word, _)| contains(&line, word))?;
    let message = format!("`{word}` is not plain English here: write {better}");
    Some(Violation::new(path, number, message))
}

/// Finds a phrase that is not part of a longer word.
fn contains(line: &str, phrase: &str) -> bool {
    let is_part = |neighbour: Option<char>| {
        neighbour.is_some_and(|character| character.is_alphanumeric() || character == '_')
    };
    line.match_indices(phrase).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + phrase.len()..].chars().next();
        !is_part(before) && !is_part(after)
    })
}

/// Lower-case words and phrases, each with what to write instead.
const WORDS: &[(&str, &str)] = &[
    ("are answered with", "`return`"),
    ("asks nothing", "`skips the confirmation`"),
    ("for ever", "`forever`"),
    ("handed out", "`returned`"),
    ("hands out", "`returns`"),
    ("is answered with", "`returns`"),
    ("is none of", "`is not one of`"),
    ("let us in", "`sign in`"),
    ("look-up", "`lookup`"),
    ("look-ups", "`lookups`"),
    ("mend", "`fix`"),
    ("mended", "`fixed`"),
    ("mends", "`fixes`"),
    ("set-up", "`setup`"),
    ("whoever", "who it is, such as `the caller`"),
    ("whom", "a sentence with `which`, `who` or the noun"),
];

#[cfg(test)]
mod tests;
