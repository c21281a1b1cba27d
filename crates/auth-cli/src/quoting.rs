//! Words and assignments of variables in the syntax of each shell, whatever they contain.

use crate::failure::Failure;

/// The syntax of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// sh, bash, zsh and the like.
    Sh,
    /// The same without `export`.
    ShNoExport,
    /// A .env file.
    Dotenv,
    Fish,
    Powershell,
    /// Windows' cmd.exe.
    Cmd,
}

impl Syntax {
    /// Returns one assignment with its line end; the name must be a valid one.
    pub(crate) fn assign(self, name: &str, value: &str) -> Result<String, Failure> {
        if value.contains('\0') {
            return Err(impossible(name, "a zero byte", "an environment variable"));
        }
        let (start, value, end) = match self {
            Self::Sh => ("export ", sh(value), ""),
            Self::ShNoExport => ("", sh(value), ""),
            Self::Dotenv => ("", dotenv(name, value)?, ""),
            Self::Fish => ("set -gx ", fish(value), ""),
            Self::Powershell => ("$Env:", powershell(value), ""),
            Self::Cmd => ("set \"", cmd(name, value)?, "\""),
        };
        let separator = match self {
            Self::Sh | Self::ShNoExport | Self::Dotenv | Self::Cmd => "=",
            Self::Fish => " ",
            Self::Powershell => " = ",
        };
        Ok([start, name, separator, &value, end, "\n"].concat())
    }
}

/// Quotes text so that a shell reads it as one word, whatever it contains.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./:@%+=,".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    sh(word)
}

/// Nothing is special within single quotes.
fn sh(value: &str) -> String {
    ["'", &value.replace('\'', r"'\''"), "'"].concat()
}

/// Within single quotes, fish knows the two escapes that are needed.
fn fish(value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('\'', r"\'");
    ["'", &value, "'"].concat()
}

/// PowerShell also accepts typographic quotes, each doubled within the quotes.
fn powershell(value: &str) -> String {
    let mut quoted = String::from("'");
    for character in value.chars() {
        if matches!(character, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(character);
        }
        quoted.push(character);
    }
    quoted.push('\'');
    quoted
}

/// Within double quotes, only these characters are special, and cmd.exe has no reliable escape for them.
fn cmd(name: &str, value: &str) -> Result<String, Failure> {
    let is_special =
        |character: char| matches!(character, '"' | '%' | '!' | '^') || character.is_control();
    match value.chars().any(is_special) {
        true => Err(impossible(
            name,
            "a character that is special to cmd.exe",
            "its set command; use another format",
        )),
        false => Ok(value.to_owned()),
    }
}

/// Plain values need no quotes, which some readers take as part of the value.
///
/// Which backslashes are escapes, other than those of line ends within double quotes, differs between readers.
fn dotenv(name: &str, value: &str) -> Result<String, Failure> {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./:@%+=,~".contains(character);
    if value.chars().all(is_plain) {
        return Ok(value.to_owned());
    }
    let needs_escapes = |special: &[char]| value.contains('\\') || value.contains(special);
    if !needs_escapes(&['\'', '\n', '\r']) {
        return Ok(["'", value, "'"].concat());
    }
    if needs_escapes(&['"', '$', '`']) {
        return Err(impossible(
            name,
            "a backslash, or a quote or a line end beside a character that would need one,",
            "a line that all readers of .env files read alike; use another format",
        ));
    }
    let value = value.replace('\n', "\\n").replace('\r', "\\r");
    Ok(["\"", &value, "\""].concat())
}

/// The value is not repeated: it is a secret.
fn impossible(name: &str, what: &str, place: &str) -> Failure {
    Failure::Usage(format!(
        "the value of {name} contains {what} and cannot be written as {place}"
    ))
}

#[cfg(test)]
mod tests;
