//! The command line of `cargo xtask`.

use clap::{Args, Parser, Subcommand};

use crate::ci::Stage;

/// Run the workspace's development tasks.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A task with its options.
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Command {
    /// Write the public API of each library to `api/`, or compare it
    Api {
        /// Write nothing; print the differences, and fail if there is one
        #[arg(long)]
        check: bool,
    },
    /// Measure time, memory and dependencies
    Bench(BenchOptions),
    /// Run the checks that every change must pass
    Ci(CiOptions),
    /// Write the generated files, or compare them
    Codegen {
        /// Write nothing; print the differences, and fail if there is one
        #[arg(long)]
        check: bool,
    },
    /// Measure how long each vendor crate takes to build, beside other crates, and write docs/compile-cost.md
    CompileCost,
    /// Check that each feature compiles without a warning, and costs what its comment says
    Features(FeatureOptions),
    /// Run 200 processes that share one token, in each case that can go wrong, and print a table
    Fleet,
    /// Write a vendor crate, to be finished with the vendor's facts
    NewVendor {
        /// The vendor's name in kebab case, such as `blue-sky`
        name: String,
    },
    /// Prepare a release
    #[command(subcommand)]
    Release(ReleaseCommand),
    /// Check the house rules that the compiler does not know
    Tidy,
}

/// What `cargo xtask bench` measures, and whether it writes the result.
#[derive(Args, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BenchOptions {
    /// Only check that everything runs; the figures are not meaningful, and are not written
    #[arg(long)]
    pub(crate) quick: bool,
    /// Also build two programs from scratch, which takes minutes
    #[arg(long)]
    pub(crate) build: bool,
    /// Write the figures of a quick run
    #[arg(long)]
    pub(crate) write: bool,
}

/// Which checks `cargo xtask ci` runs.
#[derive(Args, Debug, Default, PartialEq, Eq)]
pub(crate) struct CiOptions {
    /// The stages to run, in this order (default: all)
    #[arg(value_enum, value_name = "STAGE")]
    pub(crate) stages: Vec<Stage>,
    /// Leave a stage out
    #[arg(long, value_enum, value_name = "STAGE")]
    pub(crate) except: Vec<Stage>,
}

/// Which combinations of features `cargo xtask features` checks.
#[derive(Args, Debug, Default, PartialEq, Eq)]
pub(crate) struct FeatureOptions {
    /// Also check each pair of features
    #[arg(long)]
    pub(crate) pairs: bool,
}

/// A step on the way to a release.
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum ReleaseCommand {
    /// Check whether the workspace can be published as it is
    Check(ReleaseOptions),
}

/// What the check of a release consists of, and how strict it is.
#[derive(Args, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReleaseOptions {
    /// The steps to run, by their names in the summary (default: all)
    #[arg(value_name = "STEP")]
    pub(crate) steps: Vec<String>,
    /// Install the tools that are missing, below `target/tools`
    #[arg(long)]
    pub(crate) install: bool,
    /// Fail if a step was skipped
    #[arg(long)]
    pub(crate) strict: bool,
}

#[cfg(test)]
mod tests;
