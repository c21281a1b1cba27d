//! The tables of a `Cargo.toml`, with the line of every entry.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::tree::line_at;

/// A parsed `Cargo.toml`.
#[derive(Debug)]
pub(crate) struct Manifest<'a> {
    text: &'a str,
    root: DeTable<'a>,
}

/// One key of a table.
#[derive(Debug)]
pub(crate) struct Entry<'m> {
    pub(crate) name: &'m str,
    pub(crate) value: &'m DeValue<'m>,
    pub(crate) line: usize,
}

impl<'a> Manifest<'a> {
    /// # Errors
    ///
    /// Says in which line the text is no TOML.
    pub(crate) fn parse(text: &'a str) -> Result<Self, (usize, String)> {
        let root = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_at(text, span.start));
            (line, format!("is not valid TOML: {}", error.message()))
        })?;
        Ok(Self {
            text,
            root: root.into_inner(),
        })
    }

    /// The value of a key outside of any table.
    pub(crate) fn value(&self, key: &str) -> Option<&DeValue<'a>> {
        find(&self.root, key)
    }

    /// The entries of the table at this path, as they stand in the file; `None` without such a table.
    pub(crate) fn table(&self, path: &[&str]) -> Option<Vec<Entry<'_>>> {
        let mut table = &self.root;
        for part in path {
            table = find(table, part)?.as_table()?;
        }
        Some(self.entries(table))
    }

    /// Every dependency of every kind on every platform.
    pub(crate) fn dependencies(&self) -> Vec<Entry<'_>> {
        let platforms = self.table(&["target"]).unwrap_or_default();
        let platform_tables = platforms
            .iter()
            .filter_map(|platform| platform.value.as_table());
        std::iter::once(&self.root)
            .chain(platform_tables)
            .flat_map(|table| {
                DEPENDENCY_KINDS
                    .iter()
                    .filter_map(move |kind| find(table, kind)?.as_table())
            })
            .flat_map(|table| self.entries(table))
            .collect()
    }

    fn entries<'m>(&self, table: &'m DeTable<'a>) -> Vec<Entry<'m>> {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        entries
            .into_iter()
            .map(|(name, value)| Entry {
                name: name.get_ref(),
                value: value.get_ref(),
                line: line_at(self.text, name.span().start),
            })
            .collect()
    }
}

impl Entry<'_> {
    /// The value of one key, if the entry is a table that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&DeValue<'_>> {
        find(self.value.as_table()?, key)
    }
}

fn find<'m, 'a>(table: &'m DeTable<'a>, key: &str) -> Option<&'m DeValue<'a>> {
    table.get(key).map(Spanned::get_ref)
}

const DEPENDENCY_KINDS: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];
