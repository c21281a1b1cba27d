//! How many requests were under way at the same time.

use std::fmt;
use std::time::{Duration, Instant};

/// Counts requests from their arrival until their latency has passed, in real time.
#[derive(Default)]
pub(crate) struct Concurrency {
    ends: Vec<Instant>,
    max: usize,
}

impl Concurrency {
    /// Notes a request that arrives now and whose reply goes out after the delay.
    pub(crate) fn begin(&mut self, now: Instant, delay: Duration) {
        self.ends.retain(|end| *end > now);
        let end = now.checked_add(delay).unwrap_or(now);
        self.max = self.max.max(self.ends.len() + 1);
        self.ends.push(end);
    }

    /// Returns the most requests that were under way at once.
    pub(crate) fn max(&self) -> u64 {
        self.max as u64
    }
}

impl fmt::Debug for Concurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at once", self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_overlap_are_counted_together() {
        let start = Instant::now();
        let mut concurrency = Concurrency::default();
        let mut begin = |at, delay| {
            concurrency.begin(
                start + Duration::from_millis(at),
                Duration::from_millis(delay),
            );
            concurrency.max()
        };
        assert_eq!(begin(0, 10), 1);
        assert_eq!(begin(5, 10), 2);
        // The first one ends as this one arrives.
        assert_eq!(begin(10, 10), 2);
        assert_eq!(begin(12, 0), 3);
        assert_eq!(begin(100, 10), 3);
    }
}
