//! How long callers waited, call by call.

use std::time::Duration;

/// Every call's wait, the cache's beside that of a constant token a moment before or after.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    pub(crate) cache: Vec<Duration>,
    pub(crate) constant: Vec<Duration>,
    pub(crate) errors: usize,
}

impl Waits {
    /// Adds what another caller saw.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.cache.extend(other.cache);
        self.constant.extend(other.constant);
        self.errors += other.errors;
        self
    }
}

/// Returns how many waits were longer than a caller may notice.
pub(crate) fn over(waits: &[Duration]) -> f64 {
    waits.iter().filter(|&&wait| wait > NOTICEABLE).count() as f64
}

/// Returns the wait in microseconds that this share of the calls did not exceed; of 1, the worst.
pub(crate) fn quantile(waits: &mut [Duration], share: f64) -> f64 {
    waits.sort_unstable();
    let last = waits.len().saturating_sub(1);
    let wait = waits.get((last as f64 * share).ceil() as usize);
    wait.map_or(f64::NAN, |wait| wait.as_secs_f64() * 1e6)
}

const NOTICEABLE: Duration = Duration::from_millis(5);
