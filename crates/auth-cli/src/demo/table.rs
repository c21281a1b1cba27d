//! The demo's table, in plain text.

use std::time::Duration;

use super::report::Report;
use super::scenario::CLIENTS;

/// Writes a heading and one line for each vendor; names to the left, numbers to the right.
pub(super) fn of(reports: &[Report]) -> String {
    let heading = COLUMNS.map(str::to_owned);
    let rows: Vec<_> = std::iter::once(heading)
        .chain(reports.iter().map(row))
        .collect();
    let mut text = String::new();
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            let width = rows
                .iter()
                .map(|row| row[column].len())
                .max()
                .unwrap_or_default();
            text.push_str(&match column {
                0 => format!("{cell:<width$}"),
                _ => format!("  {cell:>width$}"),
            });
        }
        text.push('\n');
    }
    text
}

fn row(report: &Report) -> [String; COLUMNS.len()] {
    [
        report.vendor.to_string(),
        report.calls.to_string(),
        report.token_requests.to_string(),
        report.token_requests.saturating_sub(CLIENTS).to_string(),
        milliseconds(report.worst_wait),
        report.connections.to_string(),
    ]
}

fn milliseconds(wait: Duration) -> String {
    format!("{:.1} ms", wait.as_secs_f64() * 1_000.0)
}

const COLUMNS: [&str; 6] = [
    "vendor",
    "calls",
    "token requests",
    "refreshes",
    "worst wait",
    "connections",
];

#[cfg(test)]
mod tests;
