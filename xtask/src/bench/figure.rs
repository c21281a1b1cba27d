//! One measured figure, and whether it is good enough.

use serde::Deserialize;

/// What a bench prints as one line of JSON.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Figure {
    pub(crate) group: String,
    pub(crate) what: String,
    pub(crate) unit: String,
    pub(crate) measured: f64,
    /// The same work done without the crate under test, in the same run.
    pub(crate) reference: Option<f64>,
    /// The largest `measured` that is good enough: a multiple of the reference, or without one a number.
    pub(crate) limit: Option<f64>,
}

impl Figure {
    /// Returns how many times the reference was measured; of a reference of nothing there are no multiples.
    pub(crate) fn ratio(&self) -> Option<f64> {
        let reference = self.reference.filter(|&reference| reference != 0.0)?;
        Some(self.measured / reference)
    }

    /// Returns whether it is good enough, where something was promised.
    pub(crate) fn is_met(&self) -> Option<bool> {
        let most = self.limit? * self.reference.unwrap_or(1.0);
        Some(self.measured <= most)
    }
}

/// Reads what a bench printed; lines that are no JSON objects are those of a harness.
pub(crate) fn parse(output: &str) -> Result<Vec<Figure>, serde_json::Error> {
    output
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(serde_json::from_str)
        .collect()
}

#[cfg(test)]
pub(crate) mod tests;
