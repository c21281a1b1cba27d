//! The text of the generated modules, before it is formatted.

mod functions;

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write;

use super::names::{camel_case, field, pascal_case, snake_case};
use super::plan::{Plan, SHARED, Side, Type};
use super::spec::{Kind, Schema, Spec};

/// Every generated file's name and text, in the order of the names.
///
/// # Errors
///
/// Says what of the description cannot be turned into types.
pub(crate) fn files(spec: &Spec) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let plan = Plan::new(spec)?;
    let mut files = Vec::new();
    for (title, types) in plan.modules() {
        files.push((
            format!("{}.rs", snake_case(title)),
            module(&plan, title, &types)?,
        ));
    }
    files.push(("mod.rs".to_owned(), root(&files)));
    files.sort();
    Ok(files)
}

fn root(files: &[(String, String)]) -> String {
    let mut text =
        head("The requests and wire types of admin calls, as `spec/admin.json` describes them.");
    // The description is complete; the public model uses only part of it.
    text.push_str("#![allow(dead_code, reason = \"the types follow the description, and the model takes what it needs\")]\n\n");
    let mut names: Vec<_> = files
        .iter()
        .filter_map(|(name, _)| name.strip_suffix(".rs"))
        .collect();
    names.sort_unstable();
    for name in names {
        text.push_str(&format!("pub(crate) mod {name};\n"));
    }
    text
}

fn module(plan: &Plan<'_>, title: &str, types: &[Type<'_>]) -> Result<String, Box<dyn Error>> {
    let mut body = String::new();
    let mut imports = BTreeSet::new();
    for type_ in types {
        body.push('\n');
        if type_.side == Side::Either {
            open_enum(&mut body, type_.name, &type_.schema.values)?;
        } else {
            structure(&mut body, plan, *type_)?;
        }
        imports.extend(plan.imports(*type_)?);
    }
    for (path, method, operation) in plan.operations_of(title) {
        functions::write(&mut body, plan, (path, method), operation)?;
        imports.extend(plan.shared_of(operation)?);
    }
    let mut text = head(&match title {
        SHARED => "Wire types that several resources use.".to_owned(),
        _ => format!("Requests and wire types of the resource \"{title}\"."),
    });
    if mentions(&body, "Secret") {
        text.push_str("use auth_core::Secret;\n");
    }
    let uses: Vec<_> = ["Deserialize", "Deserializer", "Serialize", "Serializer"]
        .into_iter()
        .filter(|name| mentions(&body, name))
        .collect();
    if mentions(&body, "Method") {
        text.push_str("use http::Method;\n");
    }
    if !uses.is_empty() {
        text.push_str(&format!("use serde::{{{}}};\n", uses.join(", ")));
    }
    if mentions(&body, "Request") {
        text.push_str("\nuse crate::admin::request::{Operation, Request};\n");
    }
    if mentions(&body, "List") {
        text.push_str("use crate::admin::wire::List;\n");
    }
    if !imports.is_empty() {
        let names: Vec<_> = imports.into_iter().collect();
        text.push_str(&format!(
            "\npub(crate) use super::shared::{{{}}};\n",
            names.join(", ")
        ));
    }
    Ok(text + &body)
}

fn structure(text: &mut String, plan: &Plan<'_>, type_: Type<'_>) -> Result<(), Box<dyn Error>> {
    let is_sent = type_.side == Side::Sent;
    let derived = if is_sent { "Serialize" } else { "Deserialize" };
    let derived = if is_sent {
        derived
    } else {
        "Default, Deserialize"
    };
    writeln!(text, "#[derive(Debug, {derived})]")?;
    let properties = &type_.schema.properties;
    if properties.keys().any(|name| name != &snake_case(name)) {
        writeln!(text, "#[serde(rename_all = \"camelCase\")]")?;
    }
    writeln!(text, "pub(crate) struct {} {{", plan.rust_name(type_))?;
    for (name, schema) in properties {
        let snake = snake_case(name);
        let is_required = type_.schema.required.contains(name);
        let is_optional = !is_sent || !is_required || schema.nullable;
        let (rust, helper) = representation(plan, schema, type_.side)?;
        let mut attributes = Vec::new();
        if &snake != name && &camel_case(&snake) != name {
            attributes.push(format!("rename = {name:?}"));
        }
        match (helper, is_optional) {
            (Some(WRITE_SECRET), true) => {
                let message =
                    "is an optional secret in a request, for which `wire.rs` has no helper";
                return Err(format!("`{}.{name}` {message}", type_.name).into());
            }
            (helper, _) => attributes.extend(helper.map(str::to_owned)),
        }
        if is_sent && !is_required {
            attributes.push("skip_serializing_if = \"Option::is_none\"".to_owned());
        }
        if schema.deprecated {
            writeln!(text, "/// Deprecated.")?;
        }
        if !attributes.is_empty() {
            writeln!(text, "#[serde({})]", attributes.join(", "))?;
        }
        let rust = if is_optional {
            format!("Option<{rust}>")
        } else {
            rust
        };
        writeln!(text, "pub(crate) {}: {rust},", field(&snake))?;
    }
    writeln!(text, "}}")?;
    Ok(())
}

