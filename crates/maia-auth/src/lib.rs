#![cfg_attr(any(not(doctest), feature = "blocking"), doc = include_str!("../README.md"))]
// Its programs are tested only with the feature `blocking`, which one of them needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod names;
mod wire;
mod lists;
mod executions;
mod calls;
mod vendor;
pub mod guide;

pub use calls::Calls;
pub use executions::{Execution, ExecutionStatus, Executions, NewExecution, Step};
pub use lists::{Environment, List, Pipeline, Project};
#[cfg(feature = "blocking")]
pub use names::BlockingClient;
pub use names::{Client, Config, ConfigBuilder, Maia, TenantClients, TenantConfig};
pub use vendor::{Options, Region};

/// The types in this crate's signatures: tokens, errors, policies, the HTTP client's trait.
pub use auth_core;
