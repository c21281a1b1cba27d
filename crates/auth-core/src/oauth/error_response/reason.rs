//! Reads the reason from an error body in any of the common formats.

use serde_json::{Map, Value};

use crate::http::without_byte_order_mark;

/// A code and a message, if the body has them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}

impl Reason {
    /// Reads a body: JSON first, then plain text; of a web page, only its title.
    pub(super) fn read(body: &[u8]) -> Self {
        let body = without_byte_order_mark(body);
        if let Ok(value) = serde_json::from_slice::<Value>(body) {
            return Self::of_value(&value, MAX_DEPTH);
        }
        let text = String::from_utf8_lossy(&body[..body.len().min(MAX_TEXT)]);
        let text = text.trim();
        let message = if text.starts_with('<') {
            title_of(text)
        } else if text.starts_with(['{', '[']) {
            // Invalid JSON, which may contain anything.
            None
        } else {
            Some(text)
        };
        Self {
            code: None,
            message: message.filter(|text| !text.is_empty()).map(str::to_owned),
        }
    }

    /// Returns true if the body of a 2xx response is an error: it names one or denies success, and contains no token.
    pub(crate) fn is_in(body: &[u8]) -> bool {
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
            return false;
        };
        let has_token = object.iter().any(|(name, value)| {
            normal(name).ends_with("token") && value.as_str().is_some_and(|token| !token.is_empty())
        });
        let names_error = object
            .iter()
            .any(|(name, value)| match normal(name).as_str() {
                "error" | "errors" | "fault" => !is_nothing(value),
                "success" | "ok" => *value == Value::Bool(false),
                _ => false,
            });
        names_error && !has_token
    }

    fn of_value(value: &Value, depth: usize) -> Self {
        match value {
            Value::String(text) => Self {
                code: None,
                message: Some(text.clone()).filter(|text| !text.trim().is_empty()),
            },
            // Of several errors, the first one is usually the cause.
            Value::Array(values) if depth > 0 => values
                .first()
                .map(|first| Self::of_value(first, depth - 1))
                .unwrap_or_default(),
            Value::Object(object) if depth > 0 => Self::of_object(object, depth),
            _ => Self::default(),
        }
    }

    fn of_object(object: &Map<String, Value>, depth: usize) -> Self {
        let member = |wanted: &str| {
            let mut members = object.iter();
            members
                .find(|(name, value)| normal(name) == wanted && !is_nothing(value))
                .map(|(_, value)| value)
        };
        let mut reason = Self {
            code: CODES.iter().find_map(|name| code_in(member(name)?)),
            message: MESSAGES.iter().find_map(|name| message_in(member(name)?)),
        };
        if let Some(Value::String(code)) = member("error") {
            reason.code = Some(code.clone());
        }
        for name in NESTED {
            if reason.code.is_some() && reason.message.is_some() {
                break;
            }
            if let Some(nested @ (Value::Object(_) | Value::Array(_))) = member(name) {
                let nested = Self::of_value(nested, depth - 1);
                reason.code = reason.code.or(nested.code);
                reason.message = reason.message.or(nested.message);
            }
        }
        reason
    }
}

/// A member's name without its case and separators: `errorDescription` and `error_description` are one.
fn normal(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Bool(true) => false,
    }
}

fn code_in(value: &Value) -> Option<String> {
    match value {
        // A URI identifies a problem only for readers of its page, and the rest carries no information.
        Value::String(code)
            if !code.contains(|letter: char| letter.is_whitespace() || ":/".contains(letter))
                && !matches!(code.as_str(), "error" | "fail" | "failed") =>
        {
            Some(code.clone())
        }
        // A number repeats the status, or is meaningful only to the vendor.
        _ => None,
    }
}

fn message_in(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A gateway's error page has its reason in the title.
fn title_of(page: &str) -> Option<&str> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower[start..].find("</title>")?;
    Some(page[start..end].trim())
}

/// Members that may contain a code; the first present one counts.
const CODES: &[&str] = &["errorcode", "code", "type", "status", "reason"];

/// Members that may contain a message; the first present one counts.
const MESSAGES: &[&str] = &[
    "errordescription",
    "errormessage",
    "message",
    "detail",
    "details",
    "description",
    "faultstring",
    "msg",
    "title",
    "reason",
];

/// Members that may contain another object with a reason.
const NESTED: &[&str] = &["error", "errors", "fault", "detail", "details"];

/// Deeper than any error object.
const MAX_DEPTH: usize = 5;

/// A message is shortened to far less.
const MAX_TEXT: usize = 4 * 1024;

#[cfg(test)]
mod tests;
