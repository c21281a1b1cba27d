//! Filters, order and pages of Run:ai's lists, by the query parameters that its specification names.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::call::{Call, bad_request};
use crate::reply::Reply;

/// Describes what a list can be filtered and ordered by.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Each name in a query, and the JSON pointer to what it stands for.
    pub(crate) fields: &'static [(&'static str, &'static str)],
    pub(crate) operators: &'static [&'static str],
    /// The names of the fields that `search` looks at.
    pub(crate) searched: &'static [&'static str],
    /// How many items a page has unless the query says; a page never has more than 500.
    pub(crate) default_limit: usize,
}

/// Keeps the items that match `filterBy` and `search`.
pub(crate) fn filter(
    call: &Call<'_>,
    shape: &Shape,
    mut items: Vec<Value>,
) -> Result<Vec<Value>, Reply> {
    for text in call.query("filterBy").iter().flat_map(|all| all.split(',')) {
        let condition = Condition::read(text, shape)
            .ok_or_else(|| bad_request(&format!("filterBy cannot be read: {text}")))?;
        items.retain(|item| condition.holds(item));
    }
    if let Some(wanted) = call.query("search") {
        items.retain(|item| shape.searched(item).any(|text| contains(&text, &wanted)));
    }
    Ok(items)
}

/// Orders the items as `sortBy` and `sortOrder` ask, and cuts one page out of them.
pub(crate) fn page(
    call: &Call<'_>,
    shape: &Shape,
    mut items: Vec<Value>,
) -> Result<Vec<Value>, Reply> {
    let descending = match call.query("sortOrder").as_deref() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(bad_request("sortOrder must be asc or desc")),
    };
    if let Some(name) = call.query("sortBy") {
        let pointer = shape
            .pointer(&name)
            .ok_or_else(|| bad_request("sortBy names no field to sort by"))?;
        items.sort_by(|left, right| {
            let (left, right) = (text_at(left, pointer), text_at(right, pointer));
            compare(&left.unwrap_or_default(), &right.unwrap_or_default())
        });
    }
    if descending {
        items.reverse();
    }
    let offset = offset(call)?;
    let limit = number(call, "limit", shape.default_limit)?;
    if !(1..=MOST_ITEMS).contains(&limit) {
        return Err(bad_request("limit must be 1 to 500"));
    }
    Ok(items.into_iter().skip(offset).take(limit).collect())
}

/// Cuts a page out of the items, in an object that also names the offset of the next one, if there is one.
pub(crate) fn with_next(
    call: &Call<'_>,
    shape: &Shape,
    name: &str,
    items: Vec<Value>,
) -> Result<Value, Reply> {
    let total = items.len();
    let page = page(call, shape, items)?;
    let end = offset(call)?.saturating_add(page.len());
    let mut body = Value::Object(Map::new());
    body[name] = page.into();
    if end < total {
        body["next"] = end.into();
    }
    Ok(body)
}

/// Returns how many items the query passes over.
fn offset(call: &Call<'_>) -> Result<usize, Reply> {
    number(call, "offset", 0)
}

/// Returns true if one text is somewhere in the other, whatever the case.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

impl Shape {
    fn pointer(&self, name: &str) -> Option<&'static str> {
        let found = self.fields.iter().find(|(field, _)| *field == name);
        found.map(|(_, pointer)| *pointer)
    }

    fn searched<'a>(&self, item: &'a Value) -> impl Iterator<Item = String> + use<'a> {
        let searched = self.searched;
        let fields = self.fields.iter();
        fields
            .filter(move |(name, _)| searched.contains(name))
            .filter_map(|(_, pointer)| text_at(item, pointer))
    }
}

/// One part of `filterBy`, such as `username=@b.io`.
struct Condition<'a> {
    pointer: &'static str,
    operator: &'static str,
    value: &'a str,
}

impl<'a> Condition<'a> {
    fn read(text: &'a str, shape: &Shape) -> Option<Self> {
        let end = text.find(|character: char| !character.is_ascii_alphanumeric())?;
        let (name, rest) = text.split_at(end);
        let operator = shape
            .operators
            .iter()
            .find(|text| rest.starts_with(**text))?;
        let value = &rest[operator.len()..];
        Some(Self {
            pointer: shape.pointer(name)?,
            operator,
            value,
        })
        .filter(|_| !value.is_empty())
    }

    /// What is null fulfils nothing but "is not".
    fn holds(&self, item: &Value) -> bool {
        let Some(text) = text_at(item, self.pointer) else {
            return self.operator.starts_with('!');
        };
        match self.operator {
            "==" => text == self.value,
            "!=" => text != self.value,
            "<=" => compare(&text, self.value).is_le(),
            ">=" => compare(&text, self.value).is_ge(),
            "=@" => contains(&text, self.value),
            "!@" => !contains(&text, self.value),
            "=^" => text.starts_with(self.value),
            _ => text.ends_with(self.value),
        }
    }
}

/// Numbers by size, all else by its letters; dates are such that both are the same.
fn compare(left: &str, right: &str) -> Ordering {
    let number = |text: &str| {
        let is_number = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        text.parse::<f64>().ok().filter(|_| is_number)
    };
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.total_cmp(&right),
        _ => left.cmp(right),
    }
}

fn text_at(item: &Value, pointer: &str) -> Option<String> {
    match item.pointer(pointer)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn number(call: &Call<'_>, name: &str, default: usize) -> Result<usize, Reply> {
    call.query(name).map_or(Ok(default), |text| {
        text.parse()
            .map_err(|_| bad_request(&format!("{name} must be a number that is not negative")))
    })
}

/// The operators of all lists but users.
pub(crate) const ALL_OPERATORS: &[&str] = &["==", "!=", "<=", ">=", "=@", "!@", "=^", "=$"];

/// The specification's upper limit for every list that has pages.
const MOST_ITEMS: usize = 500;
