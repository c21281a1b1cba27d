#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod clock;
mod scripted;
#[cfg(feature = "store")]
pub mod store;
mod control_plane;
mod timestamp;
mod jwt;
mod error;
mod reply;
mod request;
mod reading;
mod path_template;
mod fault;
mod clients;
mod issued;
mod concurrency;
mod records;
mod engine;
mod model;
mod route;
mod token_endpoint;
mod described;
mod emulation;
mod server;
mod emulator;
mod builder;
mod datasaur;
mod maia;
mod runai;
mod vendor;

pub use builder::EmulatorBuilder;
pub use clock::ManualClock;
pub use control_plane::ControlPlane;
pub use datasaur::Datasaur;
pub use emulator::{EmulatedClient, Emulator};
pub use error::EmulatedError;
pub use fault::Fault;
pub use maia::Maia;
pub use reply::Reply;
pub use request::ReceivedRequest;
pub use runai::Runai;
pub use scripted::{ScriptedReply, ScriptedSource};
pub use token_endpoint::{EmulatedTokenEndpoint, GrantedToken};
pub use vendor::EmulatedVendor;
