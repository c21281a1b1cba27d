//! What a GraphQL server rejects before it runs anything (GraphQL section 5), with graphql-js's messages.

mod values;

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Fault, Field, Fragment, Operation, Selection, Type};
use super::schema::{Member, SCHEMA};

/// Returns all that is wrong with a document.
pub(crate) fn faults(document: &Document) -> Vec<Fault> {
    let mut check = Check {
        fragments: document
            .fragments
            .iter()
            .map(|fragment| (fragment.name.as_str(), fragment))
            .collect(),
        faults: Vec::new(),
    };
    check.names(document);
    let mut used = BTreeSet::new();
    for operation in &document.operations {
        check.operation(operation, &mut used);
    }
    for fragment in &document.fragments {
        if !used.contains(fragment.name.as_str()) {
            let message = format!("Fragment \"{}\" is never used.", fragment.name);
            check.fault(fragment.at, message);
        }
        if check.reaches_itself(fragment) {
            let message = format!(
                "Cannot spread fragment \"{}\" within itself.",
                fragment.name
            );
            check.fault(fragment.at, message);
        }
        let mut uses = Uses::default();
        check.directives(&fragment.directives, &mut uses);
        if SCHEMA.object(&fragment.on).is_some() {
            check.selections(&fragment.on, &fragment.selections, &mut uses);
        } else {
            check.condition(&fragment.on, fragment.at);
        }
    }
    check.faults
}

/// The variables and the fragments that a part of a document mentions.
#[derive(Default)]
struct Uses<'d> {
    variables: Vec<(&'d str, Type, usize)>,
    fragments: Vec<&'d str>,
}

struct Check<'d> {
    fragments: BTreeMap<&'d str, &'d Fragment>,
    faults: Vec<Fault>,
}

impl<'d> Check<'d> {
    fn fault(&mut self, at: usize, message: impl Into<String>) {
        self.faults.push(Fault::at(at, message));
    }

    /// Operations and fragments have names of their own, and an operation without one stands alone.
    fn names(&mut self, document: &'d Document) {
        let mut seen = BTreeSet::new();
        for operation in &document.operations {
            match &operation.name {
                Some(name) if !seen.insert(name) => {
                    let message = format!("There can be only one operation named \"{name}\".");
                    self.fault(operation.at, message);
                }
                None if document.operations.len() > 1 => self.fault(
                    operation.at,
                    "This anonymous operation must be the only defined operation.",
                ),
                _ => {}
            }
        }
        let mut seen = BTreeSet::new();
        for fragment in &document.fragments {
            if !seen.insert(&fragment.name) {
                let message = format!(
                    "There can be only one fragment named \"{}\".",
                    fragment.name
                );
                self.fault(fragment.at, message);
            }
        }
    }

    fn operation(&mut self, operation: &'d Operation, used: &mut BTreeSet<&'d str>) {
        let Some(root) = operation.root() else {
            let message = format!(
                "Schema is not configured to execute {} operation.",
                operation.kind
            );
            self.fault(operation.at, message);
            return;
        };
        let mut uses = Uses::default();
        self.directives(&operation.directives, &mut uses);
        self.selections(root, &operation.selections, &mut uses);
        self.follow(&mut uses, used);
        self.variables(operation, &uses);
    }

    /// Adds what the fragments that are spread, directly or by each other, use in their turn.
    fn follow(&mut self, uses: &mut Uses<'d>, used: &mut BTreeSet<&'d str>) {
        let mut seen = BTreeSet::new();
        while let Some(name) = uses.fragments.pop() {
            let Some(&fragment) = self.fragments.get(name).filter(|_| seen.insert(name)) else {
                continue;
            };
            // What is wrong inside is reported once, by the fragment itself.
            let mut inside = Check {
                fragments: self.fragments.clone(),
                faults: Vec::new(),
            };
            inside.directives(&fragment.directives, uses);
            if SCHEMA.object(&fragment.on).is_some() {
                inside.selections(&fragment.on, &fragment.selections, uses);
            }
        }
        used.extend(seen);
    }

