//! The rule that a `lib.rs` lists modules and names, and contains no code of its own.

use proc_macro2::Span;
use syn::Item;
use syn::spanned::Spanned;

use super::code::{line, parse};
use super::tree::Tree;
use super::use_tree::exports;
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree
        .below("crates/")
        .filter(|(path, _)| is_library_root(path))
    {
        let file = match parse(path, text) {
            Ok(file) => file,
            Err(violation) => {
                violations.push(violation);
                continue;
            }
        };
        let globs = exports(&file)
            .into_iter()
            .filter(|leaf| leaf.path.last().is_some_and(|last| last == "*"));
        violations.extend(globs.map(|leaf| {
            let message = "a glob re-export hides what is public: list the names";
            Violation::new(path, leaf.line, message)
        }));
        violations.extend(file.items.iter().filter_map(code).map(|(word, span)| {
            let message = format!(
                "`{word}` does not belong here: move the item into a module and export its name"
            );
            Violation::new(path, line(span), message)
        }));
    }
    violations
}

/// Whether the path is `crates/*/src/lib.rs`.
fn is_library_root(path: &str) -> bool {
    matches!(
        path.split('/').collect::<Vec<_>>()[..],
        ["crates", _, "src", "lib.rs"]
    )
}

/// The keyword of an item that is more than a list entry, and where it stands.
fn code(item: &Item) -> Option<(&'static str, Span)> {
    let found = match item {
        Item::Fn(item) => ("fn", item.sig.fn_token.span),
        Item::Struct(item) => ("struct", item.struct_token.span),
        Item::Enum(item) => ("enum", item.enum_token.span),
        Item::Union(item) => ("union", item.union_token.span),
        Item::Trait(item) => ("trait", item.trait_token.span),
        Item::Impl(item) => ("impl", item.impl_token.span),
        Item::Const(item) => ("const", item.const_token.span),
        Item::Static(item) => ("static", item.static_token.span),
        Item::Type(item) => ("type", item.type_token.span),
        Item::Macro(item) => ("macro", item.mac.path.span()),
        Item::Mod(item) if item.content.is_some() => ("mod { }", item.mod_token.span),
        Item::Mod(_) | Item::Use(_) | Item::ExternCrate(_) => return None,
        other => ("an item", other.span()),
    };
    Some(found)
}

#[cfg(test)]
mod tests;
