//! The rule that says which files may look at a secret, and that nobody prints one.

use std::ops::Range;

use super::code::{code_of, words};
use super::tree::{Tree, is_test, line_at};
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.rust_files().filter(|(path, _)| !is_test(path)) {
        let code = code_of(text);
        let printed = printed_ranges(&code);
        let may_look = EXPOSE_ALLOWED.iter().any(|prefix| path.starts_with(prefix));
        let may_print = PRINT_ALLOWED.contains(&path);
        for offset in exposures(&code) {
            let message = if !may_look {
                "no secret is looked at here: pass the `Secret` or the token on, or add the file to `EXPOSE_ALLOWED`"
            } else if !may_print && printed.iter().any(|range| range.contains(&offset)) {
                "a secret goes into text that may be shown: leave it out, or build the text without a macro that formats"
            } else {
                continue;
            };
            violations.push(Violation::new(path, line_at(&code, offset), message));
        }
    }
    violations
}

/// Where `expose` is called as a method, or named as a function.
fn exposures(code: &str) -> impl Iterator<Item = usize> {
    words(code)
        .filter(|&(_, word)| word == "expose")
        .map(|(offset, _)| offset)
        .filter(|&offset| {
            let (before, rest) = code.split_at(offset);
            before.ends_with("::") || (before.ends_with('.') && rest.starts_with("expose("))
        })
}

/// The whole lines that each formatting macro takes, from its name to the end of its arguments.
fn printed_ranges(code: &str) -> Vec<Range<usize>> {
    words(code)
        .filter(|(_, word)| FORMATTING_MACROS.contains(word))
        .filter(|(offset, word)| code[offset + word.len()..].starts_with('!'))
        .map(|(offset, word)| {
            let arguments = offset + word.len() + "!".len();
            let end = arguments + arguments_length(&code[arguments..]);
            let line_start = code[..offset].rfind('\n').map_or(0, |at| at + 1);
            let line_end = code[end..].find('\n').map_or(code.len(), |at| end + at);
            line_start..line_end
        })
        .collect()
}

/// The length of the brackets at the start, with all that is inside them.
fn arguments_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, character) in code.char_indices() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return at + character.len_utf8();
        }
    }
    code.len()
}

/// Who may look at a secret. A search for "expose" below these is the audit.
const EXPOSE_ALLOWED: &[&str] = &[
    "crates/auth-core/src/",
    "crates/datasaur-auth/src/",
    "crates/maia-auth/src/",
    "crates/runai-auth/examples/bootstrap.rs",
    "crates/runai-auth/src/",
    "crates/auth-cli/src/",
    "crates/auth-testkit/src/",
];

/// Who may print a secret: `vauth token` does nothing else, and one that is shown once must not be lost.
const PRINT_ALLOWED: &[&str] = &[
    "crates/auth-cli/src/secret_sink.rs",
    "crates/auth-cli/src/token.rs",
];

const FORMATTING_MACROS: &[&str] = &[
    "debug",
    "eprint",
    "eprintln",
    "error",
    "format",
    "format_args",
    "info",
    "panic",
    "print",
    "println",
    "trace",
    "warn",
    "write",
    "writeln",
];

#[cfg(test)]
mod tests;
