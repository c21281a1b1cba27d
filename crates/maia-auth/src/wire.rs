//! Maia's wire format: its token request's parameter, its error texts, and its pages of projects.

use serde_json::Value;

/// The token request's parameter beyond RFC 6749.
pub(crate) const AUDIENCE: &str = "audience";

/// The path of the list of projects below the base URL.
pub(crate) const PROJECTS_PATH: &str = "/dpc/v1/projects";

/// The query parameters of a list: the page, counted from 0, and how many entries it has.
pub(crate) const PAGE: &str = "page";
pub(crate) const SIZE: &str = "size";

/// One page of a list; its metadata may be absent or malformed.
pub(crate) struct Page {
    pub(crate) results: Vec<Project>,
    pub(crate) size: Option<u64>,
    pub(crate) total: Option<u64>,
}

/// A project in a list; absent or unreadable members are empty.
#[derive(Default)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
}

/// Parses a page, or returns `None` if it contains no list; one malformed entry does not affect the others.
pub(crate) fn read_page(mut body: Value) -> Option<Page> {
    let (size, total) = (count(&body, "size"), count(&body, "total"));
    let results = match body.get_mut("results").map(Value::take) {
        Some(results) => results,
        None => body,
    };
    let Value::Array(results) = results else {
        return None;
    };
    Some(Page {
        results: results.iter().map(read_project).collect(),
        size,
        total,
    })
}

fn read_project(entry: &Value) -> Project {
    Project {
        id: text(entry, "id").unwrap_or_default(),
        name: text(entry, "name").unwrap_or_default(),
        description: text(entry, "description"),
    }
}

/// Reads text that may be a number.
fn text(entry: &Value, member: &str) -> Option<String> {
    match entry.get(member)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Reads a count, which may be text.
fn count(body: &Value, member: &str) -> Option<u64> {
    match body.get(member)? {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

/// Reads plain text, which a 403 may contain; markup and JSON are excluded.
pub(crate) fn read_prose(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_prose = !text.is_empty() && !text.starts_with(['<', '{', '[']);
    is_prose.then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
