//! Tests of `vauth proxy` and `vauth serve`, with an API that behaves as each test says.

mod api;
mod running;
mod callers;
mod forwarding;
mod streams;
mod tokens;
mod limits;
mod endings;
mod serve;
