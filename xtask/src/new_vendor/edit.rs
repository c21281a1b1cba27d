//! Lines that a new vendor adds to files that are there.

use super::name::VendorName;

/// Returns true if some line of a manifest sets this key.
pub(super) fn has_key(text: &str, key: &str) -> bool {
    text.lines().any(|line| key_of(line) == Some(key))
}

/// Adds a line to a table of a manifest whose keys are in the order of the alphabet.
pub(super) fn insert_key(text: &str, table: &str, line: &str) -> Result<String, String> {
    let start = text
        .lines()
        .position(|it| it == table)
        .ok_or_else(|| format!("a manifest has no {table}"))?;
    let mut at = start + 1;
    for (number, it) in text.lines().enumerate().skip(start + 1) {
        if it.starts_with('[') {
            break;
        }
        if key_of(it).is_some_and(|key| Some(key) < key_of(line)) {
            at = number + 1;
        }
    }
    Ok(inserted(text, at, line))
}

/// Adds a line behind the one that is given.
pub(super) fn insert_line(text: &str, after: &str, line: &str) -> Result<String, String> {
    let at = text.lines().position(|it| it == after);
    let at = at.ok_or_else(|| format!("there is no line `{after}`"))?;
    Ok(inserted(text, at + 1, line))
}

/// Adds a line at the end of a list that starts behind `start` and ends with `];`.
pub(super) fn insert_into(text: &str, start: &str, line: &str) -> Result<String, String> {
    let (_, end) = list(text, start)?;
    Ok(inserted(text, end, line))
}

/// As [`insert_into`], in the order of the alphabet.
pub(super) fn insert_sorted(text: &str, start: &str, line: &str) -> Result<String, String> {
    let (first, end) = list(text, start)?;
    let rows = text.lines().skip(first).take(end - first);
    let at = first + rows.filter(|row| *row < line).count();
    Ok(inserted(text, at, line))
}

/// Makes a new crate's manifest: the model's head, features and tables, with the dependencies of the templates.
pub(super) fn manifest(model: &str, name: &VendorName) -> Result<String, String> {
    let package = name.package();
    let description = format!(
        "Authentication for {}: OAuth 2.0 client credentials, token refresh and authorized requests",
        name.type_name()
    );
    let mut text = String::new();
    let mut table = "";
    for line in model.lines() {
        if line.starts_with('[') {
            table = line;
            if table == "[dependencies]" {
                text.push_str(DEPENDENCIES);
            }
        }
        match (table, key_of(line)) {
            ("[dependencies]", _) => continue,
            ("[package]", Some("name")) => text.push_str(&format!("name = \"{package}\"")),
            ("[package]", Some("description")) => {
                text.push_str(&format!("description = \"{description}\""))
            }
            ("[package]", Some("documentation")) => {
                text.push_str(&format!("documentation = \"https://docs.rs/{package}\""))
            }
            ("[package]", Some("keywords")) => text.push_str(&format!(
                "keywords = [\"{}\", \"oauth2\", \"authentication\", \"token\"]",
                name.as_str()
            )),
            _ => text.push_str(line),
        }
        text.push('\n');
    }
    if text.contains("[features]") && text.contains(DEPENDENCIES) {
        Ok(text)
    } else {
        Err("the model's manifest has no features or no dependencies".to_owned())
    }
}

/// The lines of a list: its first, and the one behind its last.
fn list(text: &str, start: &str) -> Result<(usize, usize), String> {
    let missing = || format!("there is no list behind `{start}`");
    let first = text.lines().position(|line| {
        line.starts_with(start) || line.starts_with(&format!("pub(crate) {start}"))
    });
    let first = first.ok_or_else(missing)? + 1;
    let length = text.lines().skip(first).position(|line| line == "];");
    Ok((first, first + length.ok_or_else(missing)?))
}

fn inserted(text: &str, at: usize, line: &str) -> String {
    let mut lines: Vec<_> = text.lines().collect();
    lines.insert(at, line);
    lines.join("\n") + "\n"
}

fn key_of(line: &str) -> Option<&str> {
    let key = line.split(['=', '.', ' ']).next()?;
    (!key.is_empty() && !key.starts_with(['#', '['])).then_some(key)
}

const DEPENDENCIES: &str = "[dependencies]
auth-core.workspace = true
http.workspace = true
serde = { workspace = true, features = [\"derive\"] }

";

#[cfg(test)]
mod tests;
