//! The emulators over real HTTP: every answer a client can meet, and every lever a test can pull.
#![allow(missing_docs, reason = "a test's name is its documentation")]

mod clock_and_tokens;
mod datasaur;
mod faults;
mod maia;
mod runai_api;
mod runai_tokens;
mod server;
mod support;
mod surface;
