//! Token stores for tests: one in memory, one whose faults a test chooses, and the contract suite that every store must pass.

mod clock;
mod memory;
mod faulty;
pub mod contract;

pub use clock::RuntimeClock;
pub use faulty::{FaultyTokenStore, StoreFault};
pub use memory::MemoryTokenStore;
