#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod config;
mod wire;
mod exchange;
mod client;
#[cfg(feature = "admin")]
pub mod admin;

pub use client::Client;
pub use config::{Config, ConfigBuilder, Grant, TokenApi};

/// The types that signatures of this crate name: tokens, errors, policies, the HTTP client's trait.
pub use auth_core;
