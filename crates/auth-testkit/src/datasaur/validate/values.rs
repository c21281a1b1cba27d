//! What is rejected about arguments, values, directives and variables.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Uses};
use crate::datasaur::document::{Directive, Node, Operation, Type, Value, Variable};
use crate::datasaur::schema::{Definition, SCHEMA, fits_scalar};

impl<'d> Check<'d> {
    pub(super) fn variables(&mut self, operation: &'d Operation, uses: &Uses<'d>) {
        let of = operation
            .name
            .as_ref()
            .map_or_else(String::new, |name| format!(" in operation \"{name}\""));
        let by = of.replacen(" in", " by", 1);
        let mut declared: BTreeMap<&str, &Variable> = BTreeMap::new();
        for variable in &operation.variables {
            let name = &variable.name;
            if declared.insert(name, variable).is_some() {
                let message = format!("There can be only one variable named \"${name}\".");
                self.fault(variable.at, message);
            }
            if !SCHEMA.has(variable.ty.name()) {
                let message = format!("Unknown type \"{}\".", variable.ty.name());
                self.fault(variable.at, message);
            } else if !SCHEMA.is_input(variable.ty.name()) {
                let message = format!(
                    "Variable \"${name}\" cannot be non-input type \"{}\".",
                    variable.ty
                );
                self.fault(variable.at, message);
            } else if let Some(default) = &variable.default {
                self.value(default, &variable.ty, &mut Uses::default());
            }
            if !uses.variables.iter().any(|(used, ..)| used == name) {
                let message = format!("Variable \"${name}\" is never used{of}.");
                self.fault(variable.at, message);
            }
        }
        for (name, wanted, at) in &uses.variables {
            match declared.get(name) {
                None => {
                    let message = format!("Variable \"${name}\" is not defined{by}.");
                    self.fault(*at, message);
                }
                Some(variable) if !suits(variable, wanted) => {
                    let message = format!(
                        "Variable \"${name}\" of type \"{}\" used in position expecting type \"{wanted}\".",
                        variable.ty
                    );
                    self.fault(*at, message);
                }
                Some(_) => {}
            }
        }
    }

    pub(super) fn directives(&mut self, directives: &'d [Directive], uses: &mut Uses<'d>) {
        let condition = Type::NonNull(Box::new(Type::Named("Boolean".to_owned())));
        let known = BTreeMap::from([("if".to_owned(), condition)]);
        for directive in directives {
            let name = &directive.name;
            if !["include", "skip"].contains(&name.as_str()) {
                self.fault(directive.at, format!("Unknown directive \"@{name}\"."));
                continue;
            }
            let place = format!("directive \"@{name}\"");
            let missing = format!("Directive \"@{name}\"");
            self.arguments(
                (&place, &missing, directive.at),
                &directive.arguments,
                &known,
                uses,
            );
        }
    }

    pub(super) fn arguments(
        &mut self,
        (place, missing, at): (&str, &str, usize),
        given: &'d [(String, Node)],
        known: &BTreeMap<String, Type>,
        uses: &mut Uses<'d>,
    ) {
        let mut seen = BTreeSet::new();
        for (name, node) in given {
            if !seen.insert(name) {
                let message = format!("There can be only one argument named \"{name}\".");
                self.fault(node.at, message);
            }
            match known.get(name) {
                Some(ty) => self.value(node, ty, uses),
                None => self.fault(node.at, format!("Unknown argument \"{name}\" on {place}.")),
            }
        }
        for (name, ty) in known {
            if ty.is_required() && !seen.contains(name) {
                let message = format!(
                    "{missing} argument \"{name}\" of type \"{ty}\" is required, but it was not provided."
                );
                self.fault(at, message);
            }
        }
    }

    /// Checks a value that is written in the document.
    pub(super) fn value(&mut self, node: &'d Node, ty: &Type, uses: &mut Uses<'d>) {
        let is_null = node.value == Value::Scalar(serde_json::Value::Null);
        match (ty, &node.value) {
            (_, Value::Variable(name)) => uses.variables.push((name, ty.clone(), node.at)),
            (Type::NonNull(_), _) if is_null => {
                self.fault(
                    node.at,
                    format!("Expected value of type \"{ty}\", found null."),
                );
            }
            (Type::NonNull(inner), _) => self.value(node, inner, uses),
            _ if is_null => {}
            (Type::List(inner), Value::List(items)) => {
                for item in items {
                    self.value(item, inner, uses);
                }
            }
            (Type::List(inner), _) => self.value(node, inner, uses),
            (Type::Named(name), written) => match (SCHEMA.input(name), written) {
                (Some(Definition::Input(known)), Value::Object(fields)) => {
                    self.input(name, known, fields, node.at, uses);
                }
                (Some(Definition::Enum(values)), Value::Enum(value)) if values.contains(value) => {}
                (None, Value::Scalar(value)) if fits_scalar(name, value) => {}
                _ => self.fault(node.at, format!("Expected value of type \"{name}\".")),
            },
        }
    }

    pub(super) fn input(
        &mut self,
        name: &str,
        known: &BTreeMap<String, Type>,
        fields: &'d [(String, Node)],
        at: usize,
        uses: &mut Uses<'d>,
    ) {
        let mut seen = BTreeSet::new();
        for (field, node) in fields {
            if !seen.insert(field) {
                let message = format!("There can be only one input field named \"{field}\".");
                self.fault(node.at, message);
            }
            match known.get(field) {
                Some(ty) => self.value(node, ty, uses),
                None => {
                    let message = format!("Field \"{field}\" is not defined by type \"{name}\".");
                    self.fault(node.at, message);
                }
            }
        }
        for (field, ty) in known {
            if ty.is_required() && !seen.contains(field) {
                let message =
                    format!("Field \"{name}.{field}\" of required type \"{ty}\" was not provided.");
                self.fault(at, message);
            }
        }
    }
}

/// Returns true if a variable's value can stand where a type is wanted (GraphQL section 5.8.5).
fn suits(variable: &Variable, wanted: &Type) -> bool {
    fn fits(given: &Type, wanted: &Type) -> bool {
        match (given, wanted) {
            (Type::NonNull(given), Type::NonNull(wanted)) => fits(given, wanted),
            (_, Type::NonNull(_)) => false,
            (Type::NonNull(given), _) => fits(given, wanted),
            (Type::List(given), Type::List(wanted)) => fits(given, wanted),
            (Type::Named(given), Type::Named(wanted)) => given == wanted,
            _ => false,
        }
    }
    match wanted {
        // A default fills in for a null.
        Type::NonNull(inner) if variable.default.is_some() => fits(&variable.ty, inner),
        _ => fits(&variable.ty, wanted),
    }
}
