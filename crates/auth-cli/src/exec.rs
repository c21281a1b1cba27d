//! `vauth exec`: replaces this process by a command that has a token in its environment.
//!
//! Since the process is replaced, the command has vauth's process id: signals, job control and the exit code need no forwarding.

mod missing;

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::Command;

use auth_core::AccessToken;

use crate::credentials::family_of;
use crate::failure::Failure;
use crate::logging;
use crate::store;
use crate::variables::Variables;
use crate::vendor::{Vendor, is_secret};

/// A command whose arguments were checked before the sign-in.
#[derive(Debug)]
pub(crate) struct Prepared {
    program: OsString,
    arguments: Vec<OsString>,
    /// The variable for the token; the vendor's, if not given.
    variable: Option<String>,
}

impl Prepared {
    pub(crate) fn new(
        mut command: Vec<OsString>,
        variable: Option<String>,
    ) -> Result<Self, Failure> {
        if let Some(name) = &variable
            && !is_variable(name)
        {
            return Err(Failure::Usage(
                "--env is not the name of a variable: use letters, digits and underscores, and no digit at the start"
                    .to_owned(),
            ));
        }
        if command.first().is_none_or(|program| program.is_empty()) {
            return Err(Failure::Usage(
                "the command is empty: write it after --".to_owned(),
            ));
        }
        let arguments = command.split_off(1);
        Ok(Self {
            program: command.remove(0),
            arguments,
            variable,
        })
    }

    /// Runs the command in the place of this process; returns only why that failed.
    ///
    /// With the variables of this process, the command inherits none that contain credentials.
    pub(crate) fn replace_this_process(
        self,
        vendor: Vendor,
        token: &AccessToken,
        variables: Option<&Variables>,
    ) -> Failure {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        if let Some(variables) = variables {
            for name in credentials(vendor, variables) {
                command.env_remove(name);
            }
        }
        let variable = self.variable.unwrap_or_else(|| vendor.token_variable());
        command.env(variable, token.expose_secret());
        logging::finish();
        run(&mut command, &self.program)
    }
}

#[cfg(unix)]
fn run(command: &mut Command, program: &OsStr) -> Failure {
    use std::os::unix::process::CommandExt as _;

    cannot_run(program, &command.exec())
}

/// Elsewhere a process cannot be replaced: it waits for the command, and ends as it did.
#[cfg(not(unix))]
fn run(command: &mut Command, program: &OsStr) -> Failure {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => cannot_run(program, &error),
    }
}

fn cannot_run(program: &OsStr, error: &io::Error) -> Failure {
    let name = program.to_string_lossy();
    let (code, message) = match (error.kind(), missing::interpreter(program)) {
        (io::ErrorKind::NotFound, Some(what)) => {
            (CANNOT_RUN, format!("{name:?} cannot be run: {what}"))
        }
        (io::ErrorKind::NotFound, None) => (
            NOT_FOUND,
            format!("{name:?} was not found: check the name, and PATH"),
        ),
        _ => (CANNOT_RUN, format!("{name:?} cannot be run: {error}")),
    };
    Failure::Exec { code, message }
}

/// Returns true for the names that every shell accepts.
fn is_variable(name: &str) -> bool {
    let is_start = |first: char| first.is_ascii_alphabetic() || first == '_';
    name.starts_with(is_start)
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '_')
}

/// Returns the variables that the command does not inherit: every secret that vauth reads, and all credentials of the vendor,
/// which would contradict the token.
fn credentials(signed_in: Vendor, variables: &Variables) -> Vec<String> {
    let mut names = store::secret_variables(variables);
    for vendor in Vendor::ALL {
        for row in vendor.settings() {
            let name = row.name();
            let secret = name.strip_suffix("_file").unwrap_or(name);
            let is_own = vendor == signed_in && family_of(name).is_some();
            if is_secret(secret) || is_own {
                let found = [row.variable(), row.fallback()].into_iter().flatten();
                names.extend(found.map(str::to_owned));
            }
        }
    }
    names
}

/// As shells.
const NOT_FOUND: u8 = 127;
const CANNOT_RUN: u8 = 126;

#[cfg(test)]
mod tests;
