//! Arguments of every command: the profile, logging and colours.

use clap::{ArgAction, Args, ValueEnum};

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArguments {
    /// Use the settings of this profile; VAUTH_PROFILE, or 'default', if not given.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Log to standard error: requests and retries; -vv for all details. Secrets are never logged.
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub(crate) verbose: u8,
    /// Print only the result and errors: no progress and no logs.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Colour the output; by default on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: Color,
}

/// When to colour the output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    /// Finds the choice among unparsed arguments: clap's own errors have colours as well.
    pub(crate) fn among(arguments: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut color = Self::Auto;
        let mut is_value = false;
        for argument in arguments {
            let argument = argument.as_ref();
            let value = match argument.strip_prefix("--color=") {
                Some(value) => Some(value),
                None if is_value => Some(argument),
                None if argument == "--" => break,
                None => None,
            };
            is_value = argument == "--color";
            if let Some(Ok(choice)) = value.map(|value| Self::from_str(value, false)) {
                color = choice;
            }
        }
        color
    }
}

#[cfg(test)]
mod tests;
