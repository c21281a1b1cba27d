//! The part of OpenAPI 3.0 and 3.1 that our description uses; any other keyword is an error, so that none is lost in silence.

use std::collections::BTreeMap;
use std::error::Error;

use serde::Deserialize;

use super::openapi::{Version, as_3_0, version_of};

/// A whole description, read from JSON. Maps are in the order of their keys, whatever the file's is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    #[serde(rename = "openapi")]
    _openapi: String,
    #[serde(rename = "info")]
    _info: serde_json::Value,
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests look at it"))]
    pub(crate) tags: Vec<Tag>,
    pub(crate) paths: BTreeMap<String, BTreeMap<String, Operation>>,
    pub(crate) components: Components,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "only tests look at it"))]
pub(crate) struct Tag {
    pub(crate) name: String,
    #[serde(default, rename = "description")]
    _description: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Components {
    pub(crate) schemas: BTreeMap<String, Schema>,
    #[serde(default)]
    pub(crate) responses: BTreeMap<String, Response>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Operation {
    pub(crate) operation_id: String,
    pub(crate) tags: Vec<String>,
    pub(crate) summary: String,
    #[serde(default, rename = "deprecated")]
    _deprecated: bool,
    #[serde(rename = "x-since")]
    pub(crate) since: String,
    #[serde(default, rename = "x-deprecated-since")]
    _deprecated_since: Option<String>,
    #[serde(default, rename = "x-removed")]
    pub(crate) removed: Option<String>,
    #[serde(default, rename = "x-replaced-by")]
    pub(crate) replaced_by: Option<String>,
    #[serde(default, rename = "x-undescribed")]
    _undescribed: bool,
    /// The members that a list may be in, outermost first; empty for an operation that returns no list.
    #[serde(default, rename = "x-list")]
    pub(crate) list: Vec<String>,
    #[serde(default)]
    pub(crate) parameters: Vec<Parameter>,
    #[serde(default)]
    pub(crate) request_body: Option<Body>,
    pub(crate) responses: BTreeMap<String, Response>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    #[serde(rename = "in")]
    pub(crate) place: String,
    pub(crate) required: bool,
    #[serde(default, rename = "style")]
    _style: Option<String>,
    /// Whether each item of an array is a parameter of its own; the standard's default for a query is true.
    #[serde(default)]
    pub(crate) explode: Option<bool>,
    pub(crate) schema: Schema,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    #[serde(rename = "required")]
    _required: bool,
    pub(crate) content: BTreeMap<String, Media>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Response {
    #[serde(default, rename = "$ref")]
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests look at it"))]
    pub(crate) reference: Option<String>,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default, rename = "x-undescribed")]
    _undescribed: bool,
    #[serde(default)]
    pub(crate) content: BTreeMap<String, Media>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Media {
    pub(crate) schema: Schema,
}

/// A schema, or a reference to a named one.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schema {
    #[serde(default, rename = "$ref")]
    pub(crate) reference: Option<String>,
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<Kind>,
    #[serde(default, rename = "description")]
    _description: String,
    #[serde(default)]
    pub(crate) properties: BTreeMap<String, Self>,
    #[serde(default)]
    pub(crate) required: Vec<String>,
    #[serde(default)]
    pub(crate) items: Option<Box<Self>>,
    #[serde(default, rename = "enum")]
    pub(crate) values: Vec<String>,
    #[serde(default)]
    pub(crate) nullable: bool,
    /// An object whose members are passed on as they are, so that it needs no type of its own.
    #[serde(default, rename = "additionalProperties")]
    pub(crate) free_form: bool,
    #[serde(default)]
    pub(crate) deprecated: bool,
    #[serde(default, rename = "x-secret")]
    pub(crate) secret: bool,
    #[serde(default, rename = "x-also-type")]
    pub(crate) also_type: Option<Kind>,
    /// The type that reads or writes this schema together with others, if it has none of its own.
    #[serde(default, rename = "x-type")]
    pub(crate) shared_type: Option<String>,
    #[serde(default, rename = "x-may-be-absent")]
    _may_be_absent: bool,
    #[serde(default, rename = "x-undescribed")]
    _undescribed: bool,
    // What the server checks for itself; no wire type depends on it.
    #[serde(default, rename = "format")]
    _format: Option<String>,
    #[serde(default, rename = "pattern")]
    _pattern: Option<String>,
    #[serde(default, rename = "default")]
    _default: Option<serde_json::Value>,
    #[serde(default, rename = "minimum")]
    _minimum: Option<i64>,
    #[serde(default, rename = "maximum")]
    _maximum: Option<i64>,
    #[serde(default, rename = "minLength")]
    _min_length: Option<u64>,
    #[serde(default, rename = "maxLength")]
    _max_length: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
}

impl Spec {
    /// # Errors
    ///
    /// Says in which line the text is no description of the kind that is understood here.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        match version_of(text)? {
            Version::V3_0 => serde_json::from_str(text),
            Version::V3_1 => serde_json::from_value(as_3_0(serde_json::from_str(text)?)?),
        }
    }

    /// The name and the schema that a reference leads to.
    pub(crate) fn resolve<'a>(
        &'a self,
        reference: &'a str,
    ) -> Result<(&'a str, &'a Schema), Box<dyn Error>> {
        let name = reference
            .strip_prefix("#/components/schemas/")
            .ok_or_else(|| format!("`{reference}` is no reference to a schema"))?;
        let schema = self
            .components
            .schemas
            .get(name)
            .ok_or_else(|| format!("there is no schema `{name}`"))?;
        Ok((name, schema))
    }
}

#[cfg(test)]
mod tests;
