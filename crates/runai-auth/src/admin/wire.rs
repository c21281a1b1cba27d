//! What the generated wire types are made with: how lists, secrets and mixed scalars are read and written.

mod created;
mod list;

pub(crate) use created::Members;
pub(crate) use list::{List, read_list};

use auth_core::Secret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value;

/// Writes a secret into a request, the one place where it has to be readable.
pub(crate) fn expose_secret<S: Serializer>(
    secret: &Secret,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

/// Reads a secret; absent, empty and of another type alike are none.
pub(crate) fn secret<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Secret>, D::Error> {
    Ok(text(deserializer)?
        .filter(|text| !text.is_empty())
        .map(Secret::from))
}

/// Reads text that some servers send as a number; absent, null and of another type alike are none.
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

/// Reads a truth value that some servers send as text.
pub(crate) fn boolean<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(value) => Some(value),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    })
}

/// Reads a name out of an open list of them.
pub(crate) fn open_enum<'de, D: Deserializer<'de>, T: From<String>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(text(deserializer)?.map(T::from))
}

/// Reads several names; what is no name is left out.
pub(crate) fn open_enums<'de, D: Deserializer<'de>, T: From<String>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let texts = texts(deserializer)?;
    Ok(texts.map(|texts| texts.into_iter().map(T::from).collect()))
}

/// Reads several texts; what is no text is left out.
pub(crate) fn texts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<String>>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => Some(items.into_iter().filter_map(to_text).collect()),
        _ => None,
    })
}

/// Reads a list of objects; what is none is one that says nothing, so that no item is lost.
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
