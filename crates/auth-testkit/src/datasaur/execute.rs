//! Executes a valid query: its operation, its variables and the selected fields.

use std::collections::{BTreeMap, BTreeSet};

use auth_core::ClockReading;
use serde_json::{Map, Value as Json, json};

use super::data::{NotFound, Workspace};
use super::document::{Directive, Document, Fault, Field, Node, Operation, Selection, Type, Value};
use super::schema::SCHEMA;

/// The parts of a request besides its document.
pub(crate) struct Inputs<'r> {
    pub(crate) operation_name: Option<&'r str>,
    pub(crate) variables: &'r Map<String, Json>,
    pub(crate) workspace: &'r Workspace,
    pub(crate) now: ClockReading,
}

/// Returns the response to a valid document, or why it cannot be run.
pub(crate) fn run<'d>(document: &'d Document, inputs: &Inputs<'d>) -> Result<Json, Vec<Fault>> {
    let operation = choose(document, inputs.operation_name).map_err(|fault| vec![fault])?;
    let variables = variables(operation, inputs.variables)?;
    let mut run = Run {
        document,
        variables,
        workspace: inputs.workspace,
        now: inputs.now,
        values_left: MOST_VALUES,
    };
    let mut fields = Fields::default();
    run.collect(&operation.selections, &mut BTreeSet::new(), &mut fields)
        .and_then(|()| run.root(operation.root().unwrap_or("Query"), &fields))
        .map_err(|fault| vec![fault])
}

fn choose<'d>(document: &'d Document, name: Option<&str>) -> Result<&'d Operation, Fault> {
    match (name, document.operations.as_slice()) {
        (_, []) => Err(Fault::new("Must provide an operation.")),
        (None, [operation]) => Ok(operation),
        (None, _) => Err(Fault::new(
            "Must provide operation name if query contains multiple operations.",
        )),
        (Some(name), operations) => operations
            .iter()
            .find(|operation| operation.name.as_deref() == Some(name))
            .ok_or_else(|| Fault::new(format!("Unknown operation named \"{name}\"."))),
    }
}

/// Takes the operation's own variables out of those that were sent (GraphQL section 6.1.2).
fn variables(
    operation: &Operation,
    sent: &Map<String, Json>,
) -> Result<Map<String, Json>, Vec<Fault>> {
    let mut found = Map::new();
    let mut faults = Vec::new();
    for variable in &operation.variables {
        let name = &variable.name;
        match (sent.get(name), &variable.default) {
            (Some(value), _) => match SCHEMA.misfit(&variable.ty, value) {
                None => {
                    found.insert(name.clone(), value.clone());
                }
                Some(reason) => {
                    let message =
                        format!("Variable \"${name}\" got invalid value {value}; {reason}");
                    faults.push(Fault::at(variable.at, message));
                }
            },
            (None, Some(default)) => {
                found.insert(name.clone(), written(default, &Map::new()));
            }
            (None, None) if variable.ty.is_required() => {
                let message = format!(
                    "Variable \"${name}\" of required type \"{}\" was not provided.",
                    variable.ty
                );
                faults.push(Fault::at(variable.at, message));
            }
            (None, None) => {}
        }
    }
    if faults.is_empty() {
        Ok(found)
    } else {
        Err(faults)
    }
}

/// The fields of one object in the order of their first mention, each with all its mentions.
#[derive(Default)]
struct Fields<'d> {
    order: Vec<&'d str>,
    mentions: BTreeMap<&'d str, Vec<&'d Field>>,
}

struct Run<'d> {
    document: &'d Document,
    variables: Map<String, Json>,
    workspace: &'d Workspace,
    now: ClockReading,
    values_left: usize,
}

