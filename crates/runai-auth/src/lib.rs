#![cfg_attr(any(not(doctest), feature = "blocking"), doc = include_str!("../README.md"))]
// Its programs are tested only with the feature `blocking`, which one of them needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod names;
mod wire;
mod token;
#[cfg(feature = "admin")]
pub mod admin;
mod calls;
mod vendor;
pub mod guide;

pub use calls::Calls;
#[cfg(feature = "blocking")]
pub use names::BlockingClient;
pub use names::{Client, Config, ConfigBuilder, Runai, TenantClients, TenantConfig};
pub use token::TokenApi;
pub use vendor::{APP_TOKEN, Options};

/// The types in this crate's signatures: tokens, errors, policies, the HTTP client's trait.
pub use auth_core;
