//! Run:ai's admin calls: what each one sends, how often, and what it says when that fails.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod plane;
mod calls;
mod operations;
mod once;
mod tolerance;
mod made;
mod lists;
mod life;
mod ensure;
mod ensure_others;
mod organization;
mod organization_odd;
mod node_pools_twice;
