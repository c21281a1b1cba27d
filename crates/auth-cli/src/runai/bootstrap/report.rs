//! A bootstrap's steps on standard output, each as soon as it is done.

use std::io::{self, IsTerminal as _, Write as _};

use auth_core::Secret;
use serde::{Serialize, Serializer};

use crate::failure::Failure;
use crate::output::print;
use crate::text::one_line;

/// A step as it is printed; the secret is included only on request.
#[derive(Serialize)]
pub(super) struct Printed<'a> {
    #[serde(serialize_with = "as_word")]
    step: &'static str,
    what: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
}

impl<'a> Printed<'a> {
    pub(super) fn new(step: &'static str, what: &'a str) -> Self {
        Self {
            step,
            what,
            secret: None,
        }
    }

    pub(super) fn with(self, secret: &'a Secret) -> Self {
        Self {
            secret: Some(secret.expose_secret()),
            ..self
        }
    }
}

/// Prints steps one by one, as one JSON array or as lines.
#[derive(Debug)]
pub(super) struct Report {
    json: bool,
    /// Whether standard output is reserved for a document.
    is_aside: bool,
    is_terminal: bool,
    is_started: bool,
    /// The failure of standard output; nothing is printed after it.
    broken: Option<Failure>,
}

impl Report {
    /// Creates a report on standard output, or `aside` on standard error.
    pub(super) fn new(json: bool, is_aside: bool) -> Self {
        let is_terminal = match is_aside {
            true => io::stderr().is_terminal(),
            false => io::stdout().is_terminal(),
        };
        Self {
            json,
            is_aside,
            is_terminal,
            is_started: false,
            broken: None,
        }
    }

    /// Prints a step; returns false if that failed, now or earlier.
    pub(super) fn step(&mut self, step: &Printed<'_>) -> bool {
        if self.broken.is_some() {
            return false;
        }
        // A reader that does not read must not block the runtime's signals and timers.
        let printed = tokio::task::block_in_place(|| {
            let text = self.render(step)?;
            if self.is_aside {
                // Without a reader, the step is lost, but not the document.
                let _ = io::stderr().lock().write_all(text.as_bytes());
                return Ok(());
            }
            print(text.as_bytes())
        });
        self.is_started = true;
        self.broken = printed.err();
        self.broken.is_none()
    }

    /// Returns the end of the output, or its failure.
    pub(super) fn end(&mut self) -> Result<&'static str, Failure> {
        if let Some(failure) = self.broken.take() {
            return Err(failure);
        }
        Ok(match (self.json, self.is_started) {
            (false, _) => "",
            (true, true) => "]\n",
            (true, false) => "[]\n",
        })
    }

    fn render(&self, step: &Printed<'_>) -> Result<String, Failure> {
        if self.json {
            let json = serde_json::to_string(step)
                .map_err(|error| Failure::System("cannot write JSON", error.into()))?;
            let start = if self.is_started { ',' } else { '[' };
            return Ok(format!("{start}{json}"));
        }
        let (name, what) = (step.step, one_line(step.what));
        let mut line = if self.is_terminal {
            format!("{name:<WIDTH$}  {what}")
        } else {
            format!("{name}\t{what}")
        };
        // The column exists even without a secret, so that scripts can rely on it.
        line.push_str(if self.is_terminal { "  " } else { "\t" });
        line.push_str(&step.secret.map(as_cell).unwrap_or_default());
        line.push('\n');
        Ok(line)
    }
}

/// Writes a step's name as one word, such as `created_access_rule`, for programs.
fn as_word<S: Serializer>(step: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let name = step.split(',').next().unwrap_or_default();
    serializer.serialize_str(&name.replace([' ', '-'], "_"))
}

/// The secret unchanged, or in JSON's quotes if it contains tabs, line breaks or terminal commands.
fn as_cell(secret: &str) -> String {
    if one_line(secret) == secret {
        return secret.to_owned();
    }
    serde_json::Value::from(secret).to_string()
}

/// As wide as the names of most steps.
const WIDTH: usize = 19;
