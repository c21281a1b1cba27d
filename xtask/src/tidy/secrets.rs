//! The rule that says which files may look at a secret, and that nobody prints one.

use std::ops::RangeInclusive;

use proc_macro2::TokenTree;

use super::code::{group, ident, is_punct, line, list, name, tokens};
use super::tree::{Tree, is_test};
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let vendors = tree.vendor_crates().into_iter();
    let vendors: Vec<_> = vendors.map(|name| format!("crates/{name}/src/")).collect();
    let mut violations = Vec::new();
    for (path, text) in tree.rust_files().filter(|(path, _)| !is_test(path)) {
        let Ok(tokens) = tokens(path, text) else {
            // Another rule reports what is no Rust.
            continue;
        };
        let mut found = Found::default();
        found.look(&tokens, false);
        let allowed = EXPOSE_ALLOWED.iter().copied();
        let mut allowed = allowed.chain(vendors.iter().map(String::as_str));
        let may_look = allowed.any(|prefix| path.starts_with(prefix));
        let may_print = PRINT_ALLOWED.contains(&path);
        for exposure in &found.exposures {
            let message = if !may_look {
                "secrets must not be read here: pass the `Secret` or the token on, or add the file to `EXPOSE_ALLOWED`"
            } else if !may_print && found.is_printed(exposure) {
                "a secret is part of text that may be shown: leave it out, or build the text without a macro that formats"
            } else {
                continue;
            };
            violations.push(Violation::new(path, exposure.line, message));
        }
    }
    violations
}

/// A place where a secret is looked at.
struct Exposure {
    line: usize,
    /// Whether it stands among the arguments of a macro that may format them.
    in_macro: bool,
}

#[derive(Default)]
struct Found {
    exposures: Vec<Exposure>,
    /// The whole lines that each formatting macro takes, from its name to the end of its arguments.
    printed: Vec<RangeInclusive<usize>>,
}

impl Found {
    fn look(&mut self, tokens: &[TokenTree], in_macro: bool) {
        for at in 0..tokens.len() {
            if let Some(word) = ident(tokens, at)
                && is_exposure(tokens, at)
            {
                let line = line(word.span());
                self.exposures.push(Exposure { line, in_macro });
            }
            if let Some(arguments) = group(tokens, at) {
                let call = macro_name(tokens, at);
                let formats = call.as_deref().is_some_and(may_format);
                if call.is_some_and(|call| FORMATTING_MACROS.contains(&call.as_str())) {
                    let start = line(tokens[at - 2].span());
                    self.printed.push(start..=arguments.span_close().end().line);
                }
                self.look(&list(arguments.stream()), in_macro || formats);
            }
        }
    }

    fn is_printed(&self, exposure: &Exposure) -> bool {
        let is_near = |lines: &RangeInclusive<usize>| lines.contains(&exposure.line);
        exposure.in_macro || self.printed.iter().any(is_near)
    }
}

/// Whether an accessor of secrets is called here as a method, however the line is broken, or named as a function.
fn is_exposure(tokens: &[TokenTree], at: usize) -> bool {
    let is_named = ident(tokens, at).is_some_and(|word| ACCESSORS.contains(&name(word).as_str()));
    let is_function = at >= 2 && is_punct(tokens, at - 2, "::");
    let is_method = at >= 1 && is_punct(tokens, at - 1, ".") && group(tokens, at + 1).is_some();
    is_named && (is_function || is_method)
}

/// The name of the macro whose arguments start here, without the path before it.
fn macro_name(tokens: &[TokenTree], at: usize) -> Option<String> {
    let is_call = at >= 2 && is_punct(tokens, at - 1, "!");
    ident(tokens, at.checked_sub(2)?)
        .filter(|_| is_call)
        .map(name)
}

/// A macro that nobody knows may format, be it one's own or a known one under another name.
fn may_format(call: &str) -> bool {
    !HARMLESS_MACROS.contains(&call)
}

/// Who may look at a secret, beside the sources of the vendor crates. A search for "expose" below these is the audit.
const EXPOSE_ALLOWED: &[&str] = &[
    "crates/auth-core/src/",
    "crates/runai-auth/examples/bootstrap.rs",
    "crates/auth-cli/src/",
    "crates/auth-testkit/src/",
    "crates/auth-store-redis/src/builder.rs",
];

/// Who may print a secret: `vauth token` does nothing else.
const PRINT_ALLOWED: &[&str] = &["crates/auth-cli/src/token.rs"];

/// What returns the text of a secret.
const ACCESSORS: &[&str] = &["expose", "expose_response", "expose_secret"];

/// On the lines of these, a secret is too near even if it stands beside them.
const FORMATTING_MACROS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "dbg",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "debug_span",
    "eprint",
    "eprintln",
    "error",
    "error_span",
    "event",
    "format",
    "format_args",
    "info",
    "info_span",
    "panic",
    "print",
    "println",
    "span",
    "trace",
    "trace_span",
    "unreachable",
    "warn",
    "warn_span",
    "write",
    "writeln",
];

/// These put their arguments where they are told to, and print nothing.
const HARMLESS_MACROS: &[&str] = &["json", "matches", "vec"];

#[cfg(test)]
mod tests;
