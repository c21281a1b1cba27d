//! Compiles the program in the workspace's README; the rest of this package is its test targets.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
