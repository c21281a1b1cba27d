//! Runs the real `vauth` against emulated vendors, in an environment that holds only what the test puts there.

mod support;
mod token;
mod request;
mod exit_codes;
mod usage;
mod emulate;
mod demo;
