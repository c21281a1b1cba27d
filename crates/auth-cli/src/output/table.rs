//! Lists: a table on terminals, tab-separated lines for pipes, JSON for programs.

use std::io::IsTerminal as _;

use serde::Serialize;

use super::{json_line, print};
use crate::arguments::ListArguments;
use crate::failure::Failure;
use crate::style::{Style, on_stdout};
use crate::text::one_line;

/// One entry of a list; as JSON, it is the object that it serializes to.
pub(crate) trait Listed: Serialize {
    /// The headings of the table.
    const COLUMNS: &'static [&'static str];

    /// The text in each column.
    fn cells(&self) -> Vec<String>;

    /// The colour of a column on a terminal.
    fn style(&self, _column: usize) -> Option<Style> {
        None
    }
}

/// Prints a list in the format that the arguments and standard output require.
pub(crate) fn print_list<T: Listed>(
    entries: &[T],
    arguments: &ListArguments,
) -> Result<(), Failure> {
    print(&render_list(entries, arguments)?)
}

/// Returns what [`print_list`] prints.
pub(crate) fn render_list<T: Listed>(
    entries: &[T],
    arguments: &ListArguments,
) -> Result<Vec<u8>, Failure> {
    if arguments.json {
        return json_line(entries);
    }
    Ok(text(entries).into_bytes())
}

/// Prints one entry as a list of one, or as one JSON object.
pub(crate) fn print_one<T: Listed>(entry: T, arguments: &ListArguments) -> Result<(), Failure> {
    print(&render_one(&entry, arguments)?)
}

/// Returns what [`print_one`] prints.
pub(crate) fn render_one<T: Listed>(
    entry: &T,
    arguments: &ListArguments,
) -> Result<Vec<u8>, Failure> {
    if arguments.json {
        return json_line(entry);
    }
    Ok(text(std::slice::from_ref(entry)).into_bytes())
}

fn text<T: Listed>(entries: &[T]) -> String {
    if std::io::stdout().is_terminal() {
        aligned(entries)
    } else {
        separated(entries)
    }
}

/// Headings and rows, each column as wide as its widest cell.
fn aligned<T: Listed>(entries: &[T]) -> String {
    let headings: Vec<String> = T::COLUMNS.iter().map(|name| name.to_uppercase()).collect();
    let rows: Vec<_> = std::iter::once(headings)
        .chain(entries.iter().map(cells))
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..T::COLUMNS.len()).map(width).collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let style = |column| match number.checked_sub(1) {
            Some(entry) => entries.get(entry).and_then(|entry| entry.style(column)),
            None => Some(Style::Heading),
        };
        let last = row.iter().rposition(|cell| !cell.is_empty()).unwrap_or(0);
        let cells = row.iter().zip(&widths).enumerate().take(last + 1);
        let padded: Vec<_> = cells
            .map(|(column, (cell, width))| {
                let width = if column == last { 0 } else { *width };
                // A colour's codes must not count as width.
                let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
                let cell = match style(column) {
                    Some(style) => on_stdout(style, cell),
                    None => cell.clone(),
                };
                cell + &padding
            })
            .collect();
        text.push_str(&padded.join("  "));
        text.push('\n');
    }
    text
}

/// One line for each entry, without headings.
fn separated<T: Listed>(entries: &[T]) -> String {
    let lines = entries.iter().map(|entry| cells(entry).join("\t") + "\n");
    lines.collect()
}

/// A vendor's text may contain line breaks, tabs or terminal commands.
fn cells(entry: &impl Listed) -> Vec<String> {
    entry.cells().iter().map(|cell| one_line(cell)).collect()
}

#[cfg(test)]
mod tests;
