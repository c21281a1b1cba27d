//! Confirmation of destructive commands.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::arguments::ConfirmArguments;
use crate::failure::Failure;
use crate::text::one_line;

/// Fails if a confirmation is needed and there is no terminal to ask on; `what` is a phrase such as "delete user 7".
pub(crate) fn check(what: &str, arguments: &ConfirmArguments) -> Result<(), Failure> {
    let is_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
    if arguments.yes || is_terminal {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "refusing to {} without confirmation: no terminal; pass --yes",
        one_line(what)
    )))
}

/// Succeeds if the arguments or the user at the terminal confirm; without a terminal, it fails.
pub(crate) fn confirm(what: &str, arguments: &ConfirmArguments) -> Result<(), Failure> {
    check(what, arguments)?;
    if arguments.yes {
        return Ok(());
    }
    let what = one_line(what);
    let stdin = io::stdin();
    let mut answer = String::new();
    let mut stderr = io::stderr().lock();
    write!(stderr, "{what}? [y/N] ")
        .and_then(|()| stderr.flush())
        .and_then(|()| stdin.lock().read_line(&mut answer))
        .map_err(|error| {
            Failure::System("cannot read the confirmation from the terminal", error)
        })?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(Failure::Usage("cancelled: nothing was changed".to_owned()))
}
