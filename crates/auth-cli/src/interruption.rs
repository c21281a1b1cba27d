//! A signal that ended the command, and its exit code.

/// One signal that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interruption {
    pub(crate) name: &'static str,
    number: u8,
}

impl Interruption {
    pub(crate) const fn new(name: &'static str, number: u8) -> Self {
        Self { name, number }
    }

    /// Returns the exit code that shells use for a command that a signal ended.
    pub(crate) fn exit_code(self) -> u8 {
        128 + self.number
    }
}
