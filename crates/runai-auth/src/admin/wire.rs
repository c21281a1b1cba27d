//! Helpers of the generated wire types: reading and writing lists, secrets and mixed scalars.

mod created;
mod list;

pub(crate) use created::Members;
pub(crate) use list::{List, read_list};

use auth_core::Secret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value;

/// Writes a secret into a request, the only place where it must be readable.
pub(crate) fn expose_secret<S: Serializer>(
    secret: &Secret,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

/// Reads a secret; an absent or empty value or one of another type counts as none.
pub(crate) fn secret<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Secret>, D::Error> {
    Ok(text(deserializer)?
        .filter(|text| !text.is_empty())
        .map(Secret::from))
}

/// Reads text that some servers send as a number; an absent value, null or another type counts as none.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(deserializer).map(to_text)
}

/// Reads a whole number that some servers send as text.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// Reads a number that some servers send as text.
pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let number = match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    Ok(number.filter(|number| number.is_finite()))
}

/// Reads a boolean that some servers send as text.
pub(crate) fn boolean<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(value) => Some(value),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    })
}

/// Reads a value of an open enum.
pub(crate) fn open_enum<'de, D: Deserializer<'de>, T: From<String>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(text(deserializer)?.map(T::from))
}

/// Reads several values of an open enum; others are omitted.
pub(crate) fn open_enums<'de, D: Deserializer<'de>, T: From<String>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let texts = texts(deserializer)?;
    Ok(texts.map(|texts| texts.into_iter().map(T::from).collect()))
}

/// Reads several strings; other values are omitted.
pub(crate) fn texts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<String>>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => Some(items.into_iter().filter_map(to_text).collect()),
        _ => None,
    })
}

/// Reads a list of objects; other values become empty objects, so that no item is lost.
pub(crate) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => Some(items.into_iter().map(read_item).collect()),
        _ => None,
    })
}

/// Reads an object within an object.
pub(crate) fn part<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

/// Reads one object of a list.
pub(crate) fn read_item<T: DeserializeOwned + Default>(item: Value) -> T {
    serde_json::from_value(item).unwrap_or_default()
}

fn to_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
