//! What the generated wire types are made with: an operation's facts, and how secrets and mixed scalars are read and written.

use auth_core::Secret;
use serde::{Deserialize, Deserializer, Serializer};

/// One operation of the admin API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The name that the vendor's descriptions have for it.
    pub(crate) id: &'static str,
    pub(crate) method: &'static str,
    /// The path below the base URL, with its parameters in braces.
    pub(crate) path: &'static str,
    /// The first control plane that has it.
    pub(crate) since: &'static str,
    /// The first one that no longer has it.
    pub(crate) removed: Option<&'static str>,
    /// What does the same on a control plane that does not have it, in words.
    pub(crate) replacement: Option<&'static str>,
}

/// Writes a secret into a request, the one place where it has to be readable.
pub(crate) fn expose<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

/// Reads a secret; absent and null alike are none.
pub(crate) fn secret<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Secret>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(Secret::from))
}

/// Reads text that some servers send as a number; absent and null alike are none.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Scalar {
        Text(String),
        Number(i64),
    }
    let scalar = Option::<Scalar>::deserialize(deserializer)?;
    Ok(scalar.map(|scalar| match scalar {
        Scalar::Text(text) => text,
        Scalar::Number(number) => number.to_string(),
    }))
}

#[cfg(test)]
mod tests;
