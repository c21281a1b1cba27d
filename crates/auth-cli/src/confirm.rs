//! Asks before something is destroyed.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::arguments::ConfirmArguments;
use crate::failure::{Failure, one_line};

/// Goes on if the arguments or somebody at the terminal say yes; `what` reads as in "delete user 7".
///
/// Without a terminal there is nobody to ask, and nothing is done.
pub(crate) fn confirm(what: &str, arguments: &ConfirmArguments) -> Result<(), Failure> {
    if arguments.yes {
        return Ok(());
    }
    let what = one_line(what);
    let stdin = io::stdin();
    if !stdin.is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::Usage(format!(
            "there is nobody to ask whether to {what}: give --yes if that is meant"
        )));
    }
    let mut answer = String::new();
    let mut stderr = io::stderr().lock();
    write!(stderr, "{what}? [y/N] ")
        .and_then(|()| stderr.flush())
        .and_then(|()| stdin.lock().read_line(&mut answer))
        .map_err(|error| Failure::System("cannot ask on the terminal", error))?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(Failure::Usage("nothing was done".to_owned()))
}
