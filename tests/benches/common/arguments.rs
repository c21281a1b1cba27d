//! How a benchmark is told what to run.

/// What is asked for on the command line.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// Shows that everything runs, in seconds; the figures mean little.
    pub(crate) quick: bool,
    groups: Vec<String>,
}

impl Arguments {
    /// Reads the process's arguments. Cargo adds `--bench` when it measures; without it this is a test, and quick.
    pub(crate) fn read() -> Self {
        let (flags, groups): (Vec<_>, Vec<_>) = std::env::args()
            .skip(1)
            .partition(|word| word.starts_with('-'));
        let has = |flag: &str| flags.iter().any(|word| word == flag);
        Self {
            quick: has("--quick") || !has("--bench"),
            groups,
        }
    }

    /// Returns true if this group is asked for: by its name, or because none is named.
    pub(crate) fn wants(&self, group: &str) -> bool {
        self.groups.is_empty() || self.groups.iter().any(|wanted| wanted == group)
    }
}
