//! Reads the body of a list, whatever its envelope, and what it says about further pages.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::read_item;

/// A list from a response.
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
    pub(crate) total: Option<u64>,
    pub(crate) has_more: Option<bool>,
    /// The length of the response.
    pub(crate) bytes: usize,
}

/// Reads a list that is the body itself or in one of these members; `None` if there is no list.
///
/// An item that is not an object becomes an empty one, so that it neither makes the list unreadable nor is lost.
pub(crate) fn read_list<T: DeserializeOwned + Default>(
    body: Value,
    members: &[&str],
) -> Option<List<T>> {
    let (total, has_more) = (total_of(&body), more_of(&body));
    match body {
        Value::Array(items) => Some(List {
            items: items.into_iter().map(read_item).collect(),
            total,
            has_more,
            bytes: 0,
        }),
        Value::Object(mut body) => {
            let inner = members.iter().find_map(|member| body.remove(*member))?;
            let list = read_list(inner, members)?;
            Some(List {
                total: list.total.or(total),
                has_more: list.has_more.or(has_more),
                ..list
            })
        }
        _ => None,
    }
}

/// A total may be text; anything but a count is ignored.
fn total_of(body: &Value) -> Option<u64> {
    match body.get("totalRecords")? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A next page is indicated by its offset or by a link; either only means that there is one.
fn more_of(body: &Value) -> Option<bool> {
    Some(match body.get("next")? {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    })
}
