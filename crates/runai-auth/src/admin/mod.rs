//! Run:ai's admin calls.

// The calls that use all this follow; until then nothing does.
#![allow(dead_code, reason = "the calls are not written yet")]

mod wire;
mod generated;
