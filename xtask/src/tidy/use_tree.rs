//! The paths that a file imports or mentions, one by one, however they are grouped.

use super::code::{word_length, words};

/// One path out of a use tree.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Leaf<'a> {
    /// The segments; the last one is `*` in a glob.
    pub(crate) path: Vec<&'a str>,
    /// What the path is called from here on.
    pub(crate) name: &'a str,
    /// Where its own part of the tree starts.
    pub(crate) offset: usize,
}

/// What the `use` declarations of blanked code import.
pub(crate) fn imports(code: &str) -> Vec<Leaf<'_>> {
    declarations(code)
        .flat_map(|(offset, _)| leaves(code, offset))
        .collect()
}

/// What the `pub use` declarations of blanked code export.
pub(crate) fn exports(code: &str) -> Vec<Leaf<'_>> {
    declarations(code)
        .filter(|&(_, public)| public)
        .flat_map(|(offset, _)| leaves(code, offset))
        .collect()
}

/// What blanked code names below `crate::`, in a `use` or in passing; `crate` itself is not in the paths.
pub(crate) fn crate_paths(code: &str) -> Vec<Leaf<'_>> {
    words(code)
        .filter(|&(_, word)| word == "crate")
        .map(|(offset, word)| offset + word.len())
        .filter(|&end| code[end..].starts_with("::"))
        .flat_map(|end| leaves(code, end + "::".len()))
        .collect()
}

/// Where each `use` tree starts, and whether it is public.
fn declarations(code: &str) -> impl Iterator<Item = (usize, bool)> {
    words(code)
        .filter(|&(_, word)| word == "use")
        .map(|(offset, word)| {
            let before = code[..offset].trim_end();
            (offset + word.len(), before.ends_with("pub"))
        })
}

fn leaves(code: &str, start: usize) -> Vec<Leaf<'_>> {
    let mut reader = Reader {
        code,
        at: start,
        leaves: Vec::new(),
    };
    reader.skip_blanks();
    // `::name` is the crate of that name.
    reader.skip("::");
    reader.tree(&[]);
    reader.leaves
}

struct Reader<'a> {
    code: &'a str,
    at: usize,
    leaves: Vec<Leaf<'a>>,
}

impl<'a> Reader<'a> {
    fn tree(&mut self, parents: &[&'a str]) {
        self.skip_blanks();
        if self.skip("{") {
            self.group(parents);
            return;
        }
        let offset = self.at;
        let segment = if self.skip("*") { "*" } else { self.word() };
        if segment.is_empty() {
            return;
        }
        // `parent::{self}` is the parent.
        let own = Some(segment).filter(|&segment| segment != "self" || parents.is_empty());
        let path: Vec<_> = parents.iter().copied().chain(own).collect();
        if self.skip("::") {
            let before = self.leaves.len();
            self.tree(&path);
            if self.leaves.len() > before {
                return;
            }
            // Generic arguments follow: the path ends here.
        }
        let name = self
            .alias()
            .or_else(|| path.last().copied())
            .unwrap_or(segment);
        self.leaves.push(Leaf { path, name, offset });
    }

    fn group(&mut self, parents: &[&'a str]) {
        loop {
            self.skip_blanks();
            let before = self.at;
            if self.skip("}") {
                return;
            }
            self.tree(parents);
            self.skip_blanks();
            self.skip(",");
            // What is no use tree is left alone, instead of being read for ever.
            if self.at == before {
                return;
            }
        }
    }

    fn alias(&mut self) -> Option<&'a str> {
        let before = self.at;
        self.skip_blanks();
        if self.word() == "as" {
            self.skip_blanks();
            return Some(self.word());
        }
        self.at = before;
        None
    }

    fn word(&mut self) -> &'a str {
        let start = self.at;
        self.at += word_length(&self.code[start..]);
        &self.code[start..self.at]
    }

    fn skip(&mut self, token: &str) -> bool {
        let found = self.code[self.at..].starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn skip_blanks(&mut self) {
        let rest = &self.code[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }
}

#[cfg(test)]
mod tests;
