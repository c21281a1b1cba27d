//! The files that the rules look at, as text in memory.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The text of every file by its path, which is relative to the root and has forward slashes.
#[derive(Debug)]
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the files that git tracks or would track, as they are on disk now.
    pub(crate) fn read(root: &Path) -> Result<Self, Box<dyn Error>> {
        let listing = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root)
            .output()
            .map_err(|error| format!("cannot run git: {error}"))?;
        if !listing.status.success() {
            let reason = String::from_utf8_lossy(&listing.stderr);
            return Err(format!("git ls-files failed: {}", reason.trim()).into());
        }
        let mut files = BTreeMap::new();
        for path in String::from_utf8_lossy(&listing.stdout).split_terminator('\0') {
            let file = root.join(path);
            // The index still names a file that was deleted a moment ago.
            if file.is_file() {
                let bytes =
                    fs::read(&file).map_err(|error| format!("cannot read {path}: {error}"))?;
                // A picture has no text, but a link to it must still find it.
                files.insert(
                    path.to_owned(),
                    String::from_utf8_lossy(&bytes).into_owned(),
                );
            }
        }
        Ok(Self { files })
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether some file lies in this folder.
    pub(crate) fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.below(&format!("{path}/")).next().is_some()
    }

    /// The files whose path starts with `prefix`, with their text.
    pub(crate) fn below(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(move |(path, _)| path.starts_with(prefix))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The names of the vendor crates, in the order of the alphabet.
    pub(crate) fn vendor_crates(&self) -> Vec<&str> {
        let folders = self.below("crates/");
        let names = folders.filter_map(|(path, _)| path.split('/').nth(1));
        let mut names: Vec<_> = names.filter(|name| name.ends_with("-auth")).collect();
        names.dedup();
        names
    }

    /// Every `.rs` file, with its text.
    pub(crate) fn rust_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.below("").filter(|(path, _)| path.ends_with(".rs"))
    }

    /// Every `.md` file, with its text.
    pub(crate) fn markdown_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.below("").filter(|(path, _)| path.ends_with(".md"))
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Tree {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(files: I) -> Self {
        Self {
            files: files
                .into_iter()
                .map(|(path, text)| (path.to_owned(), text.to_owned()))
                .collect(),
        }
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Tree {
    fn from(files: [(&str, &str); N]) -> Self {
        files.into_iter().collect()
    }
}

/// Whether the path is that of a test: a `tests.rs`, or a file anywhere below a `tests` folder.
pub(crate) fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "tests" || part == "tests.rs")
}

/// Whether a program wrote the file: it lies where generated files lie, and says so in its first line.
pub(crate) fn is_generated(path: &str, text: &str) -> bool {
    let says_so = |line: &str| line.contains("@generated");
    path.split('/').any(|part| part == "generated") && text.lines().next().is_some_and(says_so)
}

/// The number of the line, counted from 1, in which the byte at `offset` stands.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    1 + text
        .bytes()
        .take(offset)
        .filter(|&byte| byte == b'\n')
        .count()
}
