//! The guide: credentials, a first program, tests, and common failures.
#![cfg_attr(not(doctest), doc = include_str!("../docs/guide.md"))]
// Its programs are compiled in the package of the tests.
