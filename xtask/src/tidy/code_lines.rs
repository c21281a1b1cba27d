//! The lines of a file that are code: neither blank, nor comments, nor tests.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use proc_macro2::TokenTree;
use syn::spanned::Spanned as _;
use syn::{Attribute, Item, Meta};

use super::code::{list, parse, tokens};
use super::violation::Violation;

/// One line of code, without the space around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CodeLine<'t> {
    /// Counted from 1.
    pub(crate) number: usize,
    pub(crate) text: &'t str,
    /// Whether it belongs to a `use` item.
    pub(crate) is_import: bool,
}

/// Returns the lines on which a token stands that is not part of a doc comment or of a test.
pub(crate) fn code_lines<'t>(path: &str, text: &'t str) -> Result<Vec<CodeLine<'t>>, Violation> {
    let file = parse(path, text)?;
    let mut numbers = BTreeSet::new();
    note(&tokens(path, text)?, &mut numbers);
    let tests = spans_of(&file, |item| {
        attributes(item).is_some_and(|all| all.iter().any(is_test))
    });
    let imports = spans_of(&file, |item| matches!(item, Item::Use(_)));
    let is_in =
        |spans: &[RangeInclusive<usize>], number| spans.iter().any(|lines| lines.contains(&number));
    let lines = text.lines().zip(1..).filter_map(|(line, number)| {
        let text = line.trim();
        // A doc comment is an attribute to the parser.
        let is_code = numbers.contains(&number) && !text.starts_with("//");
        (is_code && !is_in(&tests, number)).then(|| CodeLine {
            number,
            text,
            is_import: is_in(&imports, number),
        })
    });
    Ok(lines.collect())
}

fn note(tokens: &[TokenTree], numbers: &mut BTreeSet<usize>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                numbers.insert(group.span_open().start().line);
                note(&list(group.stream()), numbers);
                numbers.insert(group.span_close().end().line);
            }
            // A literal may reach over several lines.
            token => numbers.extend(token.span().start().line..=token.span().end().line),
        }
    }
}

fn spans_of(file: &syn::File, is_wanted: impl Fn(&Item) -> bool) -> Vec<RangeInclusive<usize>> {
    let wanted = file.items.iter().filter(|item| is_wanted(item));
    let span = |item: &Item| item.span().start().line..=item.span().end().line;
    wanted.map(span).collect()
}

fn attributes(item: &Item) -> Option<&[Attribute]> {
    match item {
        Item::Mod(item) => Some(&item.attrs),
        Item::Fn(item) => Some(&item.attrs),
        Item::Impl(item) => Some(&item.attrs),
        Item::Use(item) => Some(&item.attrs),
        _ => None,
    }
}

fn is_test(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return attribute.path().is_ident("test");
    };
    list.path.is_ident("cfg") && list.tokens.to_string() == "test"
}

#[cfg(test)]
mod tests;
