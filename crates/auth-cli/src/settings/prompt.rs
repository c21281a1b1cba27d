//! Reads a secret from the terminal without echo.

use std::io::{self, IsTerminal as _};

use auth_core::Secret;
use auth_core::vendor::check_credential;

use crate::failure::Failure;

/// Returns true if there is a user who can type a secret.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Requests the secret; `what` is a phrase such as "Client secret for maia".
pub(crate) fn secret(what: &str) -> Result<Secret, Failure> {
    let text = rpassword::prompt_password(format!("{what}: "))
        .map_err(|error| Failure::System("cannot read the secret from the terminal", error))?;
    check_credential("the entered secret", &text)?;
    Ok(Secret::from(text))
}
