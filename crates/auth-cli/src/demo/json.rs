//! The demo's results as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use super::report::Report;
use super::scenario::CLIENTS;

/// Returns the object that `vauth schema demo` describes.
pub(super) fn of(reports: &[Report], failed: usize, all: usize, took: Duration) -> Value {
    json!({
        "expectations": all,
        "failed": failed,
        "duration_ms": milliseconds(took),
        "vendors": reports.iter().map(vendor).collect::<Vec<_>>(),
    })
}

fn vendor(report: &Report) -> Value {
    json!({
        "vendor": report.vendor.as_str(),
        "calls": report.calls,
        "token_requests": report.token_requests,
        "refreshes": report.token_requests.saturating_sub(CLIENTS),
        "worst_wait_ms": milliseconds(report.worst_wait),
        "connections": report.connections,
        "failures": report.expectations.failures().collect::<Vec<_>>(),
    })
}

/// With a digit after the point, as in the table.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}