/// The Rust type of a field, and the helper that it is read or written with where serde's own way does not do.
///
/// Responses are parsed leniently: a member of another type than described does not make a response unreadable.
fn representation<'a>(
    plan: &Plan<'a>,
    schema: &'a Schema,
    side: Side,
) -> Result<(String, Option<&'static str>), Box<dyn Error>> {
    let whole = plan.resolved(schema)?;
    let is_sent = side == Side::Sent;
    let is_enum = !whole.values.is_empty();
    Ok(match (whole.kind, whole.also_type) {
        (Some(Kind::String), None) if whole.secret => {
            let helper = if is_sent { WRITE_SECRET } else { READ_SECRET };
            ("Secret".to_owned(), Some(helper))
        }
        (Some(Kind::String), Some(Kind::Integer)) | (Some(Kind::Integer), Some(Kind::String))
            if !is_sent && !whole.secret =>
        {
            ("String".to_owned(), Some(READ_TEXT))
        }
        (kind, also) if !whole.secret && (also.is_none() || is_sent) => {
            let helper = match kind {
                _ if is_sent => None,
                Some(Kind::String) if is_enum => Some(READ_ENUM),
                Some(Kind::String) => Some(READ_TEXT),
                Some(Kind::Integer) => Some(READ_INTEGER),
                Some(Kind::Number) => Some(READ_NUMBER),
                Some(Kind::Boolean) => Some(READ_BOOLEAN),
                Some(Kind::Array) => {
                    let items = whole.items.as_deref().ok_or("an array has no items")?;
                    let items = plan.resolved(items)?;
                    Some(match items.kind {
                        Some(Kind::String) if items.values.is_empty() => READ_TEXTS,
                        Some(Kind::String) => READ_ENUMS,
                        _ => READ_LIST,
                    })
                }
                Some(Kind::Object) if whole.free_form => Some(READ_ANY),
                Some(Kind::Object) | None => Some(READ_PART),
            };
            (rust_type(plan, schema, side)?, helper)
        }
        _ => {
            let message = "x-secret or x-also-type stands where it is not understood";
            return Err(message.into());
        }
    })
}

fn rust_type<'a>(
    plan: &Plan<'a>,
    schema: &'a Schema,
    side: Side,
) -> Result<String, Box<dyn Error>> {
    if let Some(type_) = plan.target(schema, side)? {
        return Ok(plan.rust_name(type_));
    }
    let schema = plan.resolved(schema)?;
    Ok(match (schema.kind, &schema.items) {
        (Some(Kind::String), _) => "String".to_owned(),
        // Whatever the format says: a larger number must not make a response unreadable.
        (Some(Kind::Integer), _) => "i64".to_owned(),
        (Some(Kind::Number), _) => "f64".to_owned(),
        (Some(Kind::Boolean), _) => "bool".to_owned(),
        (Some(Kind::Object), _) if schema.free_form => "serde_json::Value".to_owned(),
        (Some(Kind::Array), Some(items)) => format!("Vec<{}>", rust_type(plan, items, side)?),
        (kind, _) => return Err(format!("a schema of kind {kind:?} has no Rust type").into()),
    })
}

/// An enum that is made of any text and writes it back unchanged.
fn open_enum(text: &mut String, name: &str, values: &[String]) -> Result<(), Box<dyn Error>> {
    let variants = values.iter().map(|value| (pascal_case(value), value));
    // A value of that name is what the variant for all others reads and writes anyway.
    let variants: Vec<_> = variants.filter(|(name, _)| name != "Unknown").collect();
    let each = |line: fn(&str, &str) -> String| -> String {
        variants
            .iter()
            .map(|(variant, value)| line(variant, value))
            .collect()
    };
    let names = each(|variant, _| format!("{variant},\n"));
    let texts = each(|variant, value| format!("Self::{variant} => {value:?},\n"));
    let reads = each(|variant, value| format!("{value:?} => Self::{variant},\n"));
    write!(
        text,
        "#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum {name} {{
{names}/// A value that the description does not have.
Unknown(String),
}}

impl {name} {{
pub(crate) fn as_str(&self) -> &str {{
match self {{
{texts}Self::Unknown(value) => value,
}}
}}
}}

impl From<String> for {name} {{
fn from(value: String) -> Self {{
match value.as_str() {{
{reads}_ => Self::Unknown(value),
}}
}}
}}

impl Serialize for {name} {{
fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {{
serializer.serialize_str(self.as_str())
}}
}}
"
    )?;
    Ok(())
}

fn head(sentence: &str) -> String {
    format!("//! {sentence} {MARK}\n\n")
}

/// Whether the text has the name as a whole word.
fn mentions(text: &str, name: &str) -> bool {
    text.split(|character: char| !character.is_alphanumeric())
        .any(|word| word == name)
}

/// Every generated file's first line ends so.
pub(crate) const MARK: &str = "@generated by `cargo xtask codegen`: do not edit.";

// The helpers are written by hand in the crate that has the types.
const READ_SECRET: &str = "default, deserialize_with = \"crate::admin::wire::secret\"";
const READ_BOOLEAN: &str = "default, deserialize_with = \"crate::admin::wire::boolean\"";
const READ_ENUM: &str = "default, deserialize_with = \"crate::admin::wire::open_enum\"";
const READ_ENUMS: &str = "default, deserialize_with = \"crate::admin::wire::open_enums\"";
const READ_INTEGER: &str = "default, deserialize_with = \"crate::admin::wire::integer\"";
const READ_ANY: &str = "default";
const READ_LIST: &str = "default, deserialize_with = \"crate::admin::wire::list\"";
const READ_NUMBER: &str = "default, deserialize_with = \"crate::admin::wire::number\"";
const READ_PART: &str = "default, deserialize_with = \"crate::admin::wire::part\"";
const READ_TEXTS: &str = "default, deserialize_with = \"crate::admin::wire::texts\"";
const READ_TEXT: &str = "default, deserialize_with = \"crate::admin::wire::text\"";
const WRITE_SECRET: &str = "serialize_with = \"crate::admin::wire::expose_secret\"";

#[cfg(test)]
mod tests;
