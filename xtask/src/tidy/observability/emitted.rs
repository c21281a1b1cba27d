//! The events, spans and metrics that a file emits, read from the macros that emit them.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::Signal;
use crate::tidy::code::{each_level, group, ident, is_punct, line, list, tokens};
use crate::tidy::violation::Violation;

/// Every signal of a file, with its line.
pub(super) fn emitted(path: &str, text: &str) -> Result<Vec<(Signal, usize)>, Violation> {
    let (mut found, mut keys, mut labels) = (Vec::new(), Vec::new(), Vec::new());
    each_level(&tokens(path, text)?, &mut |level| {
        for at in 0..level.len() {
            // A counter whose key is made once, and not by the macro.
            keys.extend(text_of(level, at, ["Key", "from_parts"]));
            labels.extend(text_of(level, at, ["Label", "new"]).map(|(label, _)| label));
            let Some((library, name, arguments)) = call(level, at) else {
                continue;
            };
            let signal = match library.as_str() {
                "tracing" => event(&name, arguments),
                "metrics" => metric(&name, arguments),
                _ => None,
            };
            let start = level.get(at).map_or(1, |token| line(token.span()));
            found.extend(signal.map(|signal| (signal, start)));
        }
    });
    let counters = keys
        .into_iter()
        .map(|(name, line)| (Signal::new("counter", name, labels.clone()), line));
    found.extend(counters);
    Ok(found)
}

/// The text that the function `path` gets as its first argument here, with its line.
fn text_of(tokens: &[TokenTree], at: usize, path: [&str; 2]) -> Option<(String, usize)> {
    let start = ident(tokens, at).filter(|name| *name == path[0])?;
    let is_path = is_punct(tokens, at + 1, ":") && is_punct(tokens, at + 2, ":");
    ident(tokens, at + 3).filter(|name| is_path && *name == path[1])?;
    let arguments = arguments_of(group(tokens, at + 4)?.stream());
    Some((literal(arguments.first()?)?, line(start.span())))
}

/// The macro call `library::name!(arguments)` that starts here.
fn call(tokens: &[TokenTree], at: usize) -> Option<(String, String, TokenStream)> {
    let library = ident(tokens, at)?.to_string();
    let is_path = is_punct(tokens, at + 1, ":") && is_punct(tokens, at + 2, ":");
    let name = ident(tokens, at + 3).filter(|_| is_path)?.to_string();
    let arguments = group(tokens, at + 5).filter(|_| is_punct(tokens, at + 4, "!"))?;
    (arguments.delimiter() == Delimiter::Parenthesis).then(|| (library, name, arguments.stream()))
}

fn event(name: &str, arguments: TokenStream) -> Option<Signal> {
    let (level, is_span) = match name.strip_suffix("_span") {
        Some(level) => (level, true),
        None => (name, false),
    };
    if !["trace", "debug", "info", "warn", "error"].contains(&level) {
        return None;
    }
    let (mut message, mut fields) = (None, Vec::new());
    for argument in arguments_of(arguments) {
        if let Some(text) = literal(&argument) {
            message = Some(text);
        } else if !is_punct(&argument, 1, ":") {
            // `parent: None` is no field; `?wait`, `%error`, `status` and `kind = ...` are.
            let name = argument.iter().find_map(|token| match token {
                TokenTree::Ident(name) => Some(name.to_string()),
                _ => None,
            });
            fields.extend(name);
        }
    }
    let kind = level.to_uppercase() + if is_span { " span" } else { "" };
    Some(Signal::new(kind, message?, fields))
}

fn metric(name: &str, arguments: TokenStream) -> Option<Signal> {
    if !["counter", "gauge", "histogram"].contains(&name) {
        return None;
    }
    let mut arguments = arguments_of(arguments).into_iter();
    let metric = literal(&arguments.next()?)?;
    let labels = arguments.filter_map(|argument| literal(argument.get(..1)?));
    Some(Signal::new(name, metric, labels.collect()))
}

/// The arguments, parted at the commas.
fn arguments_of(arguments: TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens = list(arguments);
    let parts =
        tokens.split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','));
    parts
        .filter(|part| !part.is_empty())
        .map(<[TokenTree]>::to_vec)
        .collect()
}

/// The text of an argument that is a string and nothing else.
fn literal(argument: &[TokenTree]) -> Option<String> {
    let [TokenTree::Literal(literal)] = argument else {
        return None;
    };
    let text: syn::LitStr = syn::parse_str(&literal.to_string()).ok()?;
    Some(text.value())
}
