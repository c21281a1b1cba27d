//! Rust source as tokens and items, so that a rule sees code and neither comments nor literals.

use std::cell::RefCell;
use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, Ident, LexError, Span, TokenStream, TokenTree};

use super::violation::Violation;

/// Parses a whole file; what is no Rust is a violation of its own.
pub(crate) fn parse(path: &str, text: &str) -> Result<syn::File, Violation> {
    let file = syn::parse2(stream(path, text)?);
    file.map_err(|error| unreadable(path, error.span(), &error))
}

/// Reads a file, or a part of one, as tokens.
pub(crate) fn tokens(path: &str, text: &str) -> Result<Vec<TokenTree>, Violation> {
    stream(path, text).map(list)
}

/// Splits a text into tokens, once for all rules: that takes longer than most of them.
fn stream(path: &str, text: &str) -> Result<TokenStream, Violation> {
    thread_local! {
        static KNOWN: RefCell<HashMap<String, TokenStream>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some(stream) = known.get(text) {
            return Ok(stream.clone());
        }
        let stream: TokenStream = text
            .parse()
            .map_err(|error: LexError| unreadable(path, error.span(), &error))?;
        known.insert(text.to_owned(), stream.clone());
        Ok(stream)
    })
}

/// Returns the tokens of a group, or of a stream.
pub(crate) fn list(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}

/// Calls `look` with the tokens, and then with those of every group inside, however deep.
pub(crate) fn each_level(tokens: &[TokenTree], look: &mut impl FnMut(&[TokenTree])) {
    look(tokens);
    for token in tokens {
        if let TokenTree::Group(group) = token {
            each_level(&list(group.stream()), look);
        }
    }
}

/// The line of a span, counted from 1.
pub(crate) fn line(span: Span) -> usize {
    span.start().line
}

/// The name of an identifier; `r#name` is the same name.
pub(crate) fn name(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}

/// The identifier at this place.
pub(crate) fn ident(tokens: &[TokenTree], at: usize) -> Option<&Ident> {
    match tokens.get(at)? {
        TokenTree::Ident(ident) => Some(ident),
        _ => None,
    }
}

/// The group at this place.
pub(crate) fn group(tokens: &[TokenTree], at: usize) -> Option<&Group> {
    match tokens.get(at)? {
        // Without delimiters a group is nothing that was written.
        TokenTree::Group(group) if group.delimiter() != Delimiter::None => Some(group),
        _ => None,
    }
}

/// Whether these characters stand at this place.
pub(crate) fn is_punct(tokens: &[TokenTree], at: usize, text: &str) -> bool {
    text.chars().enumerate().all(|(index, wanted)| {
        matches!(tokens.get(at + index), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
    })
}

fn unreadable(path: &str, span: Span, error: &impl ToString) -> Violation {
    let message = format!("is not valid Rust: {}", error.to_string());
    Violation::new(path, line(span).max(1), message)
}

#[cfg(test)]
mod tests;
