//! Guides: what each error means, the life of a token, health and logs, many tenants, many processes, and a vendor crate of your own.

/// What each kind of error means, its usual causes, and how to fix it.
// Programs of the guides use a vendor crate, so they are compiled in the package of the tests.
#[cfg_attr(not(doctest), doc = include_str!("../docs/troubleshooting.md"))]
pub mod troubleshooting {}

/// When a token is refreshed, and what callers see during an outage.
#[cfg_attr(not(doctest), doc = include_str!("../docs/token-life.md"))]
pub mod token_life {}

/// Health, readiness, logs and metrics.
#[cfg_attr(not(doctest), doc = include_str!("../docs/observability.md"))]
pub mod observability {}

/// A program that acts for many customers, each with credentials of its own.
#[cfg_attr(not(doctest), doc = include_str!("../docs/tenants.md"))]
pub mod tenants {}

/// A token store, through which many processes share one token: which one, what it contains, and what happens when it is down.
#[cfg_attr(not(doctest), doc = include_str!("../docs/many-processes.md"))]
pub mod many_processes {}

/// A vendor crate of your own, from the kit [`vendor`](crate::vendor).
#[cfg_attr(not(doctest), doc = include_str!("../docs/vendor-crate.md"))]
pub mod vendor_crate {}
