#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod connection;
mod pool;
mod command;
mod call;
mod store;
mod builder;

pub use builder::RedisTokenStoreBuilder;
pub use store::RedisTokenStore;

/// The crate whose connections [`RedisTokenStore::from_connection`] accepts.
pub use redis;
