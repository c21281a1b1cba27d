//! The version of a description, and a description of OpenAPI 3.1 in the words of 3.0.

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::{Error, Map, Value};

/// The versions that are understood; they differ in how a schema says that null is a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V3_0,
    V3_1,
}

/// # Errors
///
/// Names a version that is not understood.
pub(crate) fn version_of(text: &str) -> Result<Version, Error> {
    #[derive(Deserialize)]
    struct Head {
        openapi: String,
    }
    let Head { openapi } = serde_json::from_str(text)?;
    let mut parts = openapi.split('.');
    match (parts.next(), parts.next()) {
        (Some("3"), Some("0")) => Ok(Version::V3_0),
        (Some("3"), Some("1")) => Ok(Version::V3_1),
        _ => Err(Error::custom(format!(
            "OpenAPI {openapi} is not understood: use 3.0 or 3.1"
        ))),
    }
}

/// Rewrites what only 3.1 has: lists of types, a choice between a schema and null, `const` and `examples`.
///
/// # Errors
///
/// Says which schema has no counterpart in 3.0.
pub(crate) fn as_3_0(description: Value) -> Result<Value, Error> {
    Ok(match description {
        Value::Array(items) => {
            let items: Result<_, Error> = items.into_iter().map(as_3_0).collect();
            Value::Array(items?)
        }
        Value::Object(members) => {
            let mut object = Map::new();
            for (name, value) in members {
                // What these hold is data, not a part of the description.
                let value = match name.as_str() {
                    "default" | "enum" | "const" | "examples" => value,
                    _ => as_3_0(value)?,
                };
                object.insert(name, value);
            }
            unite_types(&mut object)?;
            unite_choice(&mut object, "anyOf")?;
            unite_choice(&mut object, "oneOf")?;
            unite_data(&mut object);
            Value::Object(object)
        }
        other => other,
    })
}

/// `["string", "null"]` is a nullable string; a second type is one that is sent as well.
fn unite_types(schema: &mut Map<String, Value>) -> Result<(), Error> {
    let Some(Value::Array(types)) = schema.get("type") else {
        return Ok(());
    };
    let is_null = |kind: &&Value| kind.as_str() == Some("null");
    let is_nullable = types.iter().any(|kind| is_null(&kind));
    let kinds: Vec<_> = types
        .iter()
        .filter(|kind| !is_null(kind))
        .cloned()
        .collect();
    let (kind, also) = match kinds.as_slice() {
        [kind] => (kind.clone(), None),
        [kind, also] => (kind.clone(), Some(also.clone())),
        _ => {
            let types = Value::from(types.clone());
            return Err(Error::custom(format!(
                "a schema has the types {types}: use one or two, and null"
            )));
        }
    };
    schema.insert("type".to_owned(), kind);
    if let Some(also) = also {
        schema.insert("x-also-type".to_owned(), also);
    }
    if is_nullable {
        schema.insert("nullable".to_owned(), true.into());
    }
    Ok(())
}

/// A choice between one schema and null is that schema, and nullable.
fn unite_choice(schema: &mut Map<String, Value>, keyword: &str) -> Result<(), Error> {
    let Some(Value::Array(choices)) = schema.get(keyword) else {
        return Ok(());
    };
    let is_null = |choice: &&Value| choice.get("type").and_then(Value::as_str) == Some("null");
    let others: Vec<_> = choices.iter().filter(|choice| !is_null(choice)).collect();
    let [Value::Object(only)] = others.as_slice() else {
        return Err(Error::custom(format!(
            "{keyword} is understood only as a choice between one schema and null"
        )));
    };
    let (only, is_nullable) = (only.clone(), others.len() < choices.len());
    schema.remove(keyword);
    schema.extend(only);
    if is_nullable {
        schema.insert("nullable".to_owned(), true.into());
    }
    Ok(())
}

/// A constant is an enum of one value, and examples have no part in the types.
///
/// A member may have such a name too, in which case its value is a schema.
fn unite_data(schema: &mut Map<String, Value>) {
    if schema.get("const").is_some_and(Value::is_string)
        && let Some(only) = schema.remove("const")
    {
        schema.insert("enum".to_owned(), vec![only].into());
    }
    if schema.get("examples").is_some_and(Value::is_array) {
        schema.remove("examples");
    }
}

#[cfg(test)]
mod tests;
