//! The types of the emulated GraphQL schema, read from `schema.graphql`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use apollo_parser::cst;
use serde_json::Value as Json;

use super::document::{self, Type};

/// The schema by type name; scalars are not in it.
pub(crate) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::read(TEXT));

#[derive(Debug, Default)]
pub(crate) struct Schema {
    types: BTreeMap<String, Definition>,
}

#[derive(Debug)]
pub(crate) enum Definition {
    Object(BTreeMap<String, Member>),
    Input(BTreeMap<String, Type>),
    Enum(Vec<String>),
}

/// A field of an object.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) ty: Type,
    pub(crate) arguments: BTreeMap<String, Type>,
}

impl Schema {
    fn read(text: &str) -> Self {
        let mut schema = Self::default();
        let document = document::parse(text).ok();
        for definition in document.iter().flat_map(cst::Document::definitions) {
            if let Some((name, definition)) = read(&definition) {
                schema.types.insert(name, definition);
            }
        }
        schema
    }

    /// Returns the fields of an object type.
    pub(crate) fn object(&self, name: &str) -> Option<&BTreeMap<String, Member>> {
        match self.types.get(name)? {
            Definition::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// Returns the definition of an enum or of an input object.
    pub(crate) fn input(&self, name: &str) -> Option<&Definition> {
        let found = self.types.get(name)?;
        (!matches!(found, Definition::Object(_))).then_some(found)
    }

    /// Returns true if a variable may have the type of this name.
    pub(crate) fn is_input(&self, name: &str) -> bool {
        SCALARS.contains(&name) || self.input(name).is_some()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        SCALARS.contains(&name) || self.types.contains_key(name)
    }

    /// Says why a JSON value is not of a type; the value of a variable comes so.
    pub(crate) fn misfit(&self, ty: &Type, value: &Json) -> Option<String> {
        match (ty, value) {
            (Type::NonNull(_), Json::Null) => Some(format!(
                "Expected non-nullable type \"{ty}\" not to be null."
            )),
            (Type::NonNull(inner), _) => self.misfit(inner, value),
            (_, Json::Null) => None,
            (Type::List(inner), Json::Array(items)) => {
                items.iter().find_map(|item| self.misfit(inner, item))
            }
            // One item stands for a list of one.
            (Type::List(inner), _) => self.misfit(inner, value),
            (Type::Named(name), _) => match self.input(name) {
                Some(Definition::Input(fields)) => misfit_in(self, name, fields, value),
                Some(Definition::Enum(values)) => {
                    let is_one = value
                        .as_str()
                        .is_some_and(|text| values.iter().any(|known| known == text));
                    (!is_one).then(|| format!("Value does not exist in \"{name}\" enum."))
                }
                _ => (!fits_scalar(name, value))
                    .then(|| format!("{name} cannot represent the value: {value}")),
            },
        }
    }
}

/// Returns true if a value is one of a scalar type.
pub(crate) fn fits_scalar(name: &str, value: &Json) -> bool {
    match name {
        "ID" => value.is_string() || value.is_i64() || value.is_u64(),
        "String" => value.is_string(),
        "Boolean" => value.is_boolean(),
        "Int" => value.as_i64().is_some_and(|int| i32::try_from(int).is_ok()),
        "Float" => value.is_number(),
        "Any" => true,
        _ => false,
    }
}

fn misfit_in(
    schema: &Schema,
    name: &str,
    fields: &BTreeMap<String, Type>,
    value: &Json,
) -> Option<String> {
    let Json::Object(given) = value else {
        return Some(format!("Expected type \"{name}\" to be an object."));
    };
    if let Some(unknown) = given.keys().find(|key| !fields.contains_key(*key)) {
        return Some(format!(
            "Field \"{unknown}\" is not defined by type \"{name}\"."
        ));
    }
    fields.iter().find_map(|(key, ty)| match given.get(key) {
        Some(value) => schema.misfit(ty, value),
        None => ty
            .is_required()
            .then(|| format!("Field \"{key}\" of required type \"{ty}\" was not provided.")),
    })
}

fn read(definition: &cst::Definition) -> Option<(String, Definition)> {
    let name = definition.name()?.text().to_string();
    let definition = match definition {
        cst::Definition::ObjectTypeDefinition(it) => {
            let fields = it.fields_definition()?.field_definitions();
            let fields = fields.map(|field| {
                let arguments = field.arguments_definition();
                let arguments = arguments
                    .iter()
                    .flat_map(|all| all.input_value_definitions());
                let member = Member {
                    ty: document::ty(&field.ty()?)?,
                    arguments: arguments
                        .map(|it| input_value(&it))
                        .collect::<Option<_>>()?,
                };
                Some((field.name()?.text().to_string(), member))
            });
            Definition::Object(fields.collect::<Option<_>>()?)
        }
        cst::Definition::InputObjectTypeDefinition(it) => {
            let fields = it.input_fields_definition()?.input_value_definitions();
            Definition::Input(fields.map(|it| input_value(&it)).collect::<Option<_>>()?)
        }
        cst::Definition::EnumTypeDefinition(it) => {
            let values = it.enum_values_definition()?.enum_value_definitions();
            let values = values.map(|it| Some(it.enum_value()?.name()?.text().to_string()));
            Definition::Enum(values.collect::<Option<_>>()?)
        }
        _ => return None,
    };
    Some((name, definition))
}

fn input_value(node: &cst::InputValueDefinition) -> Option<(String, Type)> {
    Some((node.name()?.text().to_string(), document::ty(&node.ty()?)?))
}

const TEXT: &str = include_str!("schema.graphql");

/// `Any` is the emulator's own, for settings of a project that it takes as they are.
const SCALARS: [&str; 6] = ["ID", "String", "Boolean", "Int", "Float", "Any"];

#[cfg(test)]
mod tests;
