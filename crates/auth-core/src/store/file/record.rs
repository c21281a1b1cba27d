//! What is in a file before its record: when it was written, by both clocks, and how long it lives.

use std::sync::OnceLock;
use std::time::Duration;

use crate::clock::{Clock, ClockReading};

/// The first bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) written_at: ClockReading,
    /// The boot of the machine, during which its monotonic clocks can be compared; empty if it is not known.
    boot: Vec<u8>,
    pub(super) life: Duration,
}

impl Header {
    /// Returns the header of a record that is written now, without a life.
    pub(super) fn now(clock: &dyn Clock) -> Self {
        Self {
            written_at: clock.now(),
            boot: boot_id().to_vec(),
            life: Duration::ZERO,
        }
    }

    /// Sets the life.
    pub(super) fn with_life(mut self, life: Duration) -> Self {
        self.life = life;
        self
    }

    /// Returns how much of the life is left, or `None` if it has ended or cannot be known.
    ///
    /// The age is the larger one of the two clocks', as that of a token: neither a suspend nor a wall clock that was set back prolongs it.
    pub(super) fn left(&self, now: &Self) -> Option<Duration> {
        let (then, now_at) = (self.written_at, now.written_at);
        let by_wall = now_at.wall().checked_sub(then.wall());
        let by_monotonic = now_at.monotonic().checked_sub(then.monotonic());
        let age = if !self.boot.is_empty() && self.boot == now.boot {
            // Within one boot, a monotonic clock that ran backwards is another one: that of a container.
            by_monotonic?.max(by_wall.unwrap_or_default())
        } else {
            by_wall?
        };
        let left = self.life.checked_sub(age)?;
        (!left.is_zero()).then_some(left)
    }

    /// Returns the whole file.
    pub(super) fn encode(&self, record: &[u8]) -> Vec<u8> {
        let mut file = Vec::with_capacity(MAX_HEADER + record.len());
        file.extend_from_slice(MAGIC);
        for duration in [
            self.written_at.monotonic(),
            self.written_at.wall(),
            self.life,
        ] {
            let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
            file.extend_from_slice(&nanos.to_be_bytes());
        }
        push(&mut file, &self.boot);
        push(&mut file, record);
        file
    }

    /// Reads a whole file; `None` if it is torn, or none of ours.
    pub(super) fn decode(file: &[u8]) -> Option<(Self, Vec<u8>)> {
        let mut rest = file.strip_prefix(MAGIC)?;
        let mut duration = || {
            let (nanos, tail) = rest.split_first_chunk()?;
            rest = tail;
            Some(Duration::from_nanos(u64::from_be_bytes(*nanos)))
        };
        let (monotonic, wall, life) = (duration()?, duration()?, duration()?);
        let boot = take(&mut rest)?;
        let record = take(&mut rest)?;
        let header = Self {
            written_at: ClockReading::new(monotonic, wall),
            boot,
            life,
        };
        rest.is_empty().then_some((header, record))
    }
}

fn push(file: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    file.extend_from_slice(&length.to_be_bytes());
    file.extend_from_slice(bytes);
}

fn take(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let (length, tail) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (bytes, tail) = tail.split_at_checked(length)?;
    *rest = tail;
    Some(bytes.to_vec())
}

/// Returns what Linux calls the boot; on other systems the system clock's monotonic readings belong to one process.
fn boot_id() -> &'static [u8] {
    static BOOT: OnceLock<Vec<u8>> = OnceLock::new();
    BOOT.get_or_init(|| {
        let id = std::fs::read("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let id = id.trim_ascii_end();
        match id.len() {
            BOOT_ID => id.to_vec(),
            _ => Vec::new(),
        }
    })
}

/// The name and the version of the format.
const MAGIC: &[u8] = b"auth-token-store 1\n";

/// A UUID in text.
const BOOT_ID: usize = 36;

/// Room for everything before the record.
pub(super) const MAX_HEADER: usize = 128;

#[cfg(test)]
mod tests;
