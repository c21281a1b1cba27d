#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod vendor;
mod control_plane;
mod clock;
mod scripted;
mod timestamp;
mod jwt;
mod answer;
mod request;
mod fault;
mod issued;
mod state;
mod behaviour;
mod datasaur;
mod maia;
mod runai;
mod server;
mod builder;
mod emulator;

pub use builder::EmulatorBuilder;
pub use clock::ManualClock;
pub use control_plane::ControlPlane;
pub use emulator::Emulator;
pub use fault::Fault;
pub use scripted::{ScriptedReply, ScriptedSource};
pub use vendor::Vendor;
