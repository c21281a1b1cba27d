#![cfg_attr(any(not(doctest), feature = "blocking"), doc = include_str!("../README.md"))]
// Its programs are tested only with the feature `blocking`, which one of them needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod names;
mod wire;
mod graphql;
mod calls;
mod jobs;
mod uploads;
mod vendor;
pub mod guide;

pub use calls::{Calls, Me};
pub use graphql::{GraphqlError, GraphqlResponse, Query};
pub use jobs::{Job, JobError, JobStatus};
#[cfg(feature = "blocking")]
pub use names::BlockingClient;
pub use names::{Client, Config, ConfigBuilder, Datasaur, TenantClients, TenantConfig};
pub use uploads::ObjectKey;
pub use vendor::Options;

/// The types in this crate's signatures: tokens, errors, policies, the HTTP client's trait.
pub use auth_core;
