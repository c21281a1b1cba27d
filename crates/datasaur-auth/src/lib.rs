#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod wire;
mod graphql;
mod vendor;

pub use graphql::{Calls, GraphqlAnswer, GraphqlError, Me, Query};
pub use vendor::{Client, Config, ConfigBuilder, Datasaur, Options};

/// The types that signatures of this crate name: tokens, errors, policies, the HTTP client's trait.
pub use auth_core;
