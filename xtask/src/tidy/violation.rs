//! One place where the workspace breaks a rule.

/// What is wrong at one line, and what to do about it.
#[derive(Clone, Debug)]
pub(crate) struct Violation {
    /// Relative to the workspace's root, with forward slashes.
    pub(crate) path: String,
    /// Counted from 1; it is 1 where the file as a whole is at fault.
    pub(crate) line: usize,
    /// What is wrong and what to do.
    pub(crate) message: String,
}

impl Violation {
    pub(crate) fn new(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line,
            message: message.into(),
        }
    }
}
