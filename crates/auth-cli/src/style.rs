//! Colours, on terminals whose user wants them.

use std::io::{self, IsTerminal as _};
use std::sync::OnceLock;

use clap::builder::styling::{AnsiColor, Style as Ansi};

/// The meaning of a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Error,
    Warning,
    Success,
    Heading,
    Dim,
}

/// Which streams are coloured.
#[derive(Debug, Clone, Copy, Default)]
struct Choice {
    stdout: bool,
    stderr: bool,
}

/// Decides which streams are coloured: `wanted` is the user's choice, if there is one.
pub(crate) fn decide(wanted: Option<bool>, is_disabled: bool) {
    let on = |is_terminal: bool| wanted.unwrap_or(is_terminal && !is_disabled);
    let choice = Choice {
        stdout: on(io::stdout().is_terminal()),
        stderr: on(io::stderr().is_terminal()),
    };
    // Only the first decision counts.
    let _ = CHOICE.set(choice);
}

/// Returns the text for standard output.
pub(crate) fn on_stdout(style: Style, text: &str) -> String {
    paint(choice().stdout, style, text)
}

/// Returns the text for standard error.
pub(crate) fn on_stderr(style: Style, text: &str) -> String {
    paint(choice().stderr, style, text)
}

/// Returns true if standard error is coloured.
pub(crate) fn is_stderr_coloured() -> bool {
    choice().stderr
}

fn choice() -> Choice {
    CHOICE.get().copied().unwrap_or_default()
}

fn paint(is_coloured: bool, style: Style, text: &str) -> String {
    if !is_coloured || text.is_empty() {
        return text.to_owned();
    }
    let color = |color: AnsiColor| Ansi::new().fg_color(Some(color.into()));
    let ansi = match style {
        Style::Error => color(AnsiColor::Red).bold(),
        Style::Warning => color(AnsiColor::Yellow).bold(),
        Style::Success => color(AnsiColor::Green),
        Style::Heading => Ansi::new().bold(),
        Style::Dim => Ansi::new().dimmed(),
    };
    format!("{ansi}{text}{ansi:#}")
}

/// Decided once, before anything is written.
static CHOICE: OnceLock<Choice> = OnceLock::new();
