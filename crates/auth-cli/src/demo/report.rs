//! What the demo finds out about one vendor.

use std::time::Duration;

use super::expectation::Expectations;
use crate::vendor::Vendor;

/// What happened with one vendor.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) vendor: Vendor,
    pub(crate) calls: u64,
    pub(crate) token_requests: u64,
    pub(crate) worst_wait: Duration,
    pub(crate) connections: usize,
    pub(crate) expectations: Expectations,
}
