//! Parsing of the command line.

use std::fmt;

/// A command with its flags.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Lists the commands.
    Help,
    /// Measures time, memory and dependencies.
    Bench(BenchOptions),
    /// Checks features and what they cost, of the crates named or of all.
    Features(Vec<String>),
    /// Checks the house rules.
    Tidy,
    /// Writes the generated files, or only compares them.
    Codegen { check: bool },
    /// Writes a new vendor crate.
    NewVendor { name: String },
}

/// What is measured, and whether it is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BenchOptions {
    /// Only checks that everything runs; the figures are not meaningful.
    pub(crate) quick: bool,
    /// Also builds two programs from scratch, which takes minutes.
    pub(crate) build: bool,
    /// Writes the figures of a quick run, as for a full one.
    pub(crate) write: bool,
}

/// Why the arguments are not a command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    NoCommand,
    UnknownCommand(String),
    UnexpectedArgument(String),
    MissingArgument(&'static str),
}

/// Parses the arguments of `cargo xtask`.
pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Command, Mistake> {
    let mut words = words.into_iter().peekable();
    let name = words.next().ok_or(Mistake::NoCommand)?;
    let command = match name.as_str() {
        "help" | "--help" | "-h" => Command::Help,
        "bench" => return parse_bench(words).map(Command::Bench),
        "features" => return Ok(Command::Features(words.collect())),
        "tidy" => Command::Tidy,
        "codegen" => Command::Codegen {
            check: words.next_if(|word| word == "--check").is_some(),
        },
        "new-vendor" => Command::NewVendor {
            name: words.next().ok_or(Mistake::MissingArgument("NAME"))?,
        },
        _ => return Err(Mistake::UnknownCommand(name)),
    };
    match words.next() {
        None => Ok(command),
        Some(extra) => Err(Mistake::UnexpectedArgument(extra)),
    }
}

fn parse_bench(words: impl Iterator<Item = String>) -> Result<BenchOptions, Mistake> {
    let mut options = BenchOptions::default();
    for word in words {
        let option = match word.as_str() {
            "--quick" => &mut options.quick,
            "--build" => &mut options.build,
            "--write" => &mut options.write,
            _ => return Err(Mistake::UnexpectedArgument(word)),
        };
        *option = true;
    }
    Ok(options)
}

/// The usage text, with one line per command.
pub(crate) fn usage() -> String {
    let mut text = String::from("Usage: cargo xtask <command>\n\nCommands:");
    for (name, summary) in COMMANDS {
        text.push_str(&format!("\n  {name:<10} {summary}"));
    }
    text
}

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCommand => formatter.write_str("no command given"),
            Self::UnknownCommand(name) => write!(formatter, "unknown command `{name}`"),
            Self::MissingArgument(argument) => write!(formatter, "missing argument {argument}"),
            Self::UnexpectedArgument(argument) => {
                write!(formatter, "unexpected argument `{argument}`")
            }
        }
    }
}

const COMMANDS: &[(&str, &str)] = &[
    (
        "codegen",
        "Write the generated files; with --check, only compare them",
    ),
    ("help", "List the commands"),
    (
        "bench",
        "Measure time, memory and dependencies; --quick, --build, --write",
    ),
    (
        "new-vendor",
        "Write a vendor crate, to be finished by filling in facts; NAME",
    ),
    (
        "tidy",
        "Check the house rules that the compiler does not know",
    ),
    (
        "features",
        "checks every feature and pair of features, and their stated costs; crates may be named",
    ),
    ("tidy", "checks the house rules that no compiler knows"),
];

#[cfg(test)]
mod tests;