    fn selections(&mut self, parent: &str, selections: &'d [Selection], uses: &mut Uses<'d>) {
        for selection in selections {
            match selection {
                Selection::Field(field) => self.field(parent, field, uses),
                Selection::Spread {
                    name,
                    directives,
                    at,
                } => {
                    self.directives(directives, uses);
                    uses.fragments.push(name);
                    match self.fragments.get(name.as_str()) {
                        None => self.fault(*at, format!("Unknown fragment \"{name}\".")),
                        Some(fragment)
                            if fragment.on != parent && SCHEMA.object(&fragment.on).is_some() =>
                        {
                            let message = format!(
                                "Fragment \"{name}\" cannot be spread here as objects of type \"{parent}\" can never be of type \"{}\".",
                                fragment.on
                            );
                            self.fault(*at, message);
                        }
                        Some(_) => {}
                    }
                }
                Selection::Inline {
                    on,
                    directives,
                    selections,
                    at,
                } => {
                    self.directives(directives, uses);
                    let on = on.as_deref().unwrap_or(parent);
                    if SCHEMA.object(on).is_none() {
                        self.condition(on, *at);
                    } else if on != parent {
                        let message = format!(
                            "Fragment cannot be spread here as objects of type \"{parent}\" can never be of type \"{on}\"."
                        );
                        self.fault(*at, message);
                    } else {
                        self.selections(on, selections, uses);
                    }
                }
            }
        }
    }

    /// Rejects the type that a fragment is on, which is no object.
    fn condition(&mut self, on: &str, at: usize) {
        let message = if SCHEMA.has(on) {
            format!("Fragment cannot condition on non composite type \"{on}\".")
        } else {
            format!("Unknown type \"{on}\".")
        };
        self.fault(at, message);
    }

    fn field(&mut self, parent: &str, field: &'d Field, uses: &mut Uses<'d>) {
        self.directives(&field.directives, uses);
        let name = &field.name;
        let typename = Member {
            ty: Type::NonNull(Box::new(Type::Named("String".to_owned()))),
            arguments: BTreeMap::new(),
        };
        let found = if name == "__typename" {
            Some(&typename)
        } else {
            SCHEMA.object(parent).and_then(|fields| fields.get(name))
        };
        let Some(member) = found else {
            let message = if matches!(name.as_str(), "__schema" | "__type") {
                format!("GraphQL introspection is not allowed, but the query contained {name}.")
            } else {
                format!("Cannot query field \"{name}\" on type \"{parent}\".")
            };
            self.fault(field.at, message);
            return;
        };
        let place = format!("field \"{parent}.{name}\"");
        let missing = format!("Field \"{name}\"");
        self.arguments(
            (&place, &missing, field.at),
            &field.arguments,
            &member.arguments,
            uses,
        );
        let inner = member.ty.name();
        match (&field.selections, SCHEMA.object(inner).is_some()) {
            (Some(selections), true) => self.selections(inner, selections, uses),
            (Some(_), false) => {
                let message = format!(
                    "Field \"{name}\" must not have a selection since type \"{}\" has no subfields.",
                    member.ty
                );
                self.fault(field.at, message);
            }
            (None, true) => {
                let message = format!(
                    "Field \"{name}\" of type \"{}\" must have a selection of subfields. Did you mean \"{name} {{ ... }}\"?",
                    member.ty
                );
                self.fault(field.at, message);
            }
            (None, false) => {}
        }
    }

    fn reaches_itself(&self, fragment: &'d Fragment) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = spreads(&fragment.selections);
        while let Some(name) = open.pop() {
            if name == fragment.name {
                return true;
            }
            if let Some(next) = self.fragments.get(name).filter(|_| seen.insert(name)) {
                open.extend(spreads(&next.selections));
            }
        }
        false
    }
}

/// Returns the names of the fragments that are spread anywhere inside.
fn spreads(selections: &[Selection]) -> Vec<&str> {
    let mut names = Vec::new();
    for selection in selections {
        match selection {
            Selection::Spread { name, .. } => names.push(name.as_str()),
            Selection::Inline { selections, .. } => names.extend(spreads(selections)),
            Selection::Field(field) => {
                names.extend(spreads(field.selections.as_deref().unwrap_or_default()));
            }
        }
    }
    names
}
