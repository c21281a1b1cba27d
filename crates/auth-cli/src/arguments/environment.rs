//! The help text on environment variables, from the vendors' tables of settings.

use crate::vendor::Vendor;

/// Lists every variable of every vendor: the required ones, and after a semicolon the optional ones.
pub(super) fn environment() -> String {
    let mut text = "Environment:".to_owned();
    for vendor in Vendor::ALL {
        let mut lines = Lines::new(&format!("  {vendor:<10}"));
        let rows = vendor.settings();
        let variables = |is_required| {
            let rows = rows
                .iter()
                .filter(move |row| row.is_required() == is_required);
            // Each secret may come from a file instead, which is said once for all of them.
            let variables = rows.filter(|row| !SECRET_FILES.contains(&row.name()));
            variables
                .filter_map(|row| row.variable())
                .collect::<Vec<_>>()
        };
        let (required, optional) = (variables(true), variables(false));
        let last = required.len() + optional.len();
        for (variable, number) in required.iter().chain(&optional).zip(1..) {
            let end = match number {
                _ if number == last => "",
                _ if number == required.len() => ";",
                _ => ",",
            };
            lines.push(&format!("{variable}{end}"));
        }
        text.push('\n');
        text.push_str(&lines.text);
    }
    text.push_str(
        "\nVariables after the semicolon are optional; a TOKEN replaces the id and the secret.\nEach secret and password can come from a file instead, which a variable ending in _FILE names.\n\
VAUTH_PROFILE selects a profile, VAUTH_CONFIG names the configuration file; options and variables precede the profile.\n\
VAUTH_STORE chooses where tokens are kept between runs: file, file:PATH, none, or the URL of a Redis server.",
    );
    text
}

/// Words in lines that fit a terminal, below each other.
struct Lines {
    text: String,
    indent: usize,
    width: usize,
}

impl Lines {
    fn new(start: &str) -> Self {
        Self {
            text: start.to_owned(),
            indent: start.len(),
            width: start.len(),
        }
    }

    fn push(&mut self, word: &str) {
        if self.width + 1 + word.len() > MAX_WIDTH {
            self.text.push('\n');
            self.text.push_str(&" ".repeat(self.indent));
            self.width = self.indent;
        } else if self.width > self.indent {
            self.text.push(' ');
            self.width += 1;
        }
        self.text.push_str(word);
        self.width += word.len();
    }
}

/// The settings of files that contain a secret which has a variable of its own.
const SECRET_FILES: [&str; 2] = ["client_secret_file", "password_file"];

/// The usual width of a terminal.
const MAX_WIDTH: usize = 80;

#[cfg(test)]
mod tests;
