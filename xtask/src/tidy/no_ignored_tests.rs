//! The rule that no test is switched off and no code is left for later.

use proc_macro2::{Delimiter, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Meta, Token};

use super::code::{each_level, group, ident, is_punct, line, name, tokens};
use super::tree::Tree;
use super::violation::Violation;

/// Tokens are compared, so that what a macro writes counts, and a file that speaks about this rule does not break it.
pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.rust_files() {
        match tokens(path, text) {
            Ok(tokens) => each_level(&tokens, &mut |level| {
                for at in 0..level.len() {
                    let found = attribute_fault(level, at).or_else(|| later_fault(level, at));
                    if let Some((line, message)) = found {
                        violations.push(Violation::new(path, line, message));
                    }
                }
            }),
            Err(violation) => violations.push(violation),
        }
    }
    violations
}

/// What is wrong with the attribute that starts here.
fn attribute_fault(tokens: &[TokenTree], at: usize) -> Option<(usize, String)> {
    if !is_punct(tokens, at, "#") {
        return None;
    }
    let is_inner = is_punct(tokens, at + 1, "!");
    let group = group(tokens, at + 1 + usize::from(is_inner))?;
    if group.delimiter() != Delimiter::Bracket {
        return None;
    }
    let meta: Meta = syn::parse2(group.stream()).ok()?;
    let message = meta_fault(&meta)?;
    Some((line(group.span_open()), message.to_owned()))
}

fn meta_fault(meta: &Meta) -> Option<&'static str> {
    let parts = || match meta {
        Meta::List(list) => Punctuated::<Meta, Token![,]>::parse_terminated
            .parse2(list.tokens.clone())
            .ok(),
        _ => None,
    };
    if meta.path().is_ident("ignore") {
        return Some("an ignored test is never run: fix it, delete it, or make it a live test");
    }
    if meta.path().is_ident("should_panic") {
        let is_bare =
            parts().is_none_or(|parts| !parts.iter().any(|it| it.path().is_ident("expected")));
        return (is_bare && !matches!(meta, Meta::NameValue(_))).then_some(
            "any panic passes here, even one in the test's own setup: name the expected one with `expected`",
        );
    }
    if meta.path().is_ident("cfg") {
        return parts()?.iter().any(is_never).then_some(
            "code under this condition is never compiled: delete it or fix the condition",
        );
    }
    if meta.path().is_ident("cfg_attr") {
        return parts()?.iter().skip(1).find_map(meta_fault);
    }
    None
}

/// Whether a condition holds nowhere, as `any()` and `false` do.
fn is_never(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("FALSE"),
        Meta::List(list) => list.path.is_ident("any") && list.tokens.is_empty(),
        Meta::NameValue(_) => false,
    }
}

/// What is wrong if a macro stands here that only says that code is missing, by its own name or on its way to another.
fn later_fault(tokens: &[TokenTree], at: usize) -> Option<(usize, String)> {
    let word = ident(tokens, at)?;
    let name = name(word);
    let is_call = is_punct(tokens, at + 1, "!") && group(tokens, at + 2).is_some();
    let is_renamed = ident(tokens, at + 1).is_some_and(|next| next == "as");
    let message =
        format!("`{name}!` panics when it is reached: write the code or leave the function out");
    let is_meant = ["todo", "unimplemented"].contains(&name.as_str()) && (is_call || is_renamed);
    is_meant.then(|| (line(word.span()), message))
}

#[cfg(test)]
mod tests;
