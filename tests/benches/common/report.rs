//! What a benchmark prints: one line of JSON per figure.

use std::io::{self, Write};

use serde::Serialize;

/// One figure, with what it is measured against.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    pub(crate) group: &'static str,
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) measured: f64,
    /// The same work done without the crate under test, in the same run.
    pub(crate) reference: Option<f64>,
    /// The largest `measured` that is good enough: a multiple of the reference, or without one a number.
    pub(crate) limit: Option<f64>,
}

/// Prints the figures to standard output, for people to skim and for xtask to read.
pub(crate) fn print(figures: &[Figure]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    for figure in figures {
        serde_json::to_writer(&mut output, figure)?;
        output.write_all(b"\n")?;
    }
    output.flush()
}
