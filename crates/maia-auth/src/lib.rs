#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod config;
mod wire;
mod exchange;
mod client;
mod projects;

pub use client::Client;
pub use config::{Config, ConfigBuilder, Region};
pub use projects::{Page, Project, Projects};

/// The types that signatures of this crate name: tokens, errors, policies, the HTTP client's trait.
pub use auth_core;