impl<'d> Run<'d> {
    /// Collects the fields of one object (GraphQL section 6.3.2): fragments are taken apart, mentions of one name merged.
    ///
    /// A fragment on another type never gets here: without interfaces and unions it is invalid.
    fn collect(
        &self,
        selections: &'d [Selection],
        seen: &mut BTreeSet<&'d str>,
        fields: &mut Fields<'d>,
    ) -> Result<(), Fault> {
        for selection in selections {
            match selection {
                Selection::Field(field) if self.wants(&field.directives) => {
                    let mentions = fields.mentions.entry(field.key()).or_default();
                    match mentions.first() {
                        None => fields.order.push(field.key()),
                        Some(first) => agree(first, field)?,
                    }
                    mentions.push(field);
                }
                Selection::Spread {
                    name, directives, ..
                } if self.wants(directives) && seen.insert(name) => {
                    let fragments = &self.document.fragments;
                    if let Some(fragment) = fragments.iter().find(|it| it.name == *name) {
                        self.collect(&fragment.selections, seen, fields)?;
                    }
                }
                Selection::Inline {
                    directives,
                    selections,
                    ..
                } if self.wants(directives) => self.collect(selections, seen, fields)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Judges `@include` and `@skip`.
    fn wants(&self, directives: &[Directive]) -> bool {
        directives.iter().all(|directive| {
            let condition = directive.arguments.iter().find(|(name, _)| name == "if");
            let holds = condition.is_some_and(|(_, node)| written(node, &self.variables) == true);
            holds == (directive.name == "include")
        })
    }

    /// Answers the fields of the operation itself, which alone can fail.
    fn root(&mut self, root: &str, fields: &Fields<'d>) -> Result<Json, Fault> {
        let mut data = Map::new();
        let mut errors = Vec::new();
        let mut is_void = false;
        for &key in &fields.order {
            let mentions = &fields.mentions[key];
            let field = mentions[0];
            let Some(member) = SCHEMA.object(root).and_then(|all| all.get(&field.name)) else {
                data.insert(key.to_owned(), root.into());
                continue;
            };
            let arguments = self.arguments(field);
            let found = self.workspace.answer(&field.name, &arguments, self.now);
            match found {
                Ok(value) => {
                    let value = self.complete(&member.ty, &value, mentions)?;
                    data.insert(key.to_owned(), value);
                }
                Err(NotFound(message)) => {
                    errors.push(json!({
                        "message": message,
                        "path": [key],
                        "extensions": { "type": "NotFoundError" },
                    }));
                    data.insert(key.to_owned(), Json::Null);
                    is_void |= member.ty.is_required();
                }
            }
        }
        // A null where none may be takes the object around it along: here that is all there is.
        let data = if is_void { Json::Null } else { data.into() };
        let mut answer = json!({ "data": data });
        if !errors.is_empty() {
            answer["errors"] = errors.into();
        }
        Ok(answer)
    }

    fn arguments(&self, field: &Field) -> Map<String, Json> {
        let arguments = field.arguments.iter();
        arguments
            // A variable that was not sent leaves its argument out.
            .filter(|(_, node)| match &node.value {
                Value::Variable(name) => self.variables.contains_key(name),
                _ => true,
            })
            .map(|(name, node)| (name.clone(), written(node, &self.variables)))
            .collect()
    }

    /// Selects the requested fields of a value.
    fn complete(&mut self, ty: &Type, value: &Json, mentions: &[&'d Field]) -> Result<Json, Fault> {
        match (ty, value) {
            (Type::NonNull(inner), _) => self.complete(inner, value, mentions),
            (Type::List(inner), Json::Array(items)) => {
                self.spend(items.len())?;
                items
                    .iter()
                    .map(|item| self.complete(inner, item, mentions))
                    .collect()
            }
            (Type::Named(name), Json::Object(object)) => self.object(name, object, mentions),
            _ => Ok(value.clone()),
        }
    }

    /// Tracks the size of the response.
    fn spend(&mut self, values: usize) -> Result<(), Fault> {
        let left = self.values_left.checked_sub(values);
        self.values_left = left.ok_or_else(|| Fault::new("The query asks for too many values."))?;
        Ok(())
    }

    fn object(
        &mut self,
        name: &str,
        object: &Map<String, Json>,
        mentions: &[&'d Field],
    ) -> Result<Json, Fault> {
        let mut fields = Fields::default();
        let mut seen = BTreeSet::new();
        for mention in mentions {
            let selections = mention.selections.as_deref().unwrap_or_default();
            self.collect(selections, &mut seen, &mut fields)?;
        }
        let mut answer = Map::new();
        for &key in &fields.order {
            self.spend(1)?;
            let mentions = &fields.mentions[key];
            let field = &mentions[0].name;
            let member = SCHEMA.object(name).and_then(|all| all.get(field));
            let value = match member {
                Some(member) => {
                    let value = object.get(field).unwrap_or(&Json::Null);
                    self.complete(&member.ty, value, mentions)?
                }
                None => name.into(),
            };
            answer.insert(key.to_owned(), value);
        }
        Ok(answer.into())
    }
}

/// Two mentions of one name must mean one thing (GraphQL section 5.3.2).
fn agree(first: &Field, second: &Field) -> Result<(), Fault> {
    let reason = if first.name != second.name {
        format!(
            "\"{}\" and \"{}\" are different fields",
            first.name, second.name
        )
    } else if !same_arguments(first, second) {
        "they have differing arguments".to_owned()
    } else {
        return Ok(());
    };
    let message = format!(
        "Fields \"{}\" conflict because {reason}. Use different aliases on the fields to fetch both if this was intentional.",
        first.key()
    );
    Err(Fault::at(second.at, message))
}

fn same_arguments(first: &Field, second: &Field) -> bool {
    first.arguments.len() == second.arguments.len()
        && first
            .arguments
            .iter()
            .all(|one| second.arguments.contains(one))
}

/// Returns a value of the document as JSON.
fn written(node: &Node, variables: &Map<String, Json>) -> Json {
    match &node.value {
        Value::Variable(name) => variables.get(name).cloned().unwrap_or_default(),
        Value::Scalar(value) => value.clone(),
        Value::Enum(value) => value.as_str().into(),
        Value::List(items) => items.iter().map(|item| written(item, variables)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, node)| (name.clone(), written(node, variables)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

/// Aliases multiply what fragments and lists hold; no real query comes near this.
const MOST_VALUES: usize = 50_000;
